import { resolvePath } from '../files.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'readlink [OPTION]... FILE...',
  about: 'Print value of a symbolic link or canonical file name.',
  options: [
    ['-f, --canonicalize', 'canonicalize by following every symlink in every component of the given name'],
    ['-e, --canonicalize-existing', 'the same, all components must exist'],
    ['-m, --canonicalize-missing', 'the same, without requirements on components existence'],
    ['-n, --no-newline', 'do not output the trailing delimiter'],
  ],
};

/** There are no symbolic links: a plain call finds none, the others normalize. */
export const readlink: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  const { files } = context.system;
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(context.cwd, name);
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const good =
      options.has('m') ||
      (options.has('e') ? files.stat(path) !== undefined : options.has('f') && files.stat(parent)?.type === 'directory');
    if (good) yield* context.stdout.write(path + (options.has('n') ? '' : '\n'));
    else status = 1;
  }
  return status;
};
