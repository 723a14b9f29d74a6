import { resolvePath } from '../files.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'mktemp [OPTION]... [TEMPLATE]',
  about:
    "Create a temporary file or directory, safely, and print its name.\nTEMPLATE must contain at least 3 consecutive 'X's in last component.",
  options: [
    ['-d, --directory', 'create a directory, not a file'],
    ['-u, --dry-run', 'do not create anything; merely print a name'],
    ['-q, --quiet', 'suppress diagnostics about file/dir-creation failure'],
    ['-p, --tmpdir=DIR', 'interpret TEMPLATE relative to DIR'],
    ['-t', 'interpret TEMPLATE as a single file name component'],
  ],
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Makes a file that nobody else uses. */
export const mktemp: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files, network } = context.system;
  const template = options.operands[0] ?? 'tmp.XXXXXXXXXX';
  const marks = /X{3,}(?=[^X/]*$)/.exec(template);
  if (!marks) {
    yield* context.stderr.write(`mktemp: too few X's in template '${template}'\n`);
    return 1;
  }
  const inTemporary = options.operands.length === 0 || options.has('t') || options.has('p');
  const directory = inTemporary ? options.value('p') || context.env.get('TMPDIR') || '/tmp' : undefined;
  const rng = context.kernel.rng.fork(`mktemp ${network.name} ${context.kernel.events}`);
  for (;;) {
    const random = [...marks[0]].map(() => LETTERS[rng.int(0, LETTERS.length - 1)]).join('');
    const name = template.slice(0, marks.index) + random + template.slice(marks.index + marks[0].length);
    const shown = directory === undefined ? name : `${directory.replace(/\/$/, '')}/${name}`;
    const path = resolvePath(context.cwd, shown);
    if (files.stat(path)) continue;
    if (!files.stat(path.slice(0, path.lastIndexOf('/')) || '/')) {
      yield* context.stderr.write(
        `mktemp: failed to create ${options.has('d') ? 'directory' : 'file'} via template '${directory === undefined ? '' : `${directory}/`}${template}': No such file or directory\n`,
      );
      return 1;
    }
    if (!options.has('u')) {
      if (options.has('d')) files.makeDirectory(path, { mode: 0o700 });
      else files.write(path, '', 0o600);
    }
    yield* context.stdout.write(`${shown}\n`);
    return 0;
  }
};
