import { resolvePath } from '../files.ts';
import { attempt, copyTree, destination } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'cp [OPTION]... SOURCE DEST\n  or:  cp [OPTION]... SOURCE... DIRECTORY',
  about: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.',
  options: [
    ['-a, --archive', 'same as -dR --preserve=all'],
    ['-f, --force', 'if an existing destination file cannot be opened, remove it and try again'],
    ['-i, --interactive', 'prompt before overwrite'],
    ['-L, --dereference', 'always follow symbolic links in SOURCE'],
    ['-n, --no-clobber', 'do not overwrite an existing file'],
    ['-p', 'same as --preserve=mode,ownership,timestamps'],
    ['-R, -r, --recursive', 'copy directories recursively'],
    ['-t, --target-directory=DIRECTORY', 'copy all SOURCE arguments into DIRECTORY'],
    ['-T, --no-target-directory', 'treat DEST as a normal file'],
    ['-u, --update', 'copy only when the SOURCE file is newer than the destination file'],
    ['-v, --verbose', 'explain what is being done'],
  ],
};

/** Copies files and trees. */
export const cp: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files } = context.system;
  const sources = [...options.operands];
  const target = options.value('t') ?? sources.pop();
  if (target === undefined || (options.operands.length === 0 && !options.has('t')))
    return yield* wrongUsage(context, SPEC, 'missing file operand');
  if (sources.length === 0) return yield* wrongUsage(context, SPEC, `missing destination file operand after '${target}'`);
  const targetStat = files.stat(resolvePath(context.cwd, target));
  if ((sources.length > 1 || options.has('t')) && targetStat?.type !== 'directory') {
    yield* context.stderr.write(`cp: target '${target}'${targetStat ? ' is not a directory' : ': No such file or directory'}\n`);
    return 1;
  }
  let status = 0;
  for (const source of sources) {
    const from = resolvePath(context.cwd, source);
    const stat = files.stat(from);
    const to = options.has('T')
      ? { path: resolvePath(context.cwd, target), shown: target }
      : destination(files, context.cwd, target, source);
    const existing = files.stat(to.path);
    const problem = !stat
      ? `cannot stat '${source}': No such file or directory`
      : stat.type === 'directory' && !options.has('R') && !options.has('a')
        ? `-r not specified; omitting directory '${source}'`
        : from === to.path
          ? `'${source}' and '${to.shown}' are the same file`
          : stat.type === 'directory' && `${to.path}/`.startsWith(`${from}/`)
            ? `cannot copy a directory, '${source}', into itself, '${to.shown}'`
            : stat.type === 'directory' && existing?.type === 'file'
              ? `cannot overwrite non-directory '${to.shown}' with directory '${source}'`
              : undefined;
    if (problem !== undefined) {
      yield* context.stderr.write(`cp: ${problem}\n`);
      status = 1;
      continue;
    }
    if (existing && (options.has('n') || (options.has('u') && existing.modifiedMs >= stat!.modifiedMs))) continue;
    if (!(yield* attempt(context, 'cannot create regular file', to.shown, () => copyTree(files, from, to.path)))) status = 1;
    else if (options.has('v')) yield* context.stdout.write(`'${source}' -> '${to.shown}'\n`);
  }
  return status;
};
