import { resolvePath } from '../files.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'realpath [OPTION]... FILE...',
  about: 'Print the resolved absolute file name.',
  options: [
    ['-e, --canonicalize-existing', 'all components of the path must exist'],
    ['-m, --canonicalize-missing', 'no path components need exist or be a directory'],
    ['-q, --quiet', 'suppress most error messages'],
    ['-s, --strip, --no-symlinks', "don't expand symlinks"],
  ],
};

/** Absolute paths. */
export const realpath: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(context.cwd, name);
    const needed = options.has('m') ? '/' : options.has('e') ? path : path.slice(0, path.lastIndexOf('/')) || '/';
    if (context.system.files.stat(needed)) yield* context.stdout.write(`${path}\n`);
    else {
      status = 1;
      if (!options.has('q')) yield* context.stderr.write(`realpath: ${name}: No such file or directory\n`);
    }
  }
  return status;
};
