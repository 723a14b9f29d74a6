import { readOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'base64 [OPTION]... [FILE]',
  about: 'Base64 encode or decode FILE, or standard input, to standard output.',
  options: [
    ['-d, --decode', 'decode data'],
    ['-i, --ignore-garbage', 'when decoding, ignore non-alphabet characters'],
    ['-w, --wrap=COLS', 'wrap encoded lines after COLS character (default 76). Use 0 to disable line wrapping'],
  ],
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Encodes and decodes. Texts are taken as UTF-8. */
export const base64: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length > 1) return yield* wrongUsage(context, SPEC, `extra operand '${options.operands[1]}'`);
  const wrap = options.value('w') ?? '76';
  if (!/^\d+$/.test(wrap)) {
    yield* context.stderr.write(`base64: invalid wrap size: '${wrap}'\n`);
    return 1;
  }
  const text = yield* readOperand(context, options.operands[0] ?? '-');
  if (text === undefined) return 1;
  if (options.has('d')) {
    const clean = options.has('i') ? text.replace(/[^A-Za-z0-9+/=]/g, '') : text.replace(/\n/g, '');
    const decoded = decodeBase64(clean);
    yield* context.stdout.write(decoded.text);
    if (decoded.valid) return 0;
    yield* context.stderr.write('base64: invalid input\n');
    return 1;
  }
  const encoded = encodeBase64(text);
  const width = Number(wrap);
  if (width === 0) yield* context.stdout.write(encoded);
  else if (encoded !== '') yield* context.stdout.write(encoded.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
  return 0;
};

/** Base64 of a text's UTF-8. */
export function encodeBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[i], bytes[i + 1], bytes[i + 2]];
    result += ALPHABET[a >> 2]! + ALPHABET[((a & 3) << 4) | (b >> 4)]!;
    result += i + 1 < bytes.length ? ALPHABET[((b & 15) << 2) | (c >> 6)]! : '=';
    result += i + 2 < bytes.length ? ALPHABET[c & 63]! : '=';
  }
  return result;
}

/** The text of Base64; what came before an error if it is not valid. */
export function decodeBase64(source: string): { text: string; valid: boolean } {
  const body = source.replace(/={0,2}$/, '');
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  let valid = source.length % 4 === 0;
  for (const c of body) {
    const value = ALPHABET.indexOf(c);
    if (value < 0) {
      valid = false;
      break;
    }
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
  }
  return { text: new TextDecoder().decode(new Uint8Array(bytes)), valid };
}
