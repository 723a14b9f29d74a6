import { resolvePath } from '../files.ts';
import { attempt } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'rm [OPTION]... [FILE]...',
  about: 'Remove (unlink) the FILE(s).',
  options: [
    ['-f, --force', 'ignore nonexistent files and arguments, never prompt'],
    ['-i', 'prompt before every removal'],
    ['-r, -R, --recursive', 'remove directories and their contents recursively'],
    ['-d, --dir', 'remove empty directories'],
    ['-v, --verbose', 'explain what is being done'],
  ],
};

/** Removes files and trees. */
export const rm: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files } = context.system;
  const force = options.has('f');
  if (options.operands.length === 0) return force ? 0 : yield* wrongUsage(context, SPEC, 'missing operand');
  let status = 0;
  for (const name of options.operands) {
    const path = resolvePath(context.cwd, name);
    const stat = files.stat(path);
    if (!stat) {
      if (force) continue;
      yield* context.stderr.write(`rm: cannot remove '${name}': No such file or directory\n`);
      status = 1;
      continue;
    }
    const directory = stat.type === 'directory';
    const problem = /(^|\/)\.{1,2}\/?$/.test(name)
      ? `refusing to remove '.' or '..' directory: skipping '${name}'`
      : path === '/'
        ? "it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe"
        : directory && !options.has('r') && !options.has('d')
          ? `cannot remove '${name}': Is a directory`
          : undefined;
    if (problem !== undefined) {
      yield* context.stderr.write(`rm: ${problem}\n`);
      status = 1;
      continue;
    }
    if (!(yield* attempt(context, 'cannot remove', name, () => files.remove(path, { recursive: options.has('r') })))) status = 1;
    else if (options.has('v')) yield* context.stdout.write(`removed ${directory ? 'directory ' : ''}'${name}'\n`);
  }
  return status;
};
