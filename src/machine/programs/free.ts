import { humanSize } from './file-arguments.ts';
import { hardwareOf, usedMemoryBytes } from './hardware.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'free [options]',
  about: 'Display amount of free and used memory in the system.',
  options: [
    ['-b, --bytes', 'show output in bytes'],
    ['-k, --kibi', 'show output in kibibytes'],
    ['-m, --mebi', 'show output in mebibytes'],
    ['-g, --gibi', 'show output in gibibytes'],
    ['-h, --human', 'show human-readable output'],
    ['-t, --total', 'show total for RAM + swap'],
  ],
};

/** The memory of the machine. */
export const free: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const hardware = hardwareOf(context.system);
  const total = hardware.memoryBytes;
  const used = usedMemoryBytes(hardware);
  const cache = total * 0.2;
  const unit = options.has('b') ? 1 : options.has('m') ? 1024 ** 2 : options.has('g') ? 1024 ** 3 : 1024;
  const show = (bytes: number) =>
    (options.has('h') ? `${humanSize(bytes)}i`.replace(/^0i$/, '0B') : String(Math.floor(bytes / unit))).padStart(11);
  const row = (name: string, values: readonly number[]) => `${name.padEnd(8)}${values.map((value) => ` ${show(value)}`).join('')}\n`;
  const free = total - used - cache;
  yield* context.stdout.write(
    `${' '.repeat(8)}${['total', 'used', 'free', 'shared', 'buff/cache', 'available'].map((title) => ` ${title.padStart(11)}`).join('')}\n` +
      row('Mem:', [total, used, free, 1024 ** 2, cache, free + cache]) +
      row('Swap:', [0, 0, 0]) +
      (options.has('t') ? row('Total:', [total, used, free]) : ''),
  );
  return 0;
};
