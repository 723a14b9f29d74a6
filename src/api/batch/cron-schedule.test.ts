import { describe, expect, it } from 'vitest';
import { cronScheduleFault, parseCronSchedule } from './cron-schedule.ts';

describe('schedules of cron jobs', () => {
  it('are read field by field', () => {
    expect(parseCronSchedule('*/15 8-10 1,15 jan-mar MON')).toEqual({
      kind: 'fields',
      minutes: new Set([0, 15, 30, 45]),
      hours: new Set([8, 9, 10]),
      daysOfMonth: new Set([1, 15]),
      months: new Set([1, 2, 3]),
      daysOfWeek: new Set([1]),
      anyDayOfMonth: false,
      anyDayOfWeek: false,
    });
  });

  it('may be words or intervals', () => {
    expect(parseCronSchedule('@hourly')).toEqual(parseCronSchedule('0 * * * *'));
    expect(parseCronSchedule('@every 1h30m')).toEqual({ kind: 'every', everyMs: 5_400_000 });
  });

  it.each([
    ['every monday', 'expected exactly 5 fields, found 2: [every monday]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ])('are refused: %s', (text, fault) => {
    expect(cronScheduleFault(text)).toBe(fault);
  });
});
