import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { fnv1a32 } from '../base/hash.ts';

/** The alphabet of Kubernetes' generated names: no vowels, nothing easily confused (apimachinery util/rand). */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A stream of random integers. Streams forked by different names are independent of each other. */
export class Rng {
  private readonly seed: number;
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.seed = seed | 0;
    this.generator = xoroshiro128plus(this.seed);
  }

  /** A stream of its own for `name`. The same name gives the same stream again, from its beginning. */
  fork(name: string): Rng {
    return new Rng(fnv1a32(name, fnv1a32(String(this.seed))) | 0);
  }

  /** A uniform integer, both bounds included. */
  int(low: number, high: number): number {
    return uniformInt(this.generator, low, high);
  }

  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean {
    return this.int(1, denominator) <= numerator;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)] as T;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }

  /** A suffix as Kubernetes appends to generated names. */
  suffix(length = 5): string {
    let text = '';
    for (let i = 0; i < length; i++) text += NAME_ALPHABET[this.int(0, NAME_ALPHABET.length - 1)];
    return text;
  }

  /** Lower-case hexadecimal digits. */
  hex(length: number): string {
    return this.words(length).join('').slice(0, length);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const [a, b, c, d] = this.words(32) as [string, string, string, string];
    const variant = '89ab'[parseInt(c[0]!, 16) & 3]!;
    // Joined, not added: a sum of strings is a tree that keeps all its parts, and there are many of these.
    return [a, '-', b.slice(0, 4), '-4', b.slice(5), '-', variant, c.slice(1, 4), '-', c.slice(4), d].join('');
  }

  /** Eight hexadecimal digits each, as many as `length` digits take. */
  private words(length: number): string[] {
    const words: string[] = [];
    for (let digits = 0; digits < length; digits += 8) words.push((this.generator.next() >>> 0).toString(16).padStart(8, '0'));
    return words;
  }
}
