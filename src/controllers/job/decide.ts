import { parseRfc3339 } from '../../base/time.ts';
import { findCondition } from '../shared/conditions.ts';
import { createdAtMs, isPodActive, isPodReady, podReadySinceMs } from '../shared/pods.ts';
import { parseIndexes, pendingIndexes } from './indexes.ts';
import { failurePolicyVerdict } from './failure-policy.ts';
import type { Job, Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';
export const INDEX_ANNOTATION = 'batch.kubernetes.io/job-completion-index';

const FIRST_BACKOFF_MS = 10_000;
const LONGEST_BACKOFF_MS = 10 * 60_000;

/** Why a job ends. */
export interface Ending {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** What a look at a job and its pods finds. */
export interface JobFindings {
  readonly active: readonly Stored<Pod>[];
  /** Pods that ended well or badly and still carry the tracking finalizer, so have yet to be counted for good. */
  readonly newlySucceeded: readonly Stored<Pod>[];
  readonly newlyFailed: readonly Stored<Pod>[];
  /** Failed pods that the failure policy says not to count. */
  readonly ignored: readonly Stored<Pod>[];
  /** All in all, counted and uncounted. */
  readonly succeeded: number;
  readonly failed: number;
  readonly ready: number;
  readonly terminating: number;
  /** Of an Indexed job: the indexes that are done. */
  readonly doneIndexes: ReadonlySet<number>;
  readonly ending: Ending | undefined;
  /** How long to wait before failed pods are replaced. */
  readonly backoffMs: number;
}

export function isIndexed(job: Job): boolean {
  return job.spec?.completionMode === 'Indexed';
}

export function isFinished(job: Job): boolean {
  return ['Complete', 'Failed'].some((type) => findCondition(job.status?.conditions, type)?.status === 'True');
}

export function hasFinalizer(pod: Pod): boolean {
  return (pod.metadata?.finalizers ?? []).includes(TRACKING_FINALIZER);
}

export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata?.annotations?.[INDEX_ANNOTATION];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A pod that is being deleted has failed, unless only pods that have really ended are replaced. */
function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  if (replacesOnlyEnded(job)) return false;
  return pod.metadata?.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

function replacesOnlyEnded(job: Job): boolean {
  return (job.spec as { podReplacementPolicy?: string } | undefined)?.podReplacementPolicy === 'Failed';
}

/** Looks at a job that has not finished (job_controller.go syncJob). `untracked`: pods whose finalizer is known to be gone. */
export function examine(job: Stored<Job>, pods: readonly Stored<Pod>[], untracked: ReadonlySet<string>, nowMs: number): JobFindings {
  const uncounted = job.status?.uncountedTerminatedPods ?? {};
  const waiting = new Set([...(uncounted.succeeded ?? []), ...(uncounted.failed ?? [])]);
  const isNew = (pod: Stored<Pod>): boolean => hasFinalizer(pod) && !untracked.has(pod.metadata.uid) && !waiting.has(pod.metadata.uid);
  const active = pods.filter(isPodActive);
  const newlySucceeded = pods.filter((pod) => isNew(pod) && pod.status?.phase === 'Succeeded');
  const ended = pods.filter((pod) => isNew(pod) && hasFailed(job, pod));
  const ignored = ended.filter((pod) => failurePolicyVerdict(job, pod)?.action === 'Ignore');
  const newlyFailed = ended.filter((pod) => !ignored.includes(pod));
  const failed = (job.status?.failed ?? 0) + (uncounted.failed ?? []).length + newlyFailed.length;
  const completions = job.spec?.completions ?? 0;
  const doneIndexes = parseIndexes(job.status?.completedIndexes, completions);
  if (isIndexed(job)) for (const pod of newlySucceeded) if ((indexOf(pod) ?? completions) < completions) doneIndexes.add(indexOf(pod)!);
  const succeeded = isIndexed(job)
    ? doneIndexes.size
    : (job.status?.succeeded ?? 0) + (uncounted.succeeded ?? []).length + newlySucceeded.length;
  const terminating = pods.filter(
    (pod) => pod.metadata.deletionTimestamp !== undefined && !['Failed', 'Succeeded'].includes(pod.status?.phase ?? ''),
  ).length;
  return {
    active,
    newlySucceeded,
    newlyFailed,
    ignored,
    succeeded,
    failed,
    ready: active.filter(isPodReady).length,
    terminating,
    doneIndexes,
    ending: endingOf(job, pods, newlyFailed, active.length, succeeded, failed, nowMs),
    backoffMs: backoff(pods, newlyFailed, nowMs),
  };
}

function endingOf(
  job: Stored<Job>,
  pods: readonly Stored<Pod>[],
  newlyFailed: readonly Stored<Pod>[],
  active: number,
  succeeded: number,
  failed: number,
  nowMs: number,
): Ending | undefined {
  const target = findCondition(job.status?.conditions, 'FailureTarget');
  if (target?.status === 'True') return { type: 'Failed', reason: target.reason ?? '', message: target.message ?? '' };
  const met = findCondition(job.status?.conditions, 'SuccessCriteriaMet');
  if (met?.status === 'True') return { type: 'Complete', reason: met.reason ?? '', message: met.message ?? '' };
  for (const pod of newlyFailed) {
    const verdict = failurePolicyVerdict(job, pod);
    if (verdict?.action === 'FailJob') return { type: 'Failed', reason: 'PodFailurePolicy', message: verdict.message };
  }
  const limit = job.spec?.backoffLimit ?? 6;
  if (failed > limit || restartedTooOften(job, pods, limit)) {
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  if (deadlineInMs(job, nowMs) === 0) {
    return { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  const completions = job.spec?.completions;
  const complete = completions === undefined || completions === null ? succeeded > 0 && active === 0 : succeeded >= completions;
  return complete ? { type: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

/** Containers that restart in place count too. */
function restartedTooOften(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec?.template?.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const pod of pods) {
    if (pod.status?.phase !== 'Running' && pod.status?.phase !== 'Pending') continue;
    for (const status of [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])])
      restarts += status.restartCount;
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** When the job will have been active for too long; 0: it has been; undefined: it may go on for ever. */
export function deadlineInMs(job: Job, nowMs: number): number | undefined {
  const seconds = job.spec?.activeDeadlineSeconds;
  const start = job.status?.startTime as string | undefined;
  if (seconds === undefined || seconds === null || !start || job.spec?.suspend) return undefined;
  return Math.max(0, parseRfc3339(start) + seconds * 1000 - nowMs);
}

/** Doubles with each failure since the last success (backoff_utils.go). */
function backoff(pods: readonly Stored<Pod>[], newlyFailed: readonly Stored<Pod>[], nowMs: number): number {
  const finishes = [...pods].filter((pod) => pod.status?.phase === 'Succeeded').map(finishedAtMs);
  const lastSuccess = finishes.length > 0 ? Math.max(...finishes) : 0;
  const failures = pods.filter((pod) => pod.status?.phase === 'Failed' || newlyFailed.includes(pod)).map(finishedAtMs);
  const since = failures.filter((at) => at >= lastSuccess);
  if (since.length === 0) return 0;
  const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** (since.length - 1), LONGEST_BACKOFF_MS);
  return Math.max(0, Math.max(...since) + delayMs - nowMs);
}

function finishedAtMs(pod: Stored<Pod>): number {
  let latest = 0;
  for (const status of pod.status?.containerStatuses ?? []) {
    const finished = status.state?.terminated?.finishedAt as string | undefined;
    if (finished) latest = Math.max(latest, parseRfc3339(finished));
  }
  if (latest > 0) return latest;
  const deleted = pod.metadata.deletionTimestamp as string | undefined;
  return deleted ? parseRfc3339(deleted) : (podReadySinceMs(pod) ?? createdAtMs(pod));
}

export interface JobPlan {
  /** How many pods to make; for an Indexed job, of which indexes. */
  readonly create: number;
  readonly indexes: readonly number[];
  readonly remove: readonly Stored<Pod>[];
}

/** Which pods to make or delete (manageJob): never both in one look. */
export function planPods(job: Stored<Job>, findings: JobFindings): JobPlan {
  const { active, succeeded, ending, doneIndexes } = findings;
  const none = { create: 0, indexes: [], remove: [] };
  if (ending || job.spec?.suspend) return { ...none, remove: active };
  const { completions } = job.spec ?? {};
  const parallelism = job.spec?.parallelism ?? 1;
  const open = completions === undefined || completions === null;
  const wanted = open ? (succeeded > 0 ? active.length : parallelism) : Math.max(0, Math.min(parallelism, completions - succeeded));
  const duplicates = isIndexed(job) ? duplicateIndexes(active, doneIndexes, completions ?? 0) : [];
  const surplus = Math.max(0, active.length - wanted);
  if (surplus > 0 || duplicates.length > 0) {
    const others = byUselessness(active.filter((pod) => !duplicates.includes(pod)));
    return { ...none, remove: [...duplicates, ...others].slice(0, Math.max(surplus, duplicates.length)) };
  }
  const occupied = active.length + (replacesOnlyEnded(job) ? findings.terminating : 0);
  const create = Math.max(0, wanted - occupied);
  if (!isIndexed(job)) return { ...none, create };
  const indexes = pendingIndexes(doneIndexes, new Set(active.map((pod) => indexOf(pod) ?? -1)), completions ?? 0, create);
  return { ...none, create: indexes.length, indexes };
}

function duplicateIndexes(active: readonly Stored<Pod>[], done: ReadonlySet<number>, completions: number): Stored<Pod>[] {
  const seen = new Set<number>();
  return active.filter((pod) => {
    const index = indexOf(pod);
    if (index === undefined || index >= completions || done.has(index) || seen.has(index)) return true;
    seen.add(index);
    return false;
  });
}

function byUselessness(pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  const rank = (pod: Stored<Pod>): number => (!pod.spec?.nodeName ? 0 : pod.status?.phase === 'Pending' ? 1 : isPodReady(pod) ? 3 : 2);
  return [...pods].sort((a, b) => rank(a) - rank(b) || createdAtMs(b) - createdAtMs(a) || (a.metadata.name < b.metadata.name ? -1 : 1));
}
