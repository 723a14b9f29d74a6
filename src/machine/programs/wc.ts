import { utf8Length } from '../memory-files.ts';
import { FileReader } from '../streams.ts';
import { readOperand } from './input.ts';
import { isBusybox, parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'wc [OPTION]... [FILE]...',
  about:
    'Print newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.\n\nWith no FILE, or when FILE is -, read standard input.',
  options: [
    ['-c, --bytes', 'print the byte counts'],
    ['-m, --chars', 'print the character counts'],
    ['-l, --lines', 'print the newline counts'],
    ['-L, --max-line-length', 'print the maximum display width'],
    ['-w, --words', 'print the word counts'],
  ],
};

/** Counts lines, words, characters and bytes. */
export const wc: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const asked = ['l', 'w', 'm', 'c', 'L'].filter((key) => options.has(key));
  const columns = asked.length > 0 ? asked : ['l', 'w', 'c'];
  const rows: { counts: number[]; name: string }[] = [];
  let status = 0;
  for (const name of options.operands.length > 0 ? options.operands : ['-']) {
    const text = yield* readOperand(context, name);
    if (text === undefined) status = 1;
    else rows.push({ counts: columns.map((column) => count(column, text)), name: options.operands.length > 0 ? name : '' });
  }
  if (options.operands.length > 1) {
    rows.push({
      counts: columns.map((column, i) =>
        rows.reduce((sum, row) => (column === 'L' ? Math.max(sum, row.counts[i]!) : sum + row.counts[i]!), 0),
      ),
      name: 'total',
    });
  }
  const busybox = isBusybox(context.system);
  const bytes = rows.reduce((most, row) => Math.max(most, ...row.counts), 0);
  const width =
    rows.length === 1 && columns.length === 1
      ? 1
      : busybox
        ? 9
        : options.operands.length === 0 && !(context.stdin instanceof FileReader)
          ? 7
          : Math.max(String(bytes).length, 1);
  for (const { counts, name } of rows) {
    const numbers = counts.map((each) => String(each).padStart(width)).join(' ');
    yield* context.stdout.write(`${numbers}${name === '' ? '' : ` ${name}`}\n`);
  }
  return status;
};

function count(column: string, text: string): number {
  switch (column) {
    case 'l': {
      let lines = 0;
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines++;
      return lines;
    }
    case 'w':
      return text.match(/\S+/g)?.length ?? 0;
    case 'm':
      return [...text].length;
    case 'c':
      return utf8Length(text);
    default:
      return text.split('\n').reduce((most, line) => Math.max(most, line.length), 0);
  }
}
