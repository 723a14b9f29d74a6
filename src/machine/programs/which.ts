import { whichPath } from '../lookup.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'which [-a] filename ...',
  about: 'Locate a command.',
  options: [['-a, --all', 'print all matching pathnames of each argument']],
};

/** Where a program lies. */
export const which: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  let status = 0;
  for (const name of options.operands) {
    const path = whichPath(context.system, context.cwd, name);
    if (path === undefined) status = 1;
    else yield* context.stdout.write(`${path}\n`);
  }
  return status;
};
