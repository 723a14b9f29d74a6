import { resolvePath } from '../files.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'chown [OPTION]... [OWNER][:[GROUP]] FILE...',
  about: 'Change the owner and/or group of each FILE to OWNER and/or GROUP.',
  options: [
    ['-R, --recursive', 'operate on files and directories recursively'],
    ['-v, --verbose', 'output a diagnostic for every file processed'],
    ['-f, --silent, --quiet', 'suppress most error messages'],
  ],
};

/** Checks its operands; files here belong to root and stay so. */
export const chown: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [owner, ...names] = options.operands;
  if (owner === undefined) return yield* wrongUsage(context, SPEC, 'missing operand');
  if (names.length === 0) return yield* wrongUsage(context, SPEC, `missing operand after '${owner}'`);
  let status = 0;
  for (const name of names) {
    if (context.system.files.stat(resolvePath(context.cwd, name))) continue;
    yield* context.stderr.write(`${context.name}: cannot access '${name}': No such file or directory\n`);
    status = 1;
  }
  return status;
};
