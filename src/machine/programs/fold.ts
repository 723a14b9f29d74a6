import { readOperands } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'fold [OPTION]... [FILE]...',
  about: 'Wrap input lines in each FILE, writing to standard output.',
  options: [
    ['-b, --bytes', 'count bytes rather than columns'],
    ['-s, --spaces', 'break at spaces'],
    ['-w, --width=WIDTH', 'use WIDTH columns instead of 80'],
  ],
};

/** Breaks long lines. */
export const fold: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const width = Number(options.value('w') ?? 80);
  if (!Number.isInteger(width) || width < 1) {
    yield* context.stderr.write(`fold: invalid number of columns: '${options.value('w')}'\n`);
    return 1;
  }
  const { text, failed } = yield* readOperands(context, options.operands);
  const fit = (line: string): string => {
    let rest = line;
    let result = '';
    while (rest.length > width) {
      const space = options.has('s') ? rest.lastIndexOf(' ', width - 1) : -1;
      const cut = space > 0 ? space + 1 : width;
      result += `${rest.slice(0, cut)}\n`;
      rest = rest.slice(cut);
    }
    return result + rest;
  };
  yield* context.stdout.write(text.split('\n').map(fit).join('\n'));
  return failed ? 1 : 0;
};
