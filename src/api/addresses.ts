import { invalidField, type FieldErrors } from './field-errors.ts';

/** The numbers of an IPv4 address, leading zeros tolerated; undefined for anything else. */
function ipv4(text: string): number[] | undefined {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d+$/.test(part)) ? parts.map(Number) : undefined;
}

export function isIPv6Text(text: string): boolean {
  return text.includes(':');
}

/** Addresses that mean something only to the host that uses them, or nothing at all (ValidateNonSpecialIP). */
export function validateNonSpecialIP(errors: FieldErrors, ip: string, field: string): void {
  const why = specialty(ip);
  if (why) errors.push(invalidField(field, ip, why));
}

function specialty(ip: string): string | undefined {
  const parts = ipv4(ip);
  const lower = ip.toLowerCase();
  if (parts ? parts.every((part) => part === 0) : /^[0:]+$/.test(ip)) return `may not be unspecified (${ip})`;
  if (parts ? parts[0] === 127 : /^[0:]*:0*1$/.test(ip)) return 'may not be in the loopback range (127.0.0.0/8, ::1/128)';
  if (parts ? parts[0] === 169 && parts[1] === 254 : /^fe[89ab]/.test(lower))
    return 'may not be in the link-local range (169.254.0.0/16, fe80::/10)';
  if (parts ? parts[0] === 224 && parts[1] === 0 && parts[2] === 0 : /^ff[0-9a-f]2:/.test(lower)) {
    return 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)';
  }
  return undefined;
}
