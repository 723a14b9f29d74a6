import { epochOf, formatDate, momentOf, unixDate } from '../calendar.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'date [OPTION]... [+FORMAT]',
  about: 'Display date and time in the given FORMAT.',
  options: [
    ['-d, --date=STRING', "display time described by STRING, not 'now'"],
    ['-I, --iso-8601[=FMT]', 'output date/time in ISO 8601 format'],
    ['-R, --rfc-email', 'output date and time in RFC 5322 format'],
    ['--rfc-3339=FMT', 'output date/time in RFC 3339 format'],
    ['-u, --utc, --universal', 'print Coordinated Universal Time (UTC)'],
  ],
};

const ISO: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
};

/** Prints the cluster's own time; machines and containers keep UTC. */
export const date: Program = function* (context) {
  let format: string | undefined;
  let atMs = context.kernel.epochMs();
  if (context.args.length > 0) {
    const options = yield* parseOptions(context, SPEC);
    if (typeof options === 'number') return options;
    const [operand, extra] = options.operands;
    if (extra !== undefined) return yield* wrongUsage(context, SPEC, `extra operand '${extra}'`);
    if (options.has('I')) format = ISO[options.value('I')!] ?? ISO.seconds!;
    else if (options.has('R')) format = '%a, %d %b %Y %H:%M:%S %z';
    else if (options.has('rfc-3339')) format = options.value('rfc-3339') === 'date' ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S%:z';
    if (operand !== undefined) {
      if (!operand.startsWith('+')) {
        yield* context.stderr.write(`date: invalid date '${operand}'\n`);
        return 1;
      }
      format = operand.slice(1);
    }
    const given = options.value('d');
    if (given !== undefined) {
      const parsed = parseDate(given, atMs);
      if (parsed === undefined) {
        yield* context.stderr.write(`date: invalid date '${given}'\n`);
        return 1;
      }
      atMs = parsed;
    }
  }
  yield* context.stdout.write(`${format === undefined ? unixDate(atMs) : formatDate(format, atMs)}\n`);
  return 0;
};

const UNIT_MS: Readonly<Record<string, number>> = {
  sec: 1000,
  second: 1000,
  min: 60_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  fortnight: 1_209_600_000,
};

/** The commonest of what GNU date understands: `@epoch`, ISO dates and times, `now`, `yesterday`, `2 hours ago`. */
export function parseDate(text: string, nowMs: number): number | undefined {
  let rest = text.trim().toLowerCase();
  let atMs = nowMs;
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(rest);
  if (epoch) return Number(epoch[1]) * 1000;
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?\s*(z|utc|[-+]\d{2}:?\d{2})?/.exec(rest);
  if (iso) {
    const [, year, month, day, hour = '0', minute = '0', second = '0', zone] = iso;
    atMs = epochOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
    const offset = /^([-+])(\d{2}):?(\d{2})$/.exec(zone ?? '');
    if (offset) atMs -= (offset[1] === '-' ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
    rest = rest.slice(iso[0].length).trim();
  }
  while (rest !== '') {
    const word = /^(now|today|tomorrow|yesterday|midnight)\b\s*/.exec(rest);
    const amount = /^([-+]?\s*\d+|an?|next|last)\s*(sec|second|min|minute|hour|day|week|fortnight|month|year)s?\b(\s+ago)?\s*/.exec(rest);
    if (word) {
      if (word[1] === 'tomorrow') atMs += 86_400_000;
      if (word[1] === 'yesterday') atMs -= 86_400_000;
      if (word[1] === 'midnight') atMs = Math.floor(atMs / 86_400_000) * 86_400_000;
      rest = rest.slice(word[0].length);
    } else if (amount) {
      const count =
        (amount[1] === 'last' ? -1 : /^[a-z]/.test(amount[1]!) ? 1 : Number(amount[1]!.replace(/\s/g, ''))) * (amount[3] ? -1 : 1);
      atMs = shift(atMs, count, amount[2]!);
      rest = rest.slice(amount[0].length);
    } else return undefined;
  }
  return atMs;
}

function shift(atMs: number, count: number, unit: string): number {
  const ms = UNIT_MS[unit];
  if (ms !== undefined) return atMs + count * ms;
  const at = momentOf(atMs);
  const months = unit === 'year' ? count * 12 : count;
  return epochOf(at.year, at.month + months, at.day, at.hour, at.minute, at.second) + at.millisecond;
}
