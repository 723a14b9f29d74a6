/*
 * IP addresses and ranges (CIDRs) as numbers. IPv4 addresses are bigints below 2^32; the family
 * says which kind a number is.
 */

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A range of addresses: all whose first `prefix` bits are those of `base`. */
export interface Cidr {
  readonly family: Family;
  readonly base: bigint;
  readonly prefix: number;
}

/** Reads `10.9.8.7` as an unsigned 32-bit number, or answers -1. Numbers with leading zeros are refused. */
export function parseIPv4(text: string): number {
  let value = 0;
  let part = -1;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (part < 0 || dots === 3) return -1;
      value = value * 256 + part;
      part = -1;
      digits = 0;
      dots++;
      continue;
    }
    if (code < 48 || code > 57 || (digits > 0 && part === 0)) return -1;
    part = Math.max(part, 0) * 10 + code - 48;
    digits++;
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

export function formatIPv4(value: number): string {
  return `${Math.floor(value / 0x1000000) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function parseIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.includes('%')) return undefined;
  const head = groups(halves[0] as string, halves.length === 1);
  const tail = halves.length === 2 ? groups(halves[1] as string, true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return all.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** The 16-bit groups of one side of `::`; the last may be an IPv4 address. */
function groups(text: string, mayEndInIPv4: boolean): number[] | undefined {
  if (text === '') return [];
  const found: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const last = mayEndInIPv4 && i === parts.length - 1 ? parseIPv4(part) : -1;
      if (last < 0) return undefined;
      found.push(Math.floor(last / 65536), last % 65536);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      found.push(parseInt(part, 16));
    }
  }
  return found;
}

/** Reads an address, or answers undefined. */
export function parseIP(text: string): Address | undefined {
  if (!text.includes(':')) {
    const value = parseIPv4(text);
    return value < 0 ? undefined : { family: 4, value: BigInt(value) };
  }
  const value = parseIPv6(text);
  return value === undefined ? undefined : { family: 6, value };
}

/** The canonical text (RFC 5952: lower case, the longest run of zeros shortened). */
export function formatIP({ family, value }: Address): string {
  if (family === 4) return formatIPv4(Number(value));
  const parts: string[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(((value >> shift) & 0xffffn).toString(16));
  let best = 0;
  let bestAt = -1;
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && parts[end] === '0') end++;
    if (end - at > best) {
      best = end - at;
      bestAt = at;
    }
  }
  if (best < 2) return parts.join(':');
  return `${parts.slice(0, bestAt).join(':')}::${parts.slice(bestAt + best).join(':')}`;
}

function bits(family: Family): number {
  return family === 4 ? 32 : 128;
}

function hostMask(family: Family, prefix: number): bigint {
  return (1n << BigInt(bits(family) - prefix)) - 1n;
}

/** Reads `10.0.0.0/8`. Bits behind the prefix are dropped, as `isCanonicalCidr` would tell. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = parseIP(text.slice(0, slash));
  const length = text.slice(slash + 1);
  if (!address || !/^\d{1,3}$/.test(length) || (length.length > 1 && length.startsWith('0'))) return undefined;
  const prefix = Number(length);
  if (prefix > bits(address.family)) return undefined;
  const { family, value } = address;
  return { family, base: value & ~hostMask(family, prefix), prefix };
}

export function formatCidr({ family, base, prefix }: Cidr): string {
  return `${formatIP({ family, value: base })}/${prefix}`;
}

/** Whether a text is a range in canonical form, without bits behind the prefix. */
export function isCanonicalCidr(text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && formatCidr(cidr) === text;
}

/** Whether an address lies in a range. A text that is no address lies in none. */
export function cidrContains(cidr: Cidr, address: string | Address): boolean {
  const found = typeof address === 'string' ? parseIP(address) : address;
  return found !== undefined && found.family === cidr.family && (found.value & ~hostMask(cidr.family, cidr.prefix)) === cidr.base;
}

/** Whether two ranges share an address. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  const prefix = Math.min(a.prefix, b.prefix);
  return a.family === b.family && (a.base & ~hostMask(a.family, prefix)) === (b.base & ~hostMask(b.family, prefix));
}

/** How many addresses a range holds. */
export function cidrSize({ family, prefix }: Cidr): bigint {
  return 1n << BigInt(bits(family) - prefix);
}

/** The address at `index` (0 is the base; negative counts from the end), or undefined beyond the range. */
export function nthAddress(cidr: Cidr, index: number | bigint): string | undefined {
  const size = cidrSize(cidr);
  const at = BigInt(index) < 0n ? size + BigInt(index) : BigInt(index);
  if (at < 0n || at >= size) return undefined;
  return formatIP({ family: cidr.family, value: cidr.base + at });
}

/** The place of an address in a range, or undefined if it lies outside. */
export function addressIndex(cidr: Cidr, address: string): bigint | undefined {
  const found = parseIP(address);
  return found && cidrContains(cidr, found) ? found.value - cidr.base : undefined;
}

/** The part at `index` when a range is cut into ranges of `prefix` bits: the pod range of a node. */
export function nthSubnet(cidr: Cidr, prefix: number, index: number): Cidr | undefined {
  if (prefix < cidr.prefix || prefix > bits(cidr.family)) return undefined;
  if (BigInt(index) >= 1n << BigInt(prefix - cidr.prefix)) return undefined;
  return { family: cidr.family, base: cidr.base + (BigInt(index) << BigInt(bits(cidr.family) - prefix)), prefix };
}
