/** 32-bit FNV-1a of a string's UTF-16 code units (equal to the byte hash for ASCII). Unsigned. */
export function fnv1a32(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** A running 64-bit digest of integers, kept as two 32-bit lanes. Order matters; not cryptographic. */
export class Digest {
  private low = 0x811c9dc5 | 0;
  private high = 0x9e3779b9 | 0;

  mix(value: number): void {
    this.low = Math.imul(this.low ^ value, 0x01000193);
    this.high = Math.imul((this.high ^ (value + (this.low >>> 15))) + 0x7f4a7c15, 0x85ebca6b);
    this.high ^= this.high >>> 13;
  }

  mixText(text: string): void {
    this.mix(fnv1a32(text) | 0);
    this.mix(text.length);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (n: number) => (n >>> 0).toString(16).padStart(8, '0');
    return hex(this.high) + hex(this.low);
  }
}
