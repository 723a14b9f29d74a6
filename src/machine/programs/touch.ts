import { resolvePath } from '../files.ts';
import { attempt } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'touch [OPTION]... FILE...',
  about:
    'Update the access and modification times of each FILE to the current time.\nA FILE argument that does not exist is created empty.',
  options: [
    ['-a', 'change only the access time'],
    ['-c, --no-create', 'do not create any files'],
    ['-m', 'change only the modification time'],
    ['-d, --date=STRING', 'parse STRING and use it instead of current time (the time itself stays the current one)'],
  ],
};

/** Makes files, or renews their time. */
export const touch: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing file operand');
  const { files } = context.system;
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(context.cwd, name);
    const stat = files.stat(path);
    if (!stat && options.has('c')) continue;
    const renew = (): void => {
      if (stat?.type === 'directory') files.chmod(path, stat.mode);
      else files.append(path, '');
    };
    if (!(yield* attempt(context, 'cannot touch', name, renew))) status = 1;
  }
  return status;
};
