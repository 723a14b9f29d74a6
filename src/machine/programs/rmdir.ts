import { FileError, resolvePath } from '../files.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'rmdir [OPTION]... DIRECTORY...',
  about: 'Remove the DIRECTORY(ies), if they are empty.',
  options: [
    ['-p, --parents', 'remove DIRECTORY and its ancestors'],
    ['-v, --verbose', 'output a diagnostic for every directory processed'],
    ['--ignore-fail-on-non-empty', 'ignore each failure that is solely because a directory is non-empty'],
  ],
};

/** Removes empty directories. */
export const rmdir: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  let status = 0;
  for (const name of options.operands) {
    const chain = options.has('p')
      ? name
          .split('/')
          .map((_, i, parts) => parts.slice(0, parts.length - i).join('/'))
          .filter((each) => each !== '')
      : [name];
    for (const each of chain) {
      const path = resolvePath(context.cwd, each);
      try {
        if (context.system.files.stat(path)?.type === 'file') throw new FileError('ENOTDIR', path);
        context.system.files.remove(path);
        if (options.has('v')) yield* context.stdout.write(`rmdir: removing directory, '${each}'\n`);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        if (error.code === 'ENOTEMPTY' && options.has('ignore-fail-on-non-empty')) break;
        yield* context.stderr.write(`rmdir: failed to remove '${each}': ${error.message}\n`);
        status = 1;
        break;
      }
    }
  }
  return status;
};
