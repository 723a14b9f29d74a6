import { linesOf, readOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'paste [OPTION]... [FILE]...',
  about: 'Write lines consisting of the sequentially corresponding lines from\neach FILE, separated by TABs, to standard output.',
  options: [
    ['-d, --delimiters=LIST', 'reuse characters from LIST instead of TABs'],
    ['-s, --serial', 'paste one file at a time instead of in parallel'],
  ],
};

/** Puts lines side by side. */
export const paste: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const delimiters = [...(options.value('d') ?? '\t').replace(/\\n/g, '\n').replace(/\\t/g, '\t')];
  const columns: string[][] = [];
  const operands = options.operands.length > 0 ? options.operands : ['-'];
  const shared = operands.filter((name) => name === '-').length;
  let input: string[] | undefined;
  for (const name of operands) {
    if (name === '-' && shared > 1) {
      // Several `-` take turns at the lines of standard input.
      input ??= linesOf(yield* context.stdin.readAll());
      const turn = columns.length;
      columns.push(input.filter((_, i) => i % shared === turn % shared));
      continue;
    }
    const text = yield* readOperand(context, name);
    if (text === undefined) return 1;
    columns.push(linesOf(text));
  }
  const join = (cells: readonly string[]) =>
    cells.reduce((line, cell, i) => (i === 0 ? cell : line + (delimiters[(i - 1) % delimiters.length] ?? '') + cell), '');
  const rows = options.has('s')
    ? columns
    : Array.from({ length: Math.max(...columns.map((column) => column.length)) }, (_, i) => columns.map((column) => column[i] ?? ''));
  yield* context.stdout.write(rows.map((row) => `${join(row)}\n`).join(''));
  return 0;
};
