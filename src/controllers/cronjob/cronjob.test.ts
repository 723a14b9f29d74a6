import { describe, expect, it } from 'vitest';
import { CRON_JOBS, JOBS, type CronJob } from '../../api/kinds.ts';
import { parseRfc3339, rfc3339 } from '../../base/time.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { ttlAfterFinishedController } from '../ttlafterfinished/controller.ts';
import { cronJobController } from './controller.ts';
import { dueTime } from './decide.ts';
import { nextTime, parseSchedule } from './schedule.ts';
import type { Stored } from '../../api/object.ts';

describe('cron schedules', () => {
  it.each([
    ['0,15,30,45 * * * *', '2026-01-01T00:00:00Z', '2026-01-01T00:15:00Z'],
    ['*/20 1-2 * * *', '2026-01-01T02:40:00Z', '2026-01-02T01:00:00Z'],
    ['30 4 * * mon', '2026-01-01T00:00:00Z', '2026-01-05T04:30:00Z'],
    ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 13 * FRI', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
    ['@monthly', '2026-12-31T23:59:59Z', '2027-01-01T00:00:00Z'],
    ['59 23 31 12 *', '2026-12-31T23:59:00Z', '2027-12-31T23:59:00Z'],
  ])('%s comes after %s at %s', (text, after, expected) => {
    expect(rfc3339(nextTime(parseSchedule(text), parseRfc3339(after))!)).toBe(expected);
  });

  it('may never come', () => {
    expect(nextTime(parseSchedule('0 0 30 2 *'), 0)).toBeUndefined();
  });

  it.each([
    ['every monday', 'expected exactly 5 fields, found 2: [every monday]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parseSchedule(text)).toThrow(message);
  });

  it('say when too many starts were missed, and which was the last', () => {
    const cron = { metadata: { creationTimestamp: '2026-01-01T00:00:00Z' }, spec: {} } as unknown as Stored<CronJob>;
    const due = dueTime(cron, parseSchedule('* * * * *'), 0, parseRfc3339('2026-01-01T05:00:30Z'));
    expect(due).toEqual({ atMs: parseRfc3339('2026-01-01T05:00:00Z'), missedTooMany: true });
  });
});

function begin(spec: Partial<NonNullable<CronJob['spec']>> = {}): ControllerFixture {
  const fixture = controllerFixture({ controllers: [cronJobController, ttlAfterFinishedController] });
  fixture.start();
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
  const given = { schedule: '*/15 * * * *', jobTemplate: { spec: { template, completions: 1, parallelism: 1 } }, ...spec };
  fixture.create(CRON_JOBS, { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'c', namespace: 'default' }, spec: given });
  return fixture;
}

function complete(fixture: ControllerFixture, name: string): void {
  const now = fixture.kernel.timestamp();
  const status = { completionTime: now, conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: now }] };
  fixture.run(fixture.client.patch(JOBS, { namespace: 'default', name }, 'merge', { status }, { subresource: 'status' }));
}

const MINUTES = 60_000;

describe('cron jobs', () => {
  it('make a job at each scheduled instant and keep the last three', () => {
    const fixture = begin();
    for (let i = 0; i < 6; i++) {
      fixture.advance(15 * MINUTES + 1000);
      for (const job of fixture.list(JOBS)) if (!job.status?.completionTime) complete(fixture, job.metadata.name);
    }
    fixture.advance(1000);
    expect(fixture.list(JOBS)).toHaveLength(3);
    expect(fixture.get(CRON_JOBS, 'c')!.status).toMatchObject({ lastScheduleTime: '2026-01-01T01:30:00Z' });
    expect(fixture.events('CronJob')).toContain('SuccessfulCreate Created job c-29453790');
  });

  it('do not overlap when that is forbidden', () => {
    const fixture = begin({ concurrencyPolicy: 'Forbid' });
    fixture.advance(50 * MINUTES);
    expect(fixture.list(JOBS)).toHaveLength(1);
    expect(fixture.get(CRON_JOBS, 'c')!.status!.active).toHaveLength(1);
  });

  it('replace the running job when told to', () => {
    const fixture = begin({ concurrencyPolicy: 'Replace' });
    fixture.advance(31 * MINUTES);
    expect(fixture.list(JOBS).map((job) => job.metadata.annotations!['batch.kubernetes.io/cronjob-scheduled-timestamp'])).toEqual([
      '2026-01-01T00:30:00Z',
    ]);
  });

  it('rest while they are suspended', () => {
    const fixture = begin({ suspend: true });
    fixture.advance(60 * MINUTES);
    expect(fixture.list(JOBS)).toEqual([]);
  });
});

describe('finished jobs', () => {
  it('go when their time to live is over', () => {
    const fixture = begin({ suspend: true });
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
    fixture.create(JOBS, {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'j', namespace: 'default' },
      spec: { ttlSecondsAfterFinished: 60, template },
    });
    complete(fixture, 'j');
    fixture.advance(50_000);
    expect(fixture.get(JOBS, 'j')!.metadata.deletionTimestamp).toBeUndefined();
    fixture.advance(20_000);
    expect(fixture.get(JOBS, 'j')?.metadata.deletionTimestamp ?? 'gone').toBeDefined();
    expect(fixture.list(JOBS).filter((job) => job.metadata.deletionTimestamp === undefined)).toEqual([]);
  });
});
