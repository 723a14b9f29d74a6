import { formatDate } from '../calendar.ts';
import { resolvePath, type FileStat } from '../files.ts';
import { humanSize, modeText } from './file-arguments.ts';
import { isBusybox, parseOptions, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'ls [OPTION]... [FILE]...',
  about: 'List information about the FILEs (the current directory by default).\nSort entries alphabetically.',
  wrongUsage: 2,
  options: [
    ['-a, --all', 'do not ignore entries starting with .'],
    ['-A, --almost-all', 'do not list implied . and ..'],
    ['-c', 'with -lt: sort by, and show, ctime'],
    ['-C', 'list entries by columns'],
    ['-d, --directory', 'list directories themselves, not their contents'],
    ['-F, --classify', 'append indicator (one of */=>@|) to entries'],
    ['-g', 'like -l, but do not list owner'],
    ['-h, --human-readable', 'with -l and -s, print sizes like 1K 234M 2G etc.'],
    ['-i, --inode', 'print the index number of each file'],
    ['-l', 'use a long listing format'],
    ['-n, --numeric-uid-gid', 'like -l, but list numeric user and group IDs'],
    ['-o', 'like -l, but do not list group information'],
    ['-p', 'append / indicator to directories'],
    ['-r, --reverse', 'reverse order while sorting'],
    ['-R, --recursive', 'list subdirectories recursively'],
    ['-s, --size', 'print the allocated size of each file, in blocks'],
    ['-S', 'sort by file size, largest first'],
    ['-t', 'sort by time, newest first'],
    ['-1', 'list one file per line'],
    ['--color[=WHEN]', 'color the output WHEN'],
    ['--full-time', 'like -l --time-style=full-iso'],
  ],
};

interface Entry {
  readonly name: string;
  readonly stat: FileStat;
}

/** Lists files. */
export const ls: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { files } = context.system;
  const operands = options.operands.length > 0 ? options.operands : ['.'];
  const plain: Entry[] = [];
  const directories: string[] = [];
  let status = 0;
  for (const operand of operands) {
    const stat = files.stat(resolvePath(context.cwd, operand));
    if (!stat || (operand.endsWith('/') && stat.type === 'file')) {
      const reason = stat ? 'Not a directory' : 'No such file or directory';
      const busybox = isBusybox(context.system);
      yield* context.stderr.write(busybox ? `ls: ${operand}: ${reason}\n` : `ls: cannot access '${operand}': ${reason}\n`);
      status = busybox ? 1 : 2;
    } else if (stat.type === 'directory' && !options.has('d')) directories.push(operand);
    else plain.push({ name: operand, stat });
  }
  const printer = new Printer(context, options);
  let text = printer.list(plain, false);
  const titles = operands.length > 1 || options.has('R');
  for (const directory of directories.sort()) text += printer.directory(directory, titles, text !== '');
  yield* context.stdout.write(text);
  return status;
};

class Printer {
  private readonly context: ProgramContext;
  private readonly options: Parsed;
  private readonly long: boolean;

  constructor(context: ProgramContext, options: Parsed) {
    this.context = context;
    this.options = options;
    this.long = ['l', 'n', 'g', 'o', 'full-time'].some((key) => options.has(key));
  }

  directory(shown: string, title: boolean, separate: boolean): string {
    const { files } = this.context.system;
    const path = resolvePath(this.context.cwd, shown);
    const hidden = this.options.has('a') || this.options.has('A');
    const names = files.list(path).filter((name) => hidden || !name.startsWith('.'));
    const entries = names.map((name) => ({ name, stat: files.stat(resolvePath(path, name))! }));
    const dots = this.options.has('a') ? ['.', '..'].map((name) => ({ name, stat: files.stat(resolvePath(path, name))! })) : [];
    let text = `${separate ? '\n' : ''}${title ? `${shown}:\n` : ''}${this.list([...dots, ...entries], true)}`;
    if (this.options.has('R')) {
      for (const { name, stat } of this.sorted(entries)) {
        if (stat.type === 'directory') text += this.directory(`${shown.replace(/\/$/, '')}/${name}`, true, true);
      }
    }
    return text;
  }

