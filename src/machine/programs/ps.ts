import { formatDate } from '../calendar.ts';
import { processesOf } from '../processes.ts';
import { isBusybox } from './options.ts';
import type { Program } from '../program.ts';

/** The processes of a machine or a container: its daemons, its shells and their background jobs. */
export const ps: Program = function* (context) {
  const { system, kernel, args, stdout } = context;
  const unknown = args.find((arg) => arg.startsWith('--') && !['--no-headers', '--forest'].includes(arg));
  if (unknown !== undefined) {
    yield* context.stderr.write(unknown === '--help' ? '' : `error: unknown gnu long option\n`);
    yield* (unknown === '--help' ? stdout : context.stderr).write('\nUsage:\n ps [options]\n');
    return 1;
  }
  const started = (ms: number) => formatDate('%H:%M', kernel.startEpochMs + ms);
  const rows = [
    ...daemons(system).map((daemon) => ({ ...daemon, tty: '?', startedMs: 0, parentPid: daemon.pid === 1 ? 0 : 1 })),
    ...processesOf(system).list(),
    {
      pid: processesOf(system).skip(),
      parentPid: 1,
      command: ['ps', ...args].join(' '),
      tty: context.stdin.isTerminal ? 'pts/0' : '?',
      startedMs: kernel.now,
    },
  ];
  if (isBusybox(system)) {
    yield* stdout.write(
      `PID   USER     TIME  COMMAND\n${rows.map((row) => `${String(row.pid).padStart(5)} root      0:00 ${row.command}\n`).join('')}`,
    );
    return 0;
  }
  const letters = args.join('').replace(/-/g, '');
  if (/u/.test(letters)) {
    const lines = rows.map(
      (row) =>
        `root      ${String(row.pid).padStart(7)}  0.0  0.1   4624  3456 ${row.tty.padEnd(8)} ${row.tty === '?' ? 'Ss  ' : 'S+  '} ${started(row.startedMs)}   0:00 ${row.command}\n`,
    );
    yield* stdout.write(`USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n${lines.join('')}`);
  } else if (/f/.test(letters)) {
    const lines = rows.map(
      (row) =>
        `root     ${String(row.pid).padStart(7)} ${String(row.parentPid).padStart(7)}  0 ${started(row.startedMs)} ${row.tty.padEnd(8)} 00:00:00 ${row.command}\n`,
    );
    yield* stdout.write(`UID          PID    PPID  C STIME TTY          TIME CMD\n${lines.join('')}`);
  } else {
    const shown = /[aeAx]/.test(letters) ? rows : rows.filter((row) => row.tty !== '?');
    const lines = shown.map(
      (row) => `${String(row.pid).padStart(7)} ${row.tty.padEnd(8)} 00:00:00 ${row.command.split(' ')[0]!.replace(/^.*\//, '')}\n`,
    );
    yield* stdout.write(`    PID TTY          TIME CMD\n${lines.join('')}`);
  }
  return 0;
};

function daemons(system: Parameters<Program>[0]['system']): { pid: number; command: string }[] {
  const { units } = system;
  if (!units) return [];
  const running = units
    .names()
    .map((name) => units.status(name))
    .filter((status) => status !== undefined && status.mainPid > 0);
  return [
    { pid: 1, command: '/usr/lib/systemd/systemd --switched-root --system' },
    ...running.map((status) => ({ pid: status!.mainPid, command: status!.execStart })),
  ];
}
