import { linesOf, readOperands } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'column [options] [<file>...]',
  about: 'Columnate lists.',
  options: [
    ['-t, --table', 'create a table'],
    ['-s, --separator <string>', 'possible table delimiters'],
    ['-o, --output-separator <string>', 'columns separator for table output (default is two spaces)'],
    ['-c, --output-width <width>', 'width of output in number of characters'],
  ],
};

/** Sets words into columns. */
export const column: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { text, failed } = yield* readOperands(context, options.operands);
  const lines = linesOf(text).filter((line) => line.trim() !== '');
  if (!options.has('t')) {
    yield* context.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return failed ? 1 : 0;
  }
  const separator = options.value('s');
  const rows = lines.map((line) =>
    separator === undefined ? line.trim().split(/\s+/) : line.split(new RegExp(`[${separator.replace(/[\]\\^-]/g, '\\$&')}]`)),
  );
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const join = options.value('o') ?? '  ';
  yield* context.stdout.write(
    rows.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join(join)}\n`).join(''),
  );
  return failed ? 1 : 0;
};
