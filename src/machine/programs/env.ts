import { runArguments } from '../exec.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'env [OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  about: 'Set each NAME to VALUE in the environment and run COMMAND.',
  wrongUsage: 125,
  stopsAtOperand: true,
  options: [
    ['-i, --ignore-environment', 'start with an empty environment'],
    ['-0, --null', 'end each output line with NUL, not newline'],
    ['-u, --unset=NAME', 'remove variable from the environment'],
    ['-C, --chdir=DIR', 'change working directory to DIR'],
  ],
};

/** Prints the environment, or runs a command in a changed one. */
export const env: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  let operands = options.operands;
  const fresh = options.has('i') || operands[0] === '-';
  if (operands[0] === '-') operands = operands.slice(1);
  const all = new Map(fresh ? [] : context.env);
  for (const name of options.values('u')) all.delete(name);
  while (operands.length > 0 && operands[0]!.includes('=')) {
    const [name] = operands[0]!.split('=', 1);
    all.set(name!, operands[0]!.slice(name!.length + 1));
    operands = operands.slice(1);
  }
  if (operands.length === 0) {
    const end = options.has('0') ? '\0' : '\n';
    yield* context.stdout.write([...all].map(([name, value]) => `${name}=${value}${end}`).join(''));
    return 0;
  }
  const running = runArguments(context, operands, { env: all, ...(options.has('C') ? { cwd: options.value('C')! } : {}) });
  if (running) return yield* running;
  yield* context.stderr.write(`env: '${operands[0]}': No such file or directory\n`);
  return 127;
};
