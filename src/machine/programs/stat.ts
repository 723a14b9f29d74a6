import { formatDate } from '../calendar.ts';
import { resolvePath, type FileStat } from '../files.ts';
import { modeText } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'stat [OPTION]... FILE...',
  about: 'Display file or file system status.',
  options: [
    ['-c, --format=FORMAT', 'use the specified FORMAT instead of the default'],
    ['-L, --dereference', 'follow links'],
    ['-t, --terse', 'print the information in terse form'],
  ],
};

/** What the file system knows of files. */
export const stat: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  let status = 0;
  for (const name of options.operands) {
    const found = context.system.files.stat(resolvePath(context.cwd, name));
    if (!found) {
      yield* context.stderr.write(`stat: cannot statx '${name}': No such file or directory\n`);
      status = 1;
      continue;
    }
    const format = options.value('c') ?? DEFAULT_FORMAT;
    yield* context.stdout.write(
      `${format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => conversion(letter, name, found) ?? whole)}\n`,
    );
  }
  return status;
};

const DEFAULT_FORMAT =
  '  File: %n\n  Size: %s\tBlocks: %b          IO Block: 4096   %F\nDevice: 0,42\tInode: %i     Links: %h\nAccess: (%a/%A)  Uid: (    0/    root)   Gid: (    0/    root)\nAccess: %y\nModify: %y\nChange: %y\n Birth: -';

function conversion(letter: string, name: string, found: FileStat): string | undefined {
  switch (letter) {
    case 'n':
      return name;
    case 'N':
      return `'${name}'`;
    case 's':
      return String(found.size);
    case 'b':
      return String(Math.ceil(found.size / 4096) * 8);
    case 'B':
      return '512';
    case 'F':
      return found.type === 'directory' ? 'directory' : found.size === 0 ? 'regular empty file' : 'regular file';
    case 'i':
      return String(Math.floor(found.modifiedMs % 1_000_000));
    case 'h':
      return found.type === 'directory' ? '2' : '1';
    case 'a':
      return (found.mode & 0o7777).toString(8);
    case 'A':
      return modeText(found);
    case 'u':
    case 'g':
      return '0';
    case 'U':
    case 'G':
      return 'root';
    case 'x':
    case 'y':
    case 'z':
      return formatDate('%Y-%m-%d %H:%M:%S.%N +0000', found.modifiedMs);
    case 'X':
    case 'Y':
    case 'Z':
      return String(Math.floor(found.modifiedMs / 1000));
    case '%':
      return '%';
    default:
      return undefined;
  }
}
