import { badRequest } from '../api/status.ts';

/** Where a list in pages goes on: after a key, at a revision, or at the present one when `revision` is -1. */
export interface ContinueToken {
  readonly revision: number;
  /** The first key of the next page, relative to the resource, and included. */
  readonly start: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function toBase64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const count = Math.min(3, bytes.length - i) + 1;
    const bits = (a << 16) | (b << 8) | c;
    for (let k = 0; k < count; k++) out += ALPHABET[(bits >> (18 - 6 * k)) & 63];
  }
  return out;
}

function fromBase64Url(text: string): string | undefined {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const character of text.replace(/=+$/, '')) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return undefined;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** apiserver pkg/storage/continue.go */
export function encodeContinue({ revision, start }: ContinueToken): string {
  return toBase64Url(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start }));
}

/** Throws BadRequest. */
export function decodeContinue(text: string): ContinueToken {
  const invalid = (why: string) => badRequest(`continue key is not valid: ${why}`);
  const json = fromBase64Url(text);
  if (json === undefined) throw invalid('illegal base64 data at input byte 0');
  let token: { v?: unknown; rv?: unknown; start?: unknown };
  try {
    token = JSON.parse(json) as typeof token;
  } catch {
    throw invalid('invalid character');
  }
  if (token?.v !== 'meta.k8s.io/v1') throw invalid(`server does not recognize this encoded version ${JSON.stringify(token?.v ?? '')}`);
  if (typeof token.rv !== 'number' || !Number.isSafeInteger(token.rv) || token.rv === 0)
    throw invalid('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof token.start !== 'string' || token.start === '') throw invalid('encoded start key not set (version meta.k8s.io/v1)');
  return { revision: token.rv, start: token.start };
}
