import { MemoryFiles } from '../memory-files.ts';
import { humanSize } from './file-arguments.ts';
import { hardwareOf } from './hardware.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'df [OPTION]... [FILE]...',
  about: 'Show information about the file system on which each FILE resides,\nor all file systems by default.',
  options: [
    ['-a, --all', 'include pseudo, duplicate, inaccessible file systems'],
    ['-h, --human-readable', 'print sizes in powers of 1024 (e.g., 1023M)'],
    ['-i, --inodes', 'list inode information instead of block usage'],
    ['-k', 'like --block-size=1K'],
    ['-T, --print-type', 'print file system type'],
  ],
};

/** How full the disk is. */
export const df: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { system } = context;
  const { diskBytes } = hardwareOf(system);
  const used = 2.5 * 1024 ** 3 + (system.files instanceof MemoryFiles ? system.files.used : 0);
  const container = !system.units;
  const show = (bytes: number) => (options.has('h') ? humanSize(bytes) : String(Math.round(bytes / 1024)));
  const row = [
    container ? 'overlay' : '/dev/sda1',
    ...(options.has('T') ? [container ? 'overlay' : 'xfs'] : []),
    show(diskBytes),
    show(used),
    show(diskBytes - used),
    `${Math.ceil((used / diskBytes) * 100)}%`,
    '/',
  ];
  const head = [
    'Filesystem',
    ...(options.has('T') ? ['Type'] : []),
    options.has('h') ? 'Size' : '1K-blocks',
    'Used',
    options.has('h') ? 'Avail' : 'Available',
    'Use%',
    'Mounted on',
  ];
  const widths = head.map((title, i) => Math.max(title.length, row[i]!.length));
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, i) =>
        i === 0 || i === cells.length - 1 || (options.has('T') && i === 1)
          ? cell.padEnd(i === cells.length - 1 ? 0 : widths[i]!)
          : cell.padStart(widths[i]!),
      )
      .join(' ');
  yield* context.stdout.write(`${text(head)}\n${text(row)}\n`);
  return 0;
};
