import { resolvePath, type FileSystem } from '../files.ts';
import { humanSize } from './file-arguments.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'du [OPTION]... [FILE]...',
  about: 'Summarize device usage of the set of FILEs, recursively for directories.',
  options: [
    ['-a, --all', 'write counts for all files, not just directories'],
    ['-b, --bytes', "equivalent to '--apparent-size --block-size=1'"],
    ['-c, --total', 'produce a grand total'],
    ['-d, --max-depth=N', 'print the total for a directory only if it is N or fewer levels below the argument'],
    ['-h, --human-readable', 'print sizes in human readable format (e.g., 1K 234M 2G)'],
    ['-k', 'like --block-size=1K'],
    ['-s, --summarize', 'display only a total for each argument'],
  ],
};

/** How much room files take. */
export const du: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files } = context.system;
  const apparent = options.has('b');
  const most = options.has('s') ? 0 : Number(options.value('d') ?? Infinity);
  const show = (bytes: number) => (options.has('h') ? humanSize(bytes) : String(apparent ? bytes : Math.ceil(bytes / 1024)));
  let text = '';
  let total = 0;
  let status = 0;
  const walk = (shown: string, path: string, depth: number): number => {
    const stat = files.stat(path)!;
    let size = apparent ? stat.size : Math.ceil(stat.size / 4096) * 4096;
    if (stat.type === 'directory')
      for (const name of files.list(path)) size += walk(`${shown.replace(/\/$/, '')}/${name}`, resolvePath(path, name), depth + 1);
    if (depth <= most && (stat.type === 'directory' || options.has('a') || depth === 0)) text += `${show(size)}\t${shown}\n`;
    return size;
  };
  for (const name of options.operands.length > 0 ? options.operands : ['.']) {
    const path = resolvePath(context.cwd, name);
    if (exists(files, path)) total += walk(name, path, 0);
    else {
      yield* context.stderr.write(`du: cannot access '${name}': No such file or directory\n`);
      status = 1;
    }
  }
  if (options.has('c')) text += `${show(total)}\ttotal\n`;
  yield* context.stdout.write(text);
  return status;
};

function exists(files: FileSystem, path: string): boolean {
  return files.stat(path) !== undefined;
}
