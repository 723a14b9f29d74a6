import { sleep } from '../../sim/wait.ts';
import { formatDate } from '../calendar.ts';
import { processesOf } from '../processes.ts';
import { hardwareOf, usedMemoryBytes } from './hardware.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import { uptimeText } from './uptime.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'top [options]',
  about: 'Display Linux processes.',
  options: [
    ['-b', 'batch mode'],
    ['-d <secs>', 'delay between updates'],
    ['-n <count>', 'number of updates before it ends'],
    ['-p <pid>', 'show only this process'],
    ['-u <user>', "show only this user's processes"],
  ],
};

/** The processes, again and again. Figures of single processes are not measured and show 0. */
export const top: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const rounds = options.has('n') ? Number(options.value('n')) : Infinity;
  const everyMs = Number(options.value('d') ?? 3) * 1000;
  for (let round = 0; round < rounds; round++) {
    if (round > 0) yield* sleep(everyMs);
    yield* context.stdout.write(
      (context.stdout.isTerminal && !options.has('b') ? '\x1b[H\x1b[2J' : round > 0 ? '\n' : '') + screen(context),
    );
  }
  return 0;
};

function screen({ system, kernel }: ProgramContext): string {
  const hardware = hardwareOf(system);
  const mebibytes = (bytes: number) => (bytes / 1024 ** 2).toFixed(1).padStart(9);
  const used = usedMemoryBytes(hardware);
  const rows = processesOf(system).list();
  const head =
    `top - ${formatDate('%H:%M:%S', kernel.epochMs())} up ${uptimeText(kernel.now - hardware.bootedMs)},  1 user,  load average: 0.08, 0.03, 0.01\n` +
    `Tasks: ${String(rows.length).padStart(3)} total,   1 running, ${String(Math.max(0, rows.length - 1)).padStart(3)} sleeping,   0 stopped,   0 zombie\n` +
    '%Cpu(s):  1.2 us,  0.6 sy,  0.0 ni, 98.2 id,  0.0 wa,  0.0 hi,  0.0 si,  0.0 st\n' +
    `MiB Mem :${mebibytes(hardware.memoryBytes)} total,${mebibytes(hardware.memoryBytes - used)} free,${mebibytes(used)} used,${mebibytes(hardware.memoryBytes * 0.2)} buff/cache\n\n` +
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND\n';
  return (
    head +
    rows
      .map(
        ({ pid, command }) =>
          `${String(pid).padStart(7)} root      20   0    4624   3456   3200 S   0.0   0.1   0:00.00 ${command.split(' ')[0]!.replace(/^.*\//, '')}\n`,
      )
      .join('')
  );
}
