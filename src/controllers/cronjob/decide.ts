import { parseRfc3339, rfc3339 } from '../../base/time.ts';
import { controllerReference } from '../shared/ownership.ts';
import { createdAtMs } from '../shared/pods.ts';
import { CRON_JOBS, type CronJob, type Job } from '../../api/kinds.ts';
import { nextTime, type Schedule } from './schedule.ts';
import type { Stored } from '../../api/object.ts';

const TOO_MANY_MISSED = 100;

export interface Due {
  /** The latest instant at which a job should have begun and did not. */
  readonly atMs: number | undefined;
  readonly missedTooMany: boolean;
}

/** Whether a job is due now (cronjob utils.go mostRecentScheduleTime). */
export function dueTime(cron: Stored<CronJob>, schedule: Schedule, offsetMs: number, nowMs: number): Due {
  const last = cron.status?.lastScheduleTime as string | undefined;
  let earliest = last ? parseRfc3339(last) : createdAtMs(cron);
  const deadline = cron.spec?.startingDeadlineSeconds;
  if (deadline !== undefined && deadline !== null) earliest = Math.max(earliest, nowMs - deadline * 1000);
  let atMs: number | undefined;
  let missed = 0;
  for (let time = nextTime(schedule, earliest, offsetMs); time !== undefined && time <= nowMs; time = nextTime(schedule, time, offsetMs)) {
    atMs = time;
    missed++;
    if (missed === TOO_MANY_MISSED + 1) {
      const interval = (nextTime(schedule, time, offsetMs) ?? nowMs) - time;
      const skipped = Math.max(0, Math.floor((nowMs - time) / interval) - 1) * interval;
      if (skipped > 0) atMs = lastBefore(schedule, time + skipped, offsetMs, nowMs) ?? atMs;
      break;
    }
  }
  return { atMs, missedTooMany: missed > TOO_MANY_MISSED };
}

function lastBefore(schedule: Schedule, fromMs: number, offsetMs: number, nowMs: number): number | undefined {
  let last: number | undefined;
  for (let time = nextTime(schedule, fromMs - 1, offsetMs); time !== undefined && time <= nowMs; time = nextTime(schedule, time, offsetMs))
    last = time;
  return last;
}

/** The job of a scheduled instant; its name follows from the instant, so it is made once at most. */
export function jobOf(cron: Stored<CronJob>, atMs: number): Job {
  const { metadata, spec } = cron.spec!.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${cron.metadata.name}-${Math.floor(atMs / 60_000)}`,
      namespace: cron.metadata.namespace,
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': rfc3339(atMs) },
      ownerReferences: [controllerReference(cron, CRON_JOBS)],
    },
    spec,
  };
}

export function endOf(job: Job): 'Complete' | 'Failed' | undefined {
  const ended = job.status?.conditions?.find((each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True');
  return ended?.type as 'Complete' | 'Failed' | undefined;
}

/** Ended jobs beyond the history limits, the oldest of each sort. */
export function surplusJobs(cron: CronJob, jobs: readonly Stored<Job>[]): Stored<Job>[] {
  const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cron.spec ?? {};
  const surplus = (end: 'Complete' | 'Failed', limit: number): Stored<Job>[] => {
    const ended = jobs.filter((job) => endOf(job) === end);
    ended.sort((a, b) => startMs(a) - startMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
    return ended.slice(0, Math.max(0, ended.length - limit));
  };
  return [...surplus('Complete', successfulJobsHistoryLimit), ...surplus('Failed', failedJobsHistoryLimit)];
}

function startMs(job: Stored<Job>): number {
  const start = job.status?.startTime as string | undefined;
  return start ? parseRfc3339(start) : createdAtMs(job);
}

/** How far a time zone is ahead of UTC, for the zones without daylight saving that need no database; undefined for others. */
export function zoneOffsetMs(zone: string | undefined | null): number | undefined {
  if (!zone || ['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', 'Zulu', 'Etc/Zulu', 'UCT', 'Etc/UCT'].includes(zone)) return 0;
  const match = /^Etc\/GMT([+-])(\d{1,2})$/.exec(zone);
  return match && Number(match[2]) <= 14 ? (match[1] === '+' ? -1 : 1) * Number(match[2]) * 3_600_000 : undefined;
}
