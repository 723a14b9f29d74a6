import { CRON_JOBS, JOBS, type CronJob, type Job } from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { controllerOf, objectKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { rfc3339 } from '../../base/time.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { controlledBy, ignoring, indexByOwner, nameOf } from '../shared/ownership.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { dueTime, endOf, jobOf, surplusJobs, zoneOffsetMs } from './decide.ts';
import { nextTime, parseSchedule, type Schedule } from './schedule.ts';
import type { CronJobStatus } from 'kubernetes-types/batch/v1';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

/** A little later than the scheduled instant, so that it has certainly come. */
const AFTER_SCHEDULE_MS = 100;

/** Makes jobs by the calendar (pkg/controller/cronjob, controller v2). */
export const cronJobController: Controller = {
  name: 'cronjob-controller',
  component: 'cronjob-controller',
  start(context) {
    const crons = context.informers.informer(CRON_JOBS);
    const jobs = context.informers.informer(JOBS);
    indexByOwner(jobs);
    const queue = context.queue('cronjob');
    crons.onChange({
      added: (cron) => queue.add(objectKey(cron)),
      updated: (_before, cron) => queue.add(objectKey(cron)),
      deleted: (cron) => queue.add(objectKey(cron)),
    });
    const jobChanged = (job: Stored<Job>): void => {
      const controller = controllerOf(job);
      if (controller?.kind === 'CronJob') queue.add(`${job.metadata.namespace}/${controller.name}`);
    };
    jobs.onChange({ added: jobChanged, updated: (_before, job) => jobChanged(job), deleted: jobChanged });
    const runner = new CronRunner(context, crons, jobs, queue);
    startWorkers(context, 'cronjob', queue, numberFlag(context, 'concurrent-cron-job-syncs', 5), (key) => runner.reconcile(key));
  },
};

type Reference = NonNullable<CronJobStatus['active']>[number];

class CronRunner {
  private readonly context: ControllerContext;
  private readonly crons: Informer<CronJob>;
  private readonly jobs: Informer<Job>;
  private readonly queue: WorkQueue;

  constructor(context: ControllerContext, crons: Informer<CronJob>, jobs: Informer<Job>, queue: WorkQueue) {
    this.context = context;
    this.crons = crons;
    this.jobs = jobs;
    this.queue = queue;
  }

  *reconcile(key: string): Task<void> {
    const cron = this.crons.get(key);
    if (!cron) return;
    const jobs = controlledBy(this.jobs, cron.metadata.uid);
    const status = yield* this.trackJobs(cron, jobs);
    yield* this.removeOld(cron, jobs);
    const present = yield* this.write(cron, status);
    if (cron.metadata.deletionTimestamp !== undefined || cron.spec?.suspend) return;
    const schedule = this.scheduleOf(cron);
    if (schedule) yield* this.runIfDue(key, present, schedule.schedule, schedule.offsetMs);
  }

  private scheduleOf(cron: Stored<CronJob>): { schedule: Schedule; offsetMs: number } | undefined {
    const { recorder } = this.context;
    const offsetMs = zoneOffsetMs(cron.spec?.timeZone);
    if (offsetMs === undefined) {
      recorder.event(
        cron,
        'Warning',
        'UnknownTimeZone',
        `invalid timeZone: ${JSON.stringify(cron.spec?.timeZone)}: unknown time zone ${cron.spec?.timeZone}`,
      );
      return undefined;
    }
    try {
      return { schedule: parseSchedule(cron.spec?.schedule ?? ''), offsetMs };
    } catch (error) {
      recorder.event(
        cron,
        'Warning',
        'UnparseableSchedule',
        `unparseable schedule for cronjob: ${JSON.stringify(cron.spec?.schedule)} : ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  /** The status with active jobs that are still active, and the last success. */
  private *trackJobs(cron: Stored<CronJob>, jobs: readonly Stored<Job>[]): Task<CronJobStatus> {
    const { recorder, client } = this.context;
    let active: Reference[] = [...(cron.status?.active ?? [])];
    let lastSuccessfulTime = cron.status?.lastSuccessfulTime as string | undefined;
    for (const job of jobs) {
      const known = active.some((reference) => reference.uid === job.metadata.uid);
      const end = endOf(job);
      if (!known && !end) {
        const fresh = yield* client.get(CRON_JOBS, nameOf(cron));
        if (fresh.status?.active?.some((reference) => reference.uid === job.metadata.uid)) active.push(referenceTo(job));
        else
          recorder.event(cron, 'Warning', 'UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`);
      } else if (known && end) {
        active = active.filter((reference) => reference.uid !== job.metadata.uid);
        recorder.event(cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`);
      }
      const completed = job.status?.completionTime as string | undefined;
      if (end === 'Complete' && completed && (lastSuccessfulTime === undefined || completed > lastSuccessfulTime))
        lastSuccessfulTime = completed;
    }
    const there = new Set(jobs.map((job) => job.metadata.uid));
    for (const reference of active.filter((each) => !there.has(each.uid!))) {
      const found = yield* ignoring(['NotFound'], client.get(JOBS, { namespace: cron.metadata.namespace, name: reference.name! }));
      if (found?.metadata.uid === reference.uid) continue;
      active = active.filter((each) => each !== reference);
      recorder.event(cron, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
    }
    return statusOf(active, cron.status?.lastScheduleTime as string | undefined, lastSuccessfulTime);
  }

  private *removeOld(cron: Stored<CronJob>, jobs: readonly Stored<Job>[]): Task<void> {
    for (const job of surplusJobs(cron, jobs)) yield* this.deleteJob(cron, job);
  }

  private *deleteJob(cron: Stored<CronJob>, job: Stored<Job>): Task<void> {
    const { client, recorder } = this.context;
    try {
      yield* client.delete(JOBS, nameOf(job), { propagationPolicy: 'Background' });
      recorder.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`);
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      recorder.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${messageOf(error)}`);
      throw error;
    }
  }

  private *runIfDue(key: string, cron: Stored<CronJob>, schedule: Schedule, offsetMs: number): Task<void> {
    const { kernel, recorder } = this.context;
    const nowMs = kernel.epochMs();
    const next = nextTime(schedule, nowMs, offsetMs);
    if (next !== undefined) this.queue.addAfter(key, next - nowMs + AFTER_SCHEDULE_MS);
    const { atMs, missedTooMany } = dueTime(cron, schedule, offsetMs, nowMs);
    if (missedTooMany) {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      recorder.event(cron, 'Warning', 'TooManyMissedTimes', message);
    }
    if (atMs === undefined) return;
    const deadline = cron.spec?.startingDeadlineSeconds;
    if (deadline !== undefined && deadline !== null && atMs + deadline * 1000 < nowMs) {
      recorder.event(cron, 'Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc3339(atMs)}`);
      return;
    }
    const active = cron.status?.active ?? [];
    const draft = jobOf(cron, atMs);
    if (active.some((reference) => reference.name === draft.metadata!.name) || cron.status?.lastScheduleTime === (rfc3339(atMs) as never))
      return;
    if (cron.spec?.concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      recorder.event(cron, 'Normal', 'JobAlreadyActive', message);
      return;
    }
    let kept = active;
    if (cron.spec?.concurrencyPolicy === 'Replace') {
      for (const reference of active) {
        const job = this.jobs.get(`${cron.metadata.namespace}/${reference.name}`);
        if (job) yield* this.deleteJob(cron, job);
      }
      kept = [];
    }
    yield* this.startJob(cron, draft, kept, atMs);
  }

  private *startJob(cron: Stored<CronJob>, draft: Job, active: readonly Reference[], atMs: number): Task<void> {
    const { client, recorder } = this.context;
    let job: Stored<Job>;
    try {
      job = yield* client.create(JOBS, draft);
      recorder.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (!isApiError(error, 'AlreadyExists')) {
        recorder.event(cron, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
        throw error;
      }
      job = yield* client.get(JOBS, { namespace: cron.metadata.namespace, name: draft.metadata!.name! });
      if (controllerOf(job)?.uid !== cron.metadata.uid || endOf(job)) return;
    }
    const last = cron.status?.lastSuccessfulTime as string | undefined;
    yield* this.write(cron, statusOf([...active, referenceTo(job)], rfc3339(atMs), last));
  }

  private *write(cron: Stored<CronJob>, status: CronJobStatus): Task<Stored<CronJob>> {
    if (equalValues(cron.status, status)) return cron;
    return yield* this.context.client.updateStatus(CRON_JOBS, { ...cron, status });
  }
}

function referenceTo(job: Stored<Job>): Reference {
  const { name, namespace, uid, resourceVersion } = job.metadata;
  return { kind: 'Job', namespace, name, uid, apiVersion: 'batch/v1', resourceVersion };
}

function statusOf(
  active: readonly Reference[],
  lastScheduleTime: string | undefined,
  lastSuccessfulTime: string | undefined,
): CronJobStatus {
  return {
    ...(active.length > 0 && { active: [...active] }),
    ...(lastScheduleTime && { lastScheduleTime: lastScheduleTime as never }),
    ...(lastSuccessfulTime && { lastSuccessfulTime: lastSuccessfulTime as never }),
  };
}
