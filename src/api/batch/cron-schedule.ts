import { quote } from '../../base/quote.ts';

/* The schedules of cron jobs, as github.com/robfig/cron reads them: five fields, or a word such as `@daily`. */

/** A schedule that was read. Sets hold the minutes, hours, days and months on which it is due. */
export type CronSchedule =
  | { readonly kind: 'every'; readonly everyMs: number }
  | {
      readonly kind: 'fields';
      readonly minutes: ReadonlySet<number>;
      readonly hours: ReadonlySet<number>;
      readonly daysOfMonth: ReadonlySet<number>;
      readonly months: ReadonlySet<number>;
      /** 0 is Sunday. */
      readonly daysOfWeek: ReadonlySet<number>;
      /** Whether days of the month, of the week, were given as `*`: then only the other counts; else either suffices. */
      readonly anyDayOfMonth: boolean;
      readonly anyDayOfWeek: boolean;
    };

/** A text that is no schedule. The message is the parser's own. */
export class CronScheduleError extends Error {
  override name = 'CronScheduleError';
}

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
}

const NO_NAMES: readonly string[] = [];
const MINUTES: Bounds = { least: 0, most: 59, names: NO_NAMES };
const HOURS: Bounds = { least: 0, most: 23, names: NO_NAMES };
const DAYS: Bounds = { least: 1, most: 31, names: NO_NAMES };
const MONTHS: Bounds = {
  least: 1,
  most: 12,
  names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
};
const WEEKDAYS: Bounds = { least: 0, most: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const WORDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const UNITS_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function fail(message: string): never {
  throw new CronScheduleError(message);
}

/** `1h30m` in milliseconds (time.ParseDuration); undefined if it is no duration. */
function durationMs(text: string): number | undefined {
  if (!/^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(text))
    return text === '0' ? 0 : undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)) total += Number(amount) * (UNITS_MS[unit as string] ?? 0);
  return text.startsWith('-') ? -total : total;
}

function integer(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) fail(`failed to parse int from ${text}: strconv.Atoi: parsing ${quote(text)}: invalid syntax`);
  const value = Number(text);
  if (value < 0) fail(`negative number (${value}) not allowed: ${text}`);
  return value;
}

function numberOrName(text: string, { names }: Bounds): number {
  const named = text === '' ? -1 : names.indexOf(text.toLowerCase());
  return named >= 0 ? named : integer(text);
}

/** `*`, `3`, `1-5`, `*` or `1-5` in steps: `*` + `/15`. Adds to `found`; answers whether it was a plain `*`. */
function readRange(text: string, bounds: Bounds, found: Set<number>): boolean {
  const parts = text.split('/');
  const ends = (parts[0] as string).split('-');
  const isStar = ends[0] === '*' || ends[0] === '?';
  let start = bounds.least;
  let end = bounds.most;
  let star = isStar;
  if (!isStar) {
    start = numberOrName(ends[0] as string, bounds);
    if (ends.length > 2) fail(`too many hyphens: ${text}`);
    end = ends.length === 2 ? numberOrName(ends[1] as string, bounds) : start;
  }
  let step = 1;
  if (parts.length > 2) fail(`too many slashes: ${text}`);
  if (parts.length === 2) {
    step = integer(parts[1] as string);
    if (ends.length === 1 && !isStar) end = bounds.most;
    if (step > 1) star = false;
  }
  if (start < bounds.least) fail(`beginning of range (${start}) below minimum (${bounds.least}): ${text}`);
  if (end > bounds.most) fail(`end of range (${end}) above maximum (${bounds.most}): ${text}`);
  if (start > end) fail(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) fail(`step of range should be a positive number: ${text}`);
  for (let value = start; value <= end; value += step) found.add(value);
  return star;
}

function readField(text: string, bounds: Bounds): { values: ReadonlySet<number>; any: boolean } {
  const values = new Set<number>();
  let any = false;
  for (const range of text.split(',')) if (range !== '' && readRange(range, bounds, values)) any = true;
  return { values, any };
}

/**
 * Reads a schedule (cron.ParseStandard).
 *
 * @throws CronScheduleError
 */
export function parseCronSchedule(text: string): CronSchedule {
  if (text === '') fail('empty spec string');
  if (text.startsWith('@')) {
    const word = WORDS[text];
    if (word) return parseCronSchedule(word);
    if (!text.startsWith('@every ')) fail(`unrecognized descriptor: ${text}`);
    const everyMs = durationMs(text.slice('@every '.length));
    if (everyMs === undefined) fail(`failed to parse duration ${text}: time: invalid duration ${quote(text.slice('@every '.length))}`);
    return { kind: 'every', everyMs: Math.max(1000, Math.floor(everyMs / 1000) * 1000) };
  }
  const fields = text.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) fail(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = [MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS].map((bounds, i) =>
    readField(fields[i] as string, bounds),
  );
  return {
    kind: 'fields',
    minutes: minutes!.values,
    hours: hours!.values,
    daysOfMonth: daysOfMonth!.values,
    months: months!.values,
    daysOfWeek: daysOfWeek!.values,
    anyDayOfMonth: daysOfMonth!.any,
    anyDayOfWeek: daysOfWeek!.any,
  };
}

/** The fault of a text as a schedule, or undefined if it is one. */
export function cronScheduleFault(text: string): string | undefined {
  try {
    parseCronSchedule(text);
    return undefined;
  } catch (error) {
    if (error instanceof CronScheduleError) return error.message;
    throw error;
  }
}
