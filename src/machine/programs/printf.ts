import { unescapeText } from './escapes.ts';
import { escapeForShell } from '../quote.ts';
import type { Program } from '../program.ts';

/** One conversion of a format, or the text between two. */
type Piece = string | { readonly flags: string; readonly width: string; readonly precision: string | undefined; readonly type: string };

const formats = new Map<string, readonly Piece[] | string>();

/** printf of the shell and of coreutils: the format is used again until all arguments are printed. */
export const printf: Program = function* ({ args, stdout, stderr }) {
  const operands = args[0] === '--' ? args.slice(1) : args;
  const [format, ...rest] = operands;
  if (format === undefined) {
    yield* stderr.write('printf: usage: printf [-v var] format [arguments]\n');
    return 2;
  }
  const pieces = parseFormat(format);
  if (typeof pieces === 'string') {
    yield* stderr.write(`printf: ${pieces}\n`);
    return 1;
  }
  const formatted = formatAll(pieces, rest);
  for (const problem of formatted.problems) yield* stderr.write(`printf: ${problem}\n`);
  yield* stdout.write(formatted.text);
  return formatted.problems.length > 0 ? 1 : 0;
};

function parseFormat(format: string): readonly Piece[] | string {
  const known = formats.get(format);
  if (known) return known;
  const pieces: Piece[] = [];
  const pattern = /%(?:%|([-+ #0']*)(\*|\d*)(?:\.(\*|\d*))?[hlLjzt]*(.?))/gs;
  let at = 0;
  for (let match = pattern.exec(format); match; match = pattern.exec(format)) {
    if (match.index > at) pieces.push(unescapeText(format.slice(at, match.index), false).text);
    at = pattern.lastIndex;
    if (match[0] === '%%') pieces.push('%');
    else if (!match[4] || !'diouxXeEfFgGcsbq'.includes(match[4])) return `\`${match[4] ?? ''}': invalid format character`;
    else pieces.push({ flags: match[1]!, width: match[2]!, precision: match[3], type: match[4] });
  }
  if (at < format.length) pieces.push(unescapeText(format.slice(at), false).text);
  if (formats.size > 500) formats.clear();
  formats.set(format, pieces);
  return pieces;
}

function formatAll(pieces: readonly Piece[], args: readonly string[]): { text: string; problems: string[] } {
  const problems: string[] = [];
  let text = '';
  let at = 0;
  const next = (): string | undefined => args[at++];
  do {
    const before = at;
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        text += piece;
        continue;
      }
      const width = piece.width === '*' ? (next() ?? '0') : piece.width;
      const precision = piece.precision === '*' ? (next() ?? '0') : piece.precision;
      const converted = convert(
        piece.type,
        next(),
        { flags: width.startsWith('-') ? `${piece.flags}-` : piece.flags, width: Math.abs(Number(width)), precision },
        problems,
      );
      if (converted === undefined) return { text, problems };
      text += converted;
    }
    if (at === before) break;
  } while (at < args.length);
  return { text, problems };
}

interface Layout {
  readonly flags: string;
  readonly width: number;
  readonly precision: string | undefined;
}

/** Undefined where `\c` in a %b ends all output. */
function convert(type: string, argument: string | undefined, layout: Layout, problems: string[]): string | undefined {
  const { precision } = layout;
  switch (type) {
    case 's':
      return pad(precision === undefined ? (argument ?? '') : (argument ?? '').slice(0, Number(precision)), layout);
    case 'b': {
      const { text, stops } = unescapeText(argument ?? '', true);
      return stops ? undefined : pad(text, layout);
    }
    case 'q':
      return pad(escapeForShell(argument ?? ''), layout);
    case 'c':
      return pad((argument ?? '').slice(0, 1), layout);
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      return integer(type, parseNumber(argument, problems), layout);
    default:
      return pad(real(type, parseNumber(argument, problems), layout), layout);
  }
}

function parseNumber(argument: string | undefined, problems: string[]): number {
  if (argument === undefined || argument === '') return 0;
  if (argument.startsWith("'") || argument.startsWith('"')) return argument.codePointAt(1) ?? 0;
  const text = argument.trim();
  const sign = text.startsWith('-') ? -1 : 1;
  const bare = text.replace(/^[-+]/, '');
  if (/^0[xX][0-9a-fA-F]+$/.test(bare)) return sign * parseInt(bare, 16);
  if (/^0[0-7]+$/.test(bare)) return sign * parseInt(bare, 8);
  const match = /^[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?/.exec(bare)![0];
  if (match !== bare || match === '') problems.push(`${argument}: invalid number`);
  return sign * (parseFloat(match) || 0);
}

function integer(type: string, number: number, layout: Layout): string {
  const value = Math.trunc(number);
  const base = type === 'o' ? 8 : type === 'x' || type === 'X' ? 16 : 10;
  const unsigned =
    value < 0 && type !== 'd' && type !== 'i' ? BigInt.asUintN(64, BigInt(value)).toString(base) : Math.abs(value).toString(base);
  let digits = layout.precision === undefined ? unsigned : unsigned.padStart(Number(layout.precision), '0');
  if (layout.flags.includes('#') && value !== 0) digits = (base === 16 ? '0x' : base === 8 ? '0' : '') + digits;
  const negative = value < 0 && (type === 'd' || type === 'i');
  const sign = negative ? '-' : layout.flags.includes('+') ? '+' : layout.flags.includes(' ') ? ' ' : '';
  if (type === 'X') digits = digits.toUpperCase();
  if (layout.flags.includes('0') && !layout.flags.includes('-') && layout.precision === undefined)
    return sign + digits.padStart(layout.width - sign.length, '0');
  return pad(sign + digits, layout);
}

function real(type: string, value: number, layout: Layout): string {
  const precision = layout.precision === undefined ? 6 : Number(layout.precision);
  let text: string;
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf';
  else if (type === 'f' || type === 'F') text = value.toFixed(Math.min(precision, 100));
  else if (type === 'e' || type === 'E') text = exponent(value.toExponential(Math.min(precision, 100)));
  else text = general(value, precision === 0 ? 1 : precision);
  if (type === 'E' || type === 'G') text = text.toUpperCase();
  if (value >= 0 && layout.flags.includes('+')) text = `+${text}`;
  if (layout.flags.includes('0') && !layout.flags.includes('-')) {
    const sign = /^[-+]/.test(text) ? text[0]! : '';
    return sign + text.slice(sign.length).padStart(layout.width - sign.length, '0');
  }
  return text;
}

function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

/** `%g`: the shorter of fixed and exponential, without zeros at the end. */
export function general(value: number, precision: number): string {
  if (value === 0) return '0';
  const magnitude = Number(value.toExponential(precision - 1).split('e')[1]);
  if (magnitude < -4 || magnitude >= precision) {
    const [digits, power] = value.toExponential(precision - 1).split('e');
    return exponent(`${digits!.includes('.') ? digits!.replace(/\.?0+$/, '') : digits}e${power}`);
  }
  const fixed = value.toFixed(Math.min(100, Math.max(0, precision - 1 - magnitude)));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

function pad(text: string, layout: Layout): string {
  if (text.length >= layout.width) return text;
  return layout.flags.includes('-') ? text.padEnd(layout.width) : text.padStart(layout.width);
}

/** The text of a format and its arguments, for awk; problems are ignored. */
export function formatText(format: string, args: readonly string[]): string {
  const pieces = parseFormat(format);
  return typeof pieces === 'string' ? format : formatAll(pieces, args).text;
}
