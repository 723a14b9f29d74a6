import { JOBS, PODS, type Job, type Pod } from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { controllerOf, objectKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { allAtOnce, slowStart } from '../shared/batches.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { Expectations } from '../shared/expectations.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { claim, controlledBy, ignoring, nameOf, orphansIn } from '../shared/ownership.ts';
import { isPodReady } from '../shared/pods.ts';
import { labelPredicate } from '../shared/selector.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { deadlineInMs, examine, hasFinalizer, isFinished, isIndexed, planPods, TRACKING_FINALIZER, type JobFindings } from './decide.ts';
import { jobPod } from './pod.ts';
import { countsOf, jobCondition, jobStatus, suspension, withAnnouncement, type JobCounts } from './status.ts';
import type { JobCondition } from 'kubernetes-types/batch/v1';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const MOST_AT_ONCE = 500;
/** Changes of pods are gathered for a second (job_controller.go syncJobBatchPeriod). */
const GATHER_MS = 1_000;

/** Runs pods until enough of them have ended well (pkg/controller/job). */
export const jobController: Controller = {
  name: 'job-controller',
  component: 'job-controller',
  start(context) {
    new JobManager(context).start();
  },
};

class JobManager {
  private readonly context: ControllerContext;
  private readonly jobs: Informer<Job>;
  private readonly pods: Informer<Pod>;
  private readonly queue: WorkQueue;
  private readonly orphanQueue: WorkQueue;
  private readonly expectations: Expectations;
  /** Pods whose tracking finalizer was removed, until the cache shows it. */
  private readonly untracked = new Set<string>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.jobs = context.informers.informer(JOBS);
    this.pods = context.informers.informer(PODS);
    this.queue = context.queue('job');
    this.orphanQueue = context.queue('job_orphan_pod');
    this.expectations = new Expectations(context.kernel);
  }

  start(): void {
    const { context, jobs, pods, queue } = this;
    const enqueue = (job: Stored<Job>): void => queue.add(objectKey(job));
    jobs.onChange({
      added: enqueue,
      updated: (before, job) => {
        if (before.metadata.generation !== job.metadata.generation || before.metadata.deletionTimestamp !== job.metadata.deletionTimestamp)
          enqueue(job);
        else queue.addAfter(objectKey(job), GATHER_MS);
      },
      deleted: (job) => {
        this.expectations.forget(objectKey(job));
        for (const pod of controlledBy(pods, job.metadata.uid)) this.noteOrphan(pod);
      },
    });
    watchOwnedPods({
      pods,
      owners: jobs,
      kindName: 'Job',
      expectations: this.expectations,
      predicate: (job) => labelPredicate(job.spec?.selector),
      changed: (key) => queue.addAfter(key, GATHER_MS),
      matters: (before, pod) =>
        before.status?.phase !== pod.status?.phase ||
        isPodReady(before) !== isPodReady(pod) ||
        before.metadata.finalizers !== pod.metadata.finalizers ||
        before.status?.containerStatuses !== pod.status?.containerStatuses,
    });
    const tracked = (pod: Stored<Pod>): void => {
      if (!hasFinalizer(pod)) this.untracked.delete(pod.metadata.uid);
      else this.noteOrphan(pod);
    };
    pods.onChange({ added: tracked, updated: (_before, pod) => tracked(pod), deleted: (pod) => this.untracked.delete(pod.metadata.uid) });
    startWorkers(context, 'job', queue, numberFlag(context, 'concurrent-job-syncs', 5), (key) => this.reconcile(key));
    startWorkers(context, 'job orphans', this.orphanQueue, 1, (key) => this.releaseOrphan(key));
  }

  /** A pod of a job that is gone or over must not be held by its finalizer. */
  private noteOrphan(pod: Stored<Pod>): void {
    if (!hasFinalizer(pod)) return;
    const controller = controllerOf(pod);
    if (controller && controller.kind !== 'Job') return;
    const job = controller && this.jobs.get(`${pod.metadata.namespace}/${controller.name}`);
    if (!job || job.metadata.uid !== controller.uid || isFinished(job)) this.orphanQueue.add(objectKey(pod));
  }

  private *releaseOrphan(key: string): Task<void> {
    const pod = this.pods.get(key);
    if (!pod || !hasFinalizer(pod)) return;
    const controller = controllerOf(pod);
    if (controller) {
      if (controller.kind !== 'Job') return;
      const at = { namespace: pod.metadata.namespace, name: controller.name };
      const job = yield* ignoring(['NotFound'], this.context.client.get(JOBS, at));
      if (job && job.metadata.uid === controller.uid && !isFinished(job)) return;
    }
    yield* this.removeFinalizer(pod);
  }

  private *removeFinalizer(pod: Stored<Pod>): Task<void> {
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } };
    yield* ignoring(['NotFound'], this.context.client.patch(PODS, nameOf(pod), 'strategic', patch));
  }

  private *reconcile(key: string): Task<void> {
    const { kernel, client, recorder } = this.context;
    const job = this.jobs.get(key);
    if (!job) {
      this.expectations.forget(key);
      return;
    }
    if (isFinished(job) || (job.spec as { managedBy?: string }).managedBy) return;
    const mayAct = this.expectations.satisfied(key);
    const candidates = [...controlledBy(this.pods, job.metadata.uid), ...orphansIn(this.pods, job.metadata.namespace ?? '')];
    const selector = job.spec!.selector!;
    const finalizers = [TRACKING_FINALIZER];
    const pods = yield* claim({ client, ownerKind: JOBS, owner: job, selector, kind: PODS, finalizers }, candidates);
    const nowMs = kernel.epochMs();
    const said = suspension(job, kernel.timestamp());
    const resumed = said?.event[0] === 'Resumed';
    const startTime = job.spec?.suspend ? undefined : resumed ? kernel.timestamp() : (job.status?.startTime ?? kernel.timestamp());
    const started = { ...job, status: { ...job.status, ...(said && { conditions: said.conditions }), startTime: startTime as never } };
    const findings = examine(started, pods, this.untracked, nowMs);
    const deadline = deadlineInMs(started, nowMs);
    if (deadline) this.queue.addAfter(key, deadline);
    const counts = countsOf(started, findings);
    let failed: unknown;
    if (mayAct && job.metadata.deletionTimestamp === undefined) {
      try {
        yield* this.fit(key, started, findings, counts);
      } catch (error) {
        failed = error;
      }
    }
    if (said) recorder.event(job, 'Normal', said.event[0], said.event[1]);
    yield* this.track(job, started, pods, findings, counts);
    if (failed !== undefined) throw failed;
  }

  private *fit(key: string, job: Stored<Job>, findings: JobFindings, counts: JobCounts): Task<void> {
    const plan = planPods(job, findings);
    if (plan.remove.length > 0) {
      const doomed = plan.remove.slice(0, MOST_AT_ONCE);
      this.expectations.expectDeletions(
        key,
        doomed.map((pod) => pod.metadata.uid),
      );
      const errors = yield* allAtOnce(this.context.group, doomed.length, (index) => this.deletePod(key, job, doomed[index]!));
      counts.active -= doomed.length - errors.length;
      counts.ready -= doomed.filter(isPodReady).length;
      counts.terminating += doomed.length - errors.length;
      if (errors.length > 0) throw errors[0];
    }
    if (plan.create === 0) return;
    if (findings.backoffMs > 0) {
      this.queue.addAfter(key, findings.backoffMs);
      return;
    }
    const count = Math.min(plan.create, MOST_AT_ONCE);
    this.expectations.expectCreations(key, count);
    const result = yield* slowStart(this.context.group, count, (index) => this.createPod(key, job, plan.indexes[index]));
    if (result.skipped > 0) this.expectations.creationObserved(key, result.skipped);
    counts.active += result.successes;
    if (result.errors.length > 0) throw result.errors[0];
  }

  private *createPod(key: string, job: Stored<Job>, index: number | undefined): Task<void> {
    const { client, recorder } = this.context;
    try {
      const pod = yield* client.create(PODS, jobPod(job, index));
      recorder.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      this.expectations.creationObserved(key);
      if (isNamespaceTerminating(error)) return;
      recorder.event(job, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      throw error;
    }
  }

  private *deletePod(key: string, job: Stored<Job>, pod: Stored<Pod>): Task<void> {
    const { client, recorder } = this.context;
    try {
      yield* client.delete(PODS, nameOf(pod));
      recorder.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    } catch (error) {
      this.expectations.deletionObserved(key, pod.metadata.uid);
      if (isApiError(error, 'NotFound')) return;
      recorder.event(job, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
      throw error;
    }
  }

  /**
   * Counts ended pods exactly once (trackJobStatusAndRemoveFinalizers): first their uids go into the
   * status, then their finalizers go, then the counts take the uids' place.
   */
  private *track(
    job: Stored<Job>,
    started: Stored<Job>,
    pods: readonly Stored<Pod>[],
    findings: JobFindings,
    counts: JobCounts,
  ): Task<void> {
    const { kernel } = this.context;
    const held = new Map(
      pods.filter((pod) => hasFinalizer(pod) && !this.untracked.has(pod.metadata.uid)).map((pod) => [pod.metadata.uid, pod]),
    );
    settle(counts, (uid) => !held.has(uid));
    const indexed = isIndexed(job);
    if (!indexed) counts.uncountedSucceeded.push(...findings.newlySucceeded.map((pod) => pod.metadata.uid));
    counts.uncountedFailed.push(...findings.newlyFailed.map((pod) => pod.metadata.uid));
    const conditions = withAnnouncement(started.status?.conditions ?? [], findings.ending, kernel.timestamp());
    const write = (present: Stored<Job>, all: readonly JobCondition[], completionTime?: string): Task<Stored<Job>> =>
      this.write(present, jobStatus(job, counts, findings, all, started.status?.startTime, completionTime));
    const waiting = [...counts.uncountedSucceeded, ...counts.uncountedFailed].map((uid) => held.get(uid));
    const ended = new Set([...findings.newlySucceeded, ...findings.newlyFailed, ...findings.ignored, ...waiting]);
    const release = [...ended].filter((pod) => pod !== undefined);
    let present = job;
    if (release.length > 0) {
      present = yield* write(present, conditions);
      const errors = yield* allAtOnce(this.context.group, release.length, (index) => this.release(release[index]!));
      settle(counts, (uid) => this.untracked.has(uid) || !held.has(uid));
      if (errors.length > 0) {
        yield* write(present, conditions);
        throw errors[0];
      }
    }
    const { ending } = findings;
    const over =
      ending && counts.active === 0 && counts.terminating === 0 && counts.uncountedSucceeded.length + counts.uncountedFailed.length === 0;
    if (!over) {
      yield* write(present, conditions);
      return;
    }
    const now = kernel.timestamp();
    yield* write(
      present,
      [...conditions, jobCondition(ending.type, 'True', ending.reason, ending.message, now)],
      ending.type === 'Complete' ? now : undefined,
    );
    if (ending.type === 'Complete') this.context.recorder.event(job, 'Normal', 'Completed', 'Job completed');
    else this.context.recorder.event(job, 'Warning', ending.reason, ending.message);
  }

  private *release(pod: Stored<Pod>): Task<void> {
    yield* this.removeFinalizer(pod);
    this.untracked.add(pod.metadata.uid);
  }

  private *write(present: Stored<Job>, status: ReturnType<typeof jobStatus>): Task<Stored<Job>> {
    if (equalValues(present.status, status)) return present;
    return yield* this.context.client.updateStatus(JOBS, { ...present, status });
  }
}

/** Uids of pods that cannot be counted twice any more become numbers. */
function settle(counts: JobCounts, isSafe: (uid: string) => boolean): void {
  const [succeeded, failed] = [counts.uncountedSucceeded, counts.uncountedFailed];
  counts.uncountedSucceeded = succeeded.filter((uid) => !isSafe(uid));
  counts.uncountedFailed = failed.filter((uid) => !isSafe(uid));
  counts.succeeded += succeeded.length - counts.uncountedSucceeded.length;
  counts.failed += failed.length - counts.uncountedFailed.length;
}
