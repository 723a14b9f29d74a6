import { linesOf, readOperands } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'nl [OPTION]... [FILE]...',
  about: 'Write each FILE to standard output, with line numbers added.',
  options: [
    ['-b, --body-numbering=STYLE', 'use STYLE for numbering body lines (a: all, t: nonempty, n: none)'],
    ['-i, --line-increment=NUMBER', 'line number increment at each line'],
    ['-s, --number-separator=STRING', 'add STRING after (possible) line number'],
    ['-v, --starting-line-number=NUMBER', 'first line number for each section'],
    ['-w, --number-width=NUMBER', 'use NUMBER columns for line numbers'],
  ],
};

/** Numbers lines. */
export const nl: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { text, failed } = yield* readOperands(context, options.operands);
  const style = options.value('b') ?? 't';
  const width = Number(options.value('w') ?? 6);
  const separator = options.value('s') ?? '\t';
  const step = Number(options.value('i') ?? 1);
  let number = Number(options.value('v') ?? 1);
  let result = '';
  for (const line of linesOf(text)) {
    if (style === 'a' || (style === 't' && line !== '')) {
      result += `${String(number).padStart(width)}${separator}${line}\n`;
      number += step;
    } else result += `${' '.repeat(width + separator.length)}${line}\n`;
  }
  yield* context.stdout.write(result);
  return failed ? 1 : 0;
};
