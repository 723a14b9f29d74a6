import { findCondition } from '../shared/conditions.ts';
import { formatIndexes } from './indexes.ts';
import { isIndexed, type Ending, type JobFindings } from './decide.ts';
import type { Job } from '../../api/kinds.ts';
import type { JobCondition, JobStatus } from 'kubernetes-types/batch/v1';

type Status = JobStatus & { terminating?: number };

/** The numbers and conditions of a job's status, as they are written; zeros of plain counts are left out. */
export interface JobCounts {
  active: number;
  ready: number;
  terminating: number;
  succeeded: number;
  failed: number;
  uncountedSucceeded: string[];
  uncountedFailed: string[];
}

/** The counts as the status has them, before anything new is added. */
export function countsOf(job: Job, findings: JobFindings): JobCounts {
  const uncounted = job.status?.uncountedTerminatedPods ?? {};
  return {
    active: findings.active.length,
    ready: findings.ready,
    terminating: findings.terminating,
    succeeded: job.status?.succeeded ?? 0,
    failed: job.status?.failed ?? 0,
    uncountedSucceeded: [...(uncounted.succeeded ?? [])],
    uncountedFailed: [...(uncounted.failed ?? [])],
  };
}

export function jobStatus(
  job: Job,
  counts: JobCounts,
  findings: JobFindings,
  conditions: readonly JobCondition[],
  startTime: unknown,
  completionTime: unknown,
): Status {
  const { active, ready, terminating, failed, uncountedSucceeded, uncountedFailed } = counts;
  const succeeded = isIndexed(job) ? findings.doneIndexes.size : counts.succeeded;
  const completedIndexes = isIndexed(job) ? formatIndexes(findings.doneIndexes) : '';
  return {
    ...(conditions.length > 0 && { conditions: [...conditions] }),
    ...((startTime as string | undefined) && { startTime: startTime as never }),
    ...((completionTime as string | undefined) && { completionTime: completionTime as never }),
    ...(active > 0 && { active }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    terminating,
    ...(completedIndexes && { completedIndexes }),
    uncountedTerminatedPods: {
      ...(uncountedSucceeded.length > 0 && { succeeded: uncountedSucceeded }),
      ...(uncountedFailed.length > 0 && { failed: uncountedFailed }),
    },
    ready,
  };
}

export function jobCondition(type: string, status: 'True' | 'False', reason: string, message: string, now: string): JobCondition {
  return { type, status, lastProbeTime: now, lastTransitionTime: now, reason, message } as unknown as JobCondition;
}

/** With the condition that announces an ending; the ending itself comes when all pods have ended. */
export function withAnnouncement(conditions: readonly JobCondition[], ending: Ending | undefined, now: string): JobCondition[] {
  if (!ending) return [...conditions];
  const type = ending.type === 'Failed' ? 'FailureTarget' : 'SuccessCriteriaMet';
  if (findCondition(conditions, type)) return [...conditions];
  return [...conditions, jobCondition(type, 'True', ending.reason, ending.message, now)];
}

/** Says whether the job is suspended; undefined when there is nothing new to say. */
export function suspension(
  job: Job,
  now: string,
): { conditions: JobCondition[]; event: readonly [reason: string, message: string] } | undefined {
  const conditions = job.status?.conditions ?? [];
  const known = findCondition(conditions, 'Suspended');
  if (job.spec?.suspend && known?.status !== 'True') {
    const suspended = jobCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now);
    return { conditions: replaced(conditions, suspended), event: ['Suspended', 'Job suspended'] };
  }
  if (!job.spec?.suspend && known?.status === 'True') {
    const resumed = jobCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now);
    return { conditions: replaced(conditions, resumed), event: ['Resumed', 'Job resumed'] };
  }
  return undefined;
}

function replaced(conditions: readonly JobCondition[], next: JobCondition): JobCondition[] {
  return findCondition(conditions, next.type) ? conditions.map((each) => (each.type === next.type ? next : each)) : [...conditions, next];
}
