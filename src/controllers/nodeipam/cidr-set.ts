/** Hands out the equal parts of an IPv4 range, each in its turn (nodeipam cidrset.go). */
export class CidrSet {
  private readonly base: number;
  private readonly partBits: number;
  private readonly total: number;
  private readonly taken = new Set<number>();
  private next = 0;

  /** `10.244.0.0/16` and 24: 256 parts. Throws on what is no such range. */
  constructor(range: string, maskSize: number) {
    const { base, bits } = parseCidr(range);
    if (maskSize < bits || maskSize > 32)
      throw new Error(`invalid node mask size ${maskSize} for cluster CIDR ${range}: must be from ${bits} to 32`);
    this.base = base;
    this.partBits = maskSize;
    this.total = 2 ** (maskSize - bits);
  }

  /** A free part, or undefined when there is none. */
  allocate(): string | undefined {
    for (let tries = 0; tries < this.total; tries++) {
      const index = (this.next + tries) % this.total;
      if (this.taken.has(index)) continue;
      this.taken.add(index);
      this.next = (index + 1) % this.total;
      return this.textOf(index);
    }
    return undefined;
  }

  occupy(cidr: string): void {
    const index = this.indexOf(cidr);
    if (index !== undefined) this.taken.add(index);
  }

  release(cidr: string): void {
    const index = this.indexOf(cidr);
    if (index !== undefined) this.taken.delete(index);
  }

  private indexOf(cidr: string): number | undefined {
    const { base, bits } = parseCidr(cidr);
    const index = (base - this.base) / 2 ** (32 - this.partBits);
    return bits === this.partBits && Number.isInteger(index) && index >= 0 && index < this.total ? index : undefined;
  }

  private textOf(index: number): string {
    const address = this.base + index * 2 ** (32 - this.partBits);
    const parts = [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256);
    return `${parts.join('.')}/${this.partBits}`;
  }
}

function parseCidr(text: string): { base: number; bits: number } {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  const numbers = match?.slice(1).map(Number);
  if (!numbers || numbers.slice(0, 4).some((part) => part > 255) || numbers[4]! > 32) throw new Error(`invalid CIDR address: ${text}`);
  const address = numbers.slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  const bits = numbers[4]!;
  const size = 2 ** (32 - bits);
  return { base: Math.floor(address / size) * size, bits };
}
