/** A cron schedule: which minutes, hours, days, months and weekdays fit. */
export interface Schedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Neither of days and weekdays is `*`: then either may fit. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const MINUTE: Field = { low: 0, high: 59, names: [] };
const HOUR: Field = { low: 0, high: 23, names: [] };
const DAY: Field = { low: 1, high: 31, names: [] };
const MONTH: Field = { low: 1, high: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] };
const WEEKDAY: Field = { low: 0, high: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const SHORTHANDS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Reads a standard cron line of five fields or a shorthand (robfig/cron ParseStandard). Throws an Error that says what is wrong. */
export function parseSchedule(text: string): Schedule {
  const line = SHORTHANDS[text.trim()] ?? text;
  if (line.startsWith('@')) throw new Error(`unrecognized descriptor: ${text}`);
  const fields = line.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) throw new Error(`expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`);
  const [minutes, hours, days, months, weekdays] = fields as [string, string, string, string, string];
  return {
    minutes: parseField(minutes, MINUTE),
    hours: parseField(hours, HOUR),
    days: parseField(days, DAY),
    months: parseField(months, MONTH),
    weekdays: parseField(weekdays, WEEKDAY),
    eitherDay: !isStar(days) && !isStar(weekdays),
  };
}

function isStar(field: string): boolean {
  return field.split(',').some((part) => part === '*' || part === '?' || part.startsWith('*/'));
}

function parseField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) for (const value of parseRange(part, field)) values.add(value);
  return values;
}

function parseRange(part: string, field: Field): number[] {
  const [range, stepText, ...rest] = part.split('/') as [string, string | undefined];
  if (rest.length > 0) throw new Error(`too many slashes: ${part}`);
  let [low, high] = [field.low, field.high];
  if (range !== '*' && range !== '?') {
    const [from, to, ...more] = range.split('-') as [string, string | undefined];
    if (more.length > 0) throw new Error(`too many hyphens: ${part}`);
    low = parseValue(from, field);
    high = to !== undefined ? parseValue(to, field) : stepText !== undefined ? field.high : low;
  }
  const step = stepText === undefined ? 1 : parseNumber(stepText);
  if (low < field.low) throw new Error(`beginning of range (${low}) below minimum (${field.low}): ${part}`);
  if (high > field.high) throw new Error(`end of range (${high}) above maximum (${field.high}): ${part}`);
  if (low > high) throw new Error(`beginning of range (${low}) beyond end of range (${high}): ${part}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${part}`);
  const values: number[] = [];
  for (let value = low; value <= high; value += step) values.push(value);
  return values;
}

function parseValue(text: string, field: Field): number {
  const named = text === '' ? -1 : field.names.indexOf(text.toLowerCase());
  return named >= 0 ? named : parseNumber(text);
}

function parseNumber(text: string): number {
  if (!/^\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** After this many days without a match there is none: 29 February comes at least every eight years. */
const FARTHEST_DAYS = 8 * 366 + 1;

/**
 * The first instant after `afterMs` (milliseconds since the epoch) that fits, in a zone `offsetMs`
 * ahead of UTC; undefined if there is none (30 February).
 */
export function nextTime(schedule: Schedule, afterMs: number, offsetMs = 0): number | undefined {
  const startMs = (Math.floor((afterMs + offsetMs) / MINUTE_MS) + 1) * MINUTE_MS;
  const firstDay = Math.floor(startMs / DAY_MS);
  for (let day = firstDay; day < firstDay + FARTHEST_DAYS; day++) {
    if (!fitsDay(schedule, day)) continue;
    const from = day === firstDay ? Math.floor((startMs - day * DAY_MS) / MINUTE_MS) : 0;
    for (let hour = Math.floor(from / 60); hour < 24; hour++) {
      if (!schedule.hours.has(hour)) continue;
      for (let minute = hour * 60 === from - (from % 60) ? from % 60 : 0; minute < 60; minute++) {
        if (schedule.minutes.has(minute)) return day * DAY_MS + (hour * 60 + minute) * MINUTE_MS - offsetMs;
      }
    }
  }
  return undefined;
}

function fitsDay({ days, months, weekdays, eitherDay }: Schedule, daysSinceEpoch: number): boolean {
  const { month, day } = civil(daysSinceEpoch);
  if (!months.has(month)) return false;
  const weekday = (((daysSinceEpoch + 4) % 7) + 7) % 7;
  return eitherDay ? days.has(day) || weekdays.has(weekday) : days.has(day) && weekdays.has(weekday);
}

/** Month and day of a number of days since 1970-01-01, by the rules of the Gregorian calendar. */
export function civil(daysSinceEpoch: number): { year: number; month: number; day: number } {
  const shifted = daysSinceEpoch + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
