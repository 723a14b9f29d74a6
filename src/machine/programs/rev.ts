import { readOperands } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = { usage: 'rev [options] [file ...]', about: 'Reverse lines characterwise.' };

/** Prints lines with their characters in reverse order. */
export const rev: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { text, failed } = yield* readOperands(context, options.operands);
  yield* context.stdout.write(text.replace(/[^\n]+/g, (line) => [...line].reverse().join('')));
  return failed ? 1 : 0;
};