  list(entries: readonly Entry[], total: boolean): string {
    const sorted = this.sorted(entries);
    if (this.long) {
      const blocks = sorted.reduce((sum, { stat }) => sum + Math.ceil(stat.size / 4096) * 4, 0);
      return (total ? `total ${this.options.has('h') ? humanSize(blocks * 1024) : blocks}\n` : '') + this.longLines(sorted);
    }
    const names = sorted.map(({ name, stat }) => this.prefix(stat) + name + this.suffix(stat));
    if (names.length === 0) return '';
    const columns = this.options.has('C') || (this.context.stdout.isTerminal && !this.options.has('1'));
    return columns ? inColumns(names, 80) : `${names.join('\n')}\n`;
  }

  private sorted(entries: readonly Entry[]): Entry[] {
    const { options } = this;
    const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const result = [...entries].sort(
      (a, b) =>
        (options.has('S') ? b.stat.size - a.stat.size : options.has('t') ? b.stat.modifiedMs - a.stat.modifiedMs : 0) || byName(a, b),
    );
    return options.has('r') ? result.reverse() : result;
  }

  private longLines(entries: readonly Entry[]): string {
    const { options } = this;
    const size = (stat: FileStat) => (options.has('h') ? humanSize(stat.size) : String(stat.size));
    const width = entries.reduce((most, { stat }) => Math.max(most, size(stat).length), 0);
    const owner = options.has('n') ? '0' : 'root';
    const columns = `${options.has('g') ? '' : `${owner} `}${options.has('o') ? '' : `${owner} `}`;
    const links = (stat: FileStat) => (stat.type === 'directory' ? 2 : 1);
    return entries
      .map(
        ({ name, stat }) =>
          `${this.prefix(stat)}${modeText(stat)} ${links(stat)} ${columns}${size(stat).padStart(width)} ${this.time(stat)} ${name}${this.suffix(stat)}\n`,
      )
      .join('');
  }

  private time(stat: FileStat): string {
    if (this.options.has('full-time')) return formatDate('%Y-%m-%d %H:%M:%S.%N %z', stat.modifiedMs);
    const ageMs = this.context.kernel.epochMs() - stat.modifiedMs;
    return formatDate(ageMs < 15_778_476_000 && ageMs >= -1000 ? '%b %e %H:%M' : '%b %e  %Y', stat.modifiedMs);
  }

  private prefix(stat: FileStat): string {
    const blocks = this.options.has('s') ? `${Math.ceil(stat.size / 4096) * 4} ` : '';
    return this.options.has('i') ? `${stat.modifiedMs % 1_000_000} ${blocks}` : blocks;
  }

  private suffix(stat: FileStat): string {
    if (stat.type === 'directory') return this.options.has('F') || this.options.has('p') ? '/' : '';
    return this.options.has('F') && (stat.mode & 0o111) !== 0 ? '*' : '';
  }
}

/** Names down columns, as many as fit. */
function inColumns(names: readonly string[], width: number): string {
  for (let rows = 1; rows <= names.length; rows++) {
    const columns = Math.ceil(names.length / rows);
    const widths = Array.from({ length: columns }, (_, column) =>
      names.slice(column * rows, column * rows + rows).reduce((most, name) => Math.max(most, name.length), 0),
    );
    if (rows < names.length && widths.reduce((sum, each) => sum + each + 2, -2) > width) continue;
    let text = '';
    for (let row = 0; row < rows; row++) {
      const line = widths.map((each, column) => (names[column * rows + row] ?? '').padEnd(each + 2)).join('');
      text += `${line.trimEnd()}\n`;
    }
    return text;
  }
  return '';
}
