import { describe, expect, it } from 'vitest';
import { JOBS, PODS, type Job } from '../../api/kinds.ts';
import { garbageCollector } from '../garbagecollector/controller.ts';
import { controllerFixture, type ControllerFixture } from '../testing.ts';
import { jobController } from './controller.ts';
import { formatIndexes, parseIndexes, pendingIndexes } from './indexes.ts';
import { isApiError } from '../../api/status.ts';
import { sleep, type Task } from '../../sim/wait.ts';

/** Pods end by themselves after a second, as `outcome` says. */
function begin(spec: Partial<NonNullable<Job['spec']>>, outcome: (nth: number) => 'Succeeded' | 'Failed' | 'Running'): ControllerFixture {
  const fixture = controllerFixture({ controllers: [jobController, garbageCollector] });
  fixture.start();
  fixture.kernel.root.spawn('kubelet', endPods(fixture, outcome));
  fixture.advance(1000);
  const template = { metadata: { labels: { job: 'j' } }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } };
  const given = {
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    selector: { matchLabels: { job: 'j' } },
    manualSelector: true,
    template,
    ...spec,
  };
  fixture.create(JOBS, { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', namespace: 'default' }, spec: given });
  return fixture;
}

function* endPods({ client, kernel }: ControllerFixture, outcome: (nth: number) => string): Task<void> {
  const watch = yield* client.watch(PODS);
  for (let nth = 0; ;) {
    const event = yield* watch.next();
    if (typeof event === 'symbol') return;
    if (event.type === 'ADDED') kernel.root.spawn('pod', end(event.object.metadata.name, nth++));
  }
  function* end(name: string, nth: number): Task<void> {
    const at = { namespace: 'default', name };
    const patch = (status: object) => client.patch(PODS, at, 'merge', { status }, { subresource: 'status' });
    try {
      yield* client.createSub(PODS, at, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: at,
        target: { kind: 'Node', name: 'n' },
      });
      yield* patch({ phase: 'Running' });
      yield* sleep(1000);
      const phase = outcome(nth);
      if (phase === 'Running') return;
      const finishedAt = kernel.timestamp();
      yield* patch({
        phase,
        containerStatuses: [
          {
            name: 'c',
            restartCount: 0,
            image: '',
            imageID: '',
            ready: false,
            state: { terminated: { exitCode: phase === 'Failed' ? 1 : 0, finishedAt } },
          },
        ],
      });
    } catch (error) {
      if (!isApiError(error)) throw error;
    }
  }
}

const job = (fixture: ControllerFixture) => fixture.get(JOBS, 'j')!;
const conditions = (fixture: ControllerFixture): string[] =>
  (job(fixture).status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);

describe('jobs', () => {
  it('begin as the recordings show them', () => {
    const fixture = begin({}, () => 'Running');
    fixture.advance(5000);
    expect(job(fixture).status).toEqual({
      startTime: expect.any(String),
      active: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
      ready: 0,
    });
    expect(fixture.list(PODS)[0]!.metadata.finalizers).toEqual(['batch.kubernetes.io/job-tracking']);
  });

  it('run until enough pods have succeeded, and let them go', () => {
    const fixture = begin({ completions: 5, parallelism: 2 }, () => 'Succeeded');
    fixture.advance(30_000);
    expect(job(fixture).status).toMatchObject({ succeeded: 5, uncountedTerminatedPods: {}, completionTime: expect.any(String) });
    expect(conditions(fixture)).toEqual(['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached']);
    expect(fixture.list(PODS)).toHaveLength(5);
    expect(fixture.list(PODS).every((pod) => !pod.metadata.finalizers)).toBe(true);
    expect(fixture.events('Job').at(-1)).toBe('Completed Job completed');
  });

  it('give up after the backoff limit, waiting longer each time', () => {
    const fixture = begin({ backoffLimit: 2 }, () => 'Failed');
    fixture.advance(20_000);
    expect(fixture.list(PODS)).toHaveLength(2);
    fixture.advance(60_000);
    expect(fixture.list(PODS)).toHaveLength(3);
    expect(job(fixture).status).toMatchObject({ failed: 3 });
    expect(conditions(fixture)).toEqual(['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
  });

  it('end at their deadline and delete what still runs', () => {
    const fixture = begin({ activeDeadlineSeconds: 10 }, () => 'Running');
    fixture.advance(15_000);
    expect(conditions(fixture)[0]).toBe('FailureTarget=True DeadlineExceeded');
    expect(fixture.list(PODS).filter((pod) => pod.metadata.deletionTimestamp === undefined)).toEqual([]);
  });

  it('give each pod of an indexed job its index', () => {
    const fixture = begin({ completions: 3, parallelism: 3, completionMode: 'Indexed' }, (nth) => (nth === 1 ? 'Failed' : 'Succeeded'));
    fixture.advance(60_000);
    expect(job(fixture).status).toMatchObject({ succeeded: 3, failed: 1, completedIndexes: '0-2' });
    const indexes = fixture.list(PODS).map((pod) => pod.metadata.annotations!['batch.kubernetes.io/job-completion-index']);
    expect(indexes.sort()).toEqual(['0', '1', '1', '2']);
  });

  it('stop and go on', () => {
    const fixture = begin({ suspend: true }, () => 'Succeeded');
    fixture.advance(3000);
    expect(fixture.list(PODS)).toEqual([]);
    expect(conditions(fixture)).toEqual(['Suspended=True JobSuspended']);
    fixture.patch(JOBS, 'j', { spec: { suspend: false } });
    fixture.advance(10_000);
    expect(conditions(fixture)).toContain('Complete=True CompletionsReached');
  });

  it('take their pods along when they are deleted', () => {
    const fixture = begin({}, () => 'Succeeded');
    fixture.advance(500);
    fixture.run(fixture.client.delete(JOBS, { namespace: 'default', name: 'j' }, { propagationPolicy: 'Background' }));
    fixture.advance(60_000);
    expect(fixture.list(PODS).filter((pod) => pod.metadata.finalizers)).toEqual([]);
  });
});

describe('sets of indexes', () => {
  it('are written as ranges and read again', () => {
    expect(formatIndexes([5, 0, 1, 2, 7, 8])).toBe('0-2,5,7-8');
    expect(parseIndexes('0-2,5,7-8', 8)).toEqual(new Set([0, 1, 2, 5, 7]));
    expect(pendingIndexes(new Set([0, 2]), new Set([1]), 6, 2)).toEqual([3, 4]);
  });
});
