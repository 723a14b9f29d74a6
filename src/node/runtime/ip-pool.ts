/** The addresses of a node's pods: handed out in turn, as the CNI plugin host-local does. The first is the bridge's own. */
export class IpPool {
  readonly cidr: string;
  private readonly base: number;
  private readonly last: number;
  private next: number;
  private readonly used = new Set<number>();

  /** `cidr` like `10.244.1.0/24`. */
  constructor(cidr: string) {
    this.cidr = cidr;
    const [address = '', bits = ''] = cidr.split('/');
    const size = 2 ** (32 - Number(bits));
    this.base = Math.floor(toNumber(address) / size) * size;
    this.last = this.base + size - 2;
    this.next = this.base + 2;
  }

  /** A free address, or undefined if there is none. */
  allocate(): string | undefined {
    for (let tries = this.last - this.base; tries > 0; tries--) {
      if (this.next > this.last) this.next = this.base + 2;
      const candidate = this.next++;
      if (this.used.has(candidate) || candidate > this.last) continue;
      this.used.add(candidate);
      return toText(candidate);
    }
    return undefined;
  }

  release(ip: string): void {
    this.used.delete(toNumber(ip));
  }

  get range(): string {
    return `${toText(this.base + 1)}-${toText(this.last)}`;
  }
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(value: number): string {
  return `${Math.floor(value / 2 ** 24)}.${Math.floor(value / 65_536) % 256}.${Math.floor(value / 256) % 256}.${value % 256}`;
}
