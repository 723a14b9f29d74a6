import { CLOSED } from '../../sim/sync.ts';
import { openOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'head [OPTION]... [FILE]...',
  about:
    'Print the first 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.',
  numberKey: 'n',
  options: [
    ['-c, --bytes=NUM', 'print the first NUM bytes of each file'],
    ['-n, --lines=NUM', 'print the first NUM lines instead of the first 10'],
    ['-q, --quiet, --silent', 'never print headers giving file names'],
    ['-v, --verbose', 'always print headers giving file names'],
  ],
};

/** A number with a suffix: `10`, `-5`, `2k`; undefined if it is none. */
export function parseCount(text: string): { count: number; sign: string } | undefined {
  const match = /^([-+]?)(\d+)(b|k|K|kB|KB|M|MB|G|GB)?$/.exec(text);
  if (!match) return undefined;
  const factors: Record<string, number> = { b: 512, k: 1024, K: 1024, kB: 1000, KB: 1000, M: 1024 ** 2, MB: 1e6, G: 1024 ** 3, GB: 1e9 };
  return { count: Number(match[2]) * (factors[match[3] ?? ''] ?? 1), sign: match[1]! };
}

/** Prints the beginning of its inputs and reads no more than it needs. */
export const head: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const byBytes = options.has('c');
  const given = (byBytes ? options.value('c') : options.value('n')) ?? '10';
  const amount = parseCount(given);
  if (!amount) {
    yield* context.stderr.write(`head: invalid number of ${byBytes ? 'bytes' : 'lines'}: '${given}'\n`);
    return 1;
  }
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const headers = options.has('v') || (names.length > 1 && !options.has('q'));
  let status = 0;
  let first = true;
  for (const name of names) {
    const reader = yield* openOperand(context, name, 'cannot open');
    if (!reader) {
      status = 1;
      continue;
    }
    if (headers) yield* context.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
    first = false;
    if (amount.sign === '-') {
      const text = yield* reader.readAll();
      yield* context.stdout.write(byBytes ? text.slice(0, Math.max(0, text.length - amount.count)) : withoutLast(text, amount.count));
      continue;
    }
    let left = amount.count;
    while (left > 0) {
      const chunk = yield* reader.read();
      if (chunk === CLOSED) break;
      const cut = byBytes ? Math.min(left, chunk.length) : endOfLine(chunk, left);
      left -= byBytes ? cut : countNewlines(chunk, cut);
      if (cut < chunk.length) (reader as Partial<{ unread(text: string): void }>).unread?.(chunk.slice(cut));
      yield* context.stdout.write(chunk.slice(0, cut));
    }
  }
  return status;
};

function endOfLine(text: string, lines: number): number {
  let at = -1;
  for (let i = 0; i < lines; i++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return text.length;
  }
  return at + 1;
}

function countNewlines(text: string, end: number): number {
  let count = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < end; i = text.indexOf('\n', i + 1)) count++;
  return count;
}

function withoutLast(text: string, lines: number): string {
  const all = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return all.slice(0, Math.max(0, all.length - lines)).join('');
}
