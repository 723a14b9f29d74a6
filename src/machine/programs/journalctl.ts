import { sleep } from '../../sim/wait.ts';
import { formatDate } from '../calendar.ts';
import { parseDate } from './date.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { JournalLine } from '../units.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'journalctl [OPTIONS...]',
  about: 'Query the journal.',
  options: [
    ['-b, --boot[=ID]', 'show current boot'],
    ['-e, --pager-end', 'immediately jump to the end in the pager'],
    ['-f, --follow', 'follow the journal'],
    ['-n, --lines=INTEGER', 'number of journal entries to show'],
    ['--no-pager', 'do not pipe output into a pager'],
    ['-o, --output=STRING', 'change journal output mode (short, cat)'],
    ['-q, --quiet', 'do not show info messages'],
    ['-r, --reverse', 'show the newest entries first'],
    ['-S, --since=DATE', 'show entries not older than the specified date'],
    ['-u, --unit=UNIT', 'show logs from the specified unit'],
    ['-x, --catalog', 'add message explanations where available'],
  ],
};

/** `Jan 31 12:00:00 host kubelet[812]: text` */
export function journalText(line: JournalLine, host: string, pid: number): string {
  const source = line.source === 'systemd' ? 'systemd[1]' : `${line.source}[${pid || 1}]`;
  return `${formatDate('%b %d %H:%M:%S', line.epochMs)} ${host} ${source}: ${line.text}\n`;
}

/** The journals of a machine's units. */
export const journalctl: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { units, hostname } = context.system;
  if (!units) {
    yield* context.stderr.write('No journal files were found.\n');
    return 1;
  }
  const wanted = options.values('u').map((name) => name.replace(/\.service$/, ''));
  const names = wanted.length > 0 ? wanted.filter((name) => units.state(name) !== undefined) : units.names();
  const since = options.value('S') === undefined ? -Infinity : parseDate(options.value('S')!, context.kernel.epochMs());
  if (since === undefined) {
    yield* context.stderr.write(`Failed to parse timestamp: ${options.value('S')}\n`);
    return 1;
  }
  const collect = () =>
    names
      .flatMap((name) => units.journal(name).map((line) => ({ line, pid: units.status(name)?.mainPid ?? 0 })))
      .filter(({ line }) => line.epochMs >= since);
  const show = (lines: ReturnType<typeof collect>) =>
    lines.map(({ line, pid }) => (options.value('o') === 'cat' ? `${line.text}\n` : journalText(line, hostname, pid))).join('');
  let lines = collect().sort((a, b) => a.line.epochMs - b.line.epochMs);
  const seen = new Set(lines.map(({ line }) => line));
  const count = options.has('n') ? options.value('n') || '10' : options.has('f') ? '10' : undefined;
  if (count !== undefined && count !== 'all') lines = lines.slice(-Number(count));
  if (options.has('r')) lines.reverse();
  if (lines.length === 0 && !options.has('q') && !options.has('f')) yield* context.stdout.write('-- No entries --\n');
  yield* context.stdout.write(show(lines));
  if (!options.has('f')) return 0;
  for (;;) {
    yield* sleep(250);
    const fresh = collect().filter(({ line }) => !seen.has(line));
    fresh.forEach(({ line }) => seen.add(line));
    if (fresh.length > 0) yield* context.stdout.write(show(fresh));
  }
};
