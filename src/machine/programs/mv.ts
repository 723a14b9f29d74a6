import { resolvePath } from '../files.ts';
import { attempt, destination } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'mv [OPTION]... SOURCE DEST\n  or:  mv [OPTION]... SOURCE... DIRECTORY',
  about: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
  options: [
    ['-f, --force', 'do not prompt before overwriting'],
    ['-i, --interactive', 'prompt before overwrite'],
    ['-n, --no-clobber', 'do not overwrite an existing file'],
    ['-t, --target-directory=DIRECTORY', 'move all SOURCE arguments into DIRECTORY'],
    ['-T, --no-target-directory', 'treat DEST as a normal file'],
    ['-v, --verbose', 'explain what is being done'],
  ],
};

/** Moves and renames. */
export const mv: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files } = context.system;
  const sources = [...options.operands];
  const target = options.value('t') ?? sources.pop();
  if (target === undefined) return yield* wrongUsage(context, SPEC, 'missing file operand');
  if (sources.length === 0) return yield* wrongUsage(context, SPEC, `missing destination file operand after '${target}'`);
  const targetStat = files.stat(resolvePath(context.cwd, target));
  if (sources.length > 1 && targetStat?.type !== 'directory') {
    yield* context.stderr.write(`mv: target '${target}'${targetStat ? ' is not a directory' : ': No such file or directory'}\n`);
    return 1;
  }
  let status = 0;
  for (const source of sources) {
    const from = resolvePath(context.cwd, source);
    const to = options.has('T')
      ? { path: resolvePath(context.cwd, target), shown: target }
      : destination(files, context.cwd, target, source);
    const problem = !files.stat(from)
      ? `cannot stat '${source}': No such file or directory`
      : from === to.path
        ? `'${source}' and '${to.shown}' are the same file`
        : `${to.path}/`.startsWith(`${from}/`)
          ? `cannot move '${source}' to a subdirectory of itself, '${to.shown}'`
          : undefined;
    if (problem !== undefined) {
      yield* context.stderr.write(`mv: ${problem}\n`);
      status = 1;
      continue;
    }
    if (options.has('n') && files.stat(to.path)) continue;
    if (!(yield* attempt(context, `cannot move '${source}' to`, to.shown, () => files.rename(from, to.path)))) status = 1;
    else if (options.has('v')) yield* context.stdout.write(`renamed '${source}' -> '${to.shown}'\n`);
  }
  return status;
};
