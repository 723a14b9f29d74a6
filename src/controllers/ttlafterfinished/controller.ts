import { JOBS, type Job } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { numberFlag, startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

/** Deletes jobs some time after they have ended, if they say so (pkg/controller/ttlafterfinished). */
export const ttlAfterFinishedController: Controller = {
  name: 'ttl-after-finished-controller',
  component: 'ttl-after-finished-controller',
  start(context) {
    const { client, kernel } = context;
    const jobs = context.informers.informer(JOBS);
    const queue = context.queue('ttl_jobs_to_delete');
    const consider = (job: Stored<Job>): void => {
      if (expiresAtMs(job) !== undefined) queue.add(objectKey(job));
    };
    jobs.onChange({ added: consider, updated: (_before, job) => consider(job) });
    const reconcile = function* (key: string): Task<void> {
      const cached = jobs.get(key);
      if (!cached || waitMs(cached) === undefined) return;
      const fresh = waitMs(cached)! > 0 ? cached : yield* ignoring(['NotFound'], client.get(JOBS, nameOf(cached)));
      const remaining = fresh && waitMs(fresh);
      if (remaining === undefined) return;
      if (remaining > 0) queue.addAfter(key, remaining);
      else
        yield* ignoring(
          ['NotFound'],
          client.delete(JOBS, nameOf(fresh!), { propagationPolicy: 'Foreground', preconditions: { uid: fresh!.metadata.uid } }),
        );
    };
    const waitMs = (job: Stored<Job>): number | undefined => {
      const at = expiresAtMs(job);
      return at === undefined ? undefined : Math.max(0, at - kernel.epochMs());
    };
    startWorkers(context, 'ttl-after-finished', queue, numberFlag(context, 'concurrent-ttl-after-finished-syncs', 5), reconcile);
  },
};

/** When a job is to be deleted, in epoch milliseconds, if it has ended and says so. */
function expiresAtMs(job: Stored<Job>): number | undefined {
  const ttl = job.spec?.ttlSecondsAfterFinished;
  if (ttl === undefined || ttl === null || job.metadata.deletionTimestamp !== undefined) return undefined;
  const ended = job.status?.conditions?.find((each) => (each.type === 'Complete' || each.type === 'Failed') && each.status === 'True');
  return ended?.lastTransitionTime ? parseRfc3339(String(ended.lastTransitionTime)) + ttl * 1000 : undefined;
}
