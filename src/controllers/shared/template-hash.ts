import { fnv1a32 } from '../../base/hash.ts';

const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** Characters that spell no words and are not confused, one for each of `text` (apimachinery rand.SafeEncodeString). */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i++) encoded += SAFE_ALPHABET[text.charCodeAt(i) % SAFE_ALPHABET.length];
  return encoded;
}

/** JSON with sorted keys and without `undefined`: the same text for equal values. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    const keys = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(record[key])}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * The pod-template-hash: 32-bit FNV-1a of the template and the collision count, safe-encoded
 * (controller_utils.go ComputeHash; the canonical form is our own, so values differ from Go's).
 */
export function templateHash(template: unknown, collisionCount?: number): string {
  let hash = fnv1a32(canonicalText(template));
  if (collisionCount !== undefined) {
    const bytes = String.fromCharCode(
      collisionCount & 255,
      (collisionCount >> 8) & 255,
      (collisionCount >> 16) & 255,
      collisionCount >>> 24,
    );
    hash = fnv1a32(bytes, hash);
  }
  return safeEncode(String(hash));
}
