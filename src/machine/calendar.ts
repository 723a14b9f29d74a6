/** A moment in UTC, taken apart. */
export interface Moment {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** From 0 for Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
}

const DAY_MS = 86_400_000;

/** Takes an instant apart (proleptic Gregorian calendar, UTC). */
export function momentOf(epochMs: number): Moment {
  const days = Math.floor(epochMs / DAY_MS);
  const ms = Math.floor(epochMs - days * DAY_MS);
  // Days to civil date, counting from 0000-03-01 so that leap days come last.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return {
    year,
    month,
    day,
    hour: Math.floor(ms / 3_600_000),
    minute: Math.floor(ms / 60_000) % 60,
    second: Math.floor(ms / 1000) % 60,
    millisecond: ms % 1000,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay: days - daysBefore(year, 1, 1) + 1,
  };
}

/** The instant of a date and time in UTC. Days and times beyond their range carry over. */
export function epochOf(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  return daysBefore(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000;
}

function daysBefore(year: number, month: number, day: number): number {
  const monthFromZero = (((month - 1) % 12) + 12) % 12;
  const carried = year + Math.floor((month - 1) / 12);
  const shiftedYear = monthFromZero < 2 ? carried - 1 : carried;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (monthFromZero > 1 ? monthFromZero - 2 : monthFromZero + 10) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Sat Jan 31 12:00:00 UTC 2026`: what `date` prints, and scripts in a loop ask for most. */
export function unixDate(epochMs: number): string {
  const { weekday, month, day, hour, minute, second, year } = momentOf(epochMs);
  const two = (value: number) => (value < 10 ? `0${value}` : `${value}`);
  return `${WEEKDAYS[weekday]!.slice(0, 3)} ${MONTHS[month - 1]!.slice(0, 3)} ${day < 10 ? ' ' : ''}${day} ${two(hour)}:${two(minute)}:${two(second)} UTC ${year}`;
}

/** A date by strftime's conversions; UTC. */
export function formatDate(format: string, epochMs: number): string {
  const moment = momentOf(epochMs);
  return format.replace(/%([-_0^#]?)(\d*)(:*)([A-Za-z%+])/g, (whole, flag: string, width: string, colons: string, letter: string) => {
    const text = conversion(letter, moment, epochMs, colons);
    if (text === undefined) return whole;
    return decorate(text, flag, Number(width), letter);
  });
}

function decorate(text: string, flag: string, width: number, letter: string): string {
  if (flag === '-') return text.replace(/^[0 ]+(?=.)/, '');
  if (flag === '_') return text.replace(/^0+(?=.)/, (zeros) => ' '.repeat(zeros.length));
  if (flag === '^') return text.toUpperCase();
  if (letter === 'N' && width > 0) return text.slice(0, width);
  return text.padStart(width, '0');
}

function conversion(letter: string, at: Moment, epochMs: number, colons: string): string | undefined {
  const two = (n: number, fill = '0') => String(n).padStart(2, fill);
  const twelve = at.hour % 12 === 0 ? 12 : at.hour % 12;
  switch (letter) {
    case '%':
      return '%';
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'Y':
      return String(at.year);
    case 'C':
      return two(Math.floor(at.year / 100));
    case 'y':
      return two(at.year % 100);
    case 'm':
      return two(at.month);
    case 'd':
      return two(at.day);
    case 'e':
      return two(at.day, ' ');
    case 'H':
      return two(at.hour);
    case 'k':
      return two(at.hour, ' ');
    case 'I':
      return two(twelve);
    case 'l':
      return two(twelve, ' ');
    case 'M':
      return two(at.minute);
    case 'S':
      return two(at.second);
    case 'N':
      return String(at.millisecond).padStart(3, '0') + '000000';
    case 'L':
      return String(at.millisecond).padStart(3, '0');
    case 's':
      return String(Math.floor(epochMs / 1000));
    case 'j':
      return String(at.yearDay).padStart(3, '0');
    case 'u':
      return String(at.weekday === 0 ? 7 : at.weekday);
    case 'w':
      return String(at.weekday);
    case 'a':
      return WEEKDAYS[at.weekday]!.slice(0, 3);
    case 'A':
      return WEEKDAYS[at.weekday]!;
    case 'b':
    case 'h':
      return MONTHS[at.month - 1]!.slice(0, 3);
    case 'B':
      return MONTHS[at.month - 1]!;
    case 'p':
      return at.hour < 12 ? 'AM' : 'PM';
    case 'P':
      return at.hour < 12 ? 'am' : 'pm';
    case 'Z':
      return 'UTC';
    case 'z':
      return colons === '' ? '+0000' : '+00:00';
    case 'F':
      return `${at.year}-${two(at.month)}-${two(at.day)}`;
    case 'D':
    case 'x':
      return `${two(at.month)}/${two(at.day)}/${two(at.year % 100)}`;
    case 'T':
    case 'X':
      return `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
    case 'R':
      return `${two(at.hour)}:${two(at.minute)}`;
    case 'r':
      return `${two(twelve)}:${two(at.minute)}:${two(at.second)} ${at.hour < 12 ? 'AM' : 'PM'}`;
    case 'c':
      return `${WEEKDAYS[at.weekday]!.slice(0, 3)} ${MONTHS[at.month - 1]!.slice(0, 3)} ${two(at.day, ' ')} ${two(at.hour)}:${two(at.minute)}:${two(at.second)} ${at.year}`;
    default:
      return undefined;
  }
}
