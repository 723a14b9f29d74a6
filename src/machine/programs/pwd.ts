import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'pwd [OPTION]...',
  about: 'Print the full filename of the current working directory.',
  options: [
    ['-L, --logical', 'use PWD from environment, even if it contains symlinks'],
    ['-P, --physical', 'resolve all symlinks'],
  ],
};

/** The working directory. */
export const pwd: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  yield* context.stdout.write(`${context.cwd}\n`);
  return 0;
};
