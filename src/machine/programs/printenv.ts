import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'printenv [OPTION]... [VARIABLE]...',
  about: 'Print the values of the specified environment VARIABLE(s).',
  wrongUsage: 2,
  options: [['-0, --null', 'end each output line with NUL, not newline']],
};

/** Prints variables of the environment. */
export const printenv: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const end = options.has('0') ? '\0' : '\n';
  if (options.operands.length === 0) {
    yield* context.stdout.write([...context.env].map(([name, value]) => `${name}=${value}${end}`).join(''));
    return 0;
  }
  let status = 0;
  for (const name of options.operands) {
    const value = context.env.get(name);
    if (value === undefined) status = 1;
    else yield* context.stdout.write(value + end);
  }
  return status;
};
