import { resolvePath } from '../files.ts';
import { attempt } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'mkdir [OPTION]... DIRECTORY...',
  about: 'Create the DIRECTORY(ies), if they do not already exist.',
  options: [
    ['-m, --mode=MODE', 'set file mode (as in chmod), not a=rwx - umask'],
    ['-p, --parents', 'no error if existing, make parent directories as needed'],
    ['-v, --verbose', 'print a message for each created directory'],
  ],
};

/** Makes directories. */
export const mkdir: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  const mode = options.value('m');
  if (mode !== undefined && !/^[0-7]{1,4}$/.test(mode)) {
    yield* context.stderr.write(`mkdir: invalid mode '${mode}'\n`);
    return 1;
  }
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(context.cwd, name);
    const settings = { parents: options.has('p'), ...(mode === undefined ? {} : { mode: parseInt(mode, 8) }) };
    if (!(yield* attempt(context, 'cannot create directory', name, () => context.system.files.makeDirectory(path, settings)))) status = 1;
    else if (options.has('v')) yield* context.stdout.write(`mkdir: created directory '${name}'\n`);
  }
  return status;
};
