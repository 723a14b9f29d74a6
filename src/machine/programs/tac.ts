import { readOperands } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = { usage: 'tac [OPTION]... [FILE]...', about: 'Write each FILE to standard output, last line first.' };

/** Prints lines in reverse order. */
export const tac: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { text, failed } = yield* readOperands(context, options.operands);
  yield* context.stdout.write((text.match(/[^\n]*\n|[^\n]+$/g) ?? []).reverse().join(''));
  return failed ? 1 : 0;
};
