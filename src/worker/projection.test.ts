import { describe, expect, it } from 'vitest';
import type { PodRow, Row } from '../protocol/rows.ts';
import { Projection } from './projection.ts';

/** Commits as the store tells them. */
class Commits {
  readonly projection = new Projection();

  put(kind: string, name: string, rest: object = {}): void {
    const metadata = { name, namespace: 'default', uid: `uid-${name}` };
    this.projection.onCommit({
      type: 'PUT',
      kv: { key: `/${kind}/${name}`, value: { kind, metadata, ...rest } },
      previous: undefined,
    } as never);
  }

  remove(kind: string, name: string): void {
    const value = { kind, metadata: { name, namespace: 'default', uid: `uid-${name}` } };
    this.projection.onCommit({ type: 'DELETE', kv: { key: `/${kind}/${name}`, value }, previous: undefined } as never);
  }

  rows(): Record<string, Row> {
    return Object.fromEntries(this.projection.take().rows.map((row) => [row.key, row]));
  }
}

const container = { name: 'main', image: 'nginx', resources: { requests: { cpu: '250m', memory: '64Mi' } } };
const spec = { containers: [container] };
const bound = { ...spec, nodeName: 'minion-1' };
const status = (state: object, phase = 'Pending', ready = false) => ({
  phase,
  startTime: 'x',
  containerStatuses: [{ name: 'main', state, ready, restartCount: 0 }],
  conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
});

describe('the row of a pod', () => {
  it.each([
    ['waits for a minion', { spec, status: { phase: 'Pending' } }, 'pending', 'Pending'],
    ['is bound', { spec: bound, status: { phase: 'Pending' } }, 'scheduled', 'ContainerCreating'],
    ['is being created', { spec: bound, status: status({ waiting: { reason: 'ContainerCreating' } }) }, 'creating', 'ContainerCreating'],
    ['runs and is not ready', { spec: bound, status: status({ running: {} }, 'Running') }, 'running', 'Running'],
    ['runs and is ready', { spec: bound, status: status({ running: {} }, 'Running', true) }, 'ready', 'Running'],
    [
      'crashes again and again',
      { spec: bound, status: status({ waiting: { reason: 'CrashLoopBackOff' } }, 'Running') },
      'crashing',
      'CrashLoopBackOff',
    ],
    ['has no image', { spec: bound, status: status({ waiting: { reason: 'ImagePullBackOff' } }) }, 'failed', 'ImagePullBackOff'],
    [
      'is done',
      { spec: bound, status: status({ terminated: { exitCode: 0, reason: 'Completed' } }, 'Succeeded') },
      'succeeded',
      'Completed',
    ],
    ['has failed', { spec: bound, status: status({ terminated: { exitCode: 2, reason: 'Error' } }, 'Failed') }, 'failed', 'Error'],
  ])('that %s says so', (_, object, state, word) => {
    const commits = new Commits();
    commits.put('Pod', 'web', object);
    expect(commits.rows()['/Pod/web']).toMatchObject({ state, status: word });
  });

  it('says Terminating once its deletion was asked for', () => {
    const commits = new Commits();
    commits.put('Pod', 'web', {
      metadata: { name: 'web', uid: 'u', deletionTimestamp: 'now' },
      spec: bound,
      status: status({ running: {} }, 'Running', true),
    });
    expect(commits.rows()['/Pod/web']).toMatchObject({ state: 'terminating', status: 'Terminating' });
  });

  it('shows a pull from the kubelet reporting it until it has ended', () => {
    const commits = new Commits();
    commits.put('Pod', 'web', { spec: bound, status: status({ waiting: { reason: 'ContainerCreating' } }) });
    const event = (name: string, reason: string) =>
      commits.put('Event', name, {
        reason,
        involvedObject: { kind: 'Pod', name: 'web', uid: 'uid-web', fieldPath: 'spec.containers{main}' },
      });
    event('e1', 'Pulling');
    expect((commits.rows()['/Pod/web'] as PodRow).state).toBe('pulling');
    event('e2', 'Pulled');
    expect((commits.rows()['/Pod/web'] as PodRow).state).toBe('creating');
  });
});

describe('a diff', () => {
  it('holds an object once however often it changed, and nothing of what stayed the same', () => {
    const commits = new Commits();
    for (const phase of ['Pending', 'Running', 'Running'])
      commits.put('Pod', 'web', { spec: bound, status: status({ running: {} }, phase) });
    expect(Object.keys(commits.rows())).toEqual(['/Pod/web']);
    commits.put('Pod', 'web', { spec: bound, status: status({ running: {} }, 'Running') });
    expect(commits.rows()).toEqual({});
  });

  it('names what is gone, unless it was never shown', () => {
    const commits = new Commits();
    commits.put('Pod', 'web', { spec });
    commits.rows();
    commits.remove('Pod', 'web');
    commits.put('Pod', 'brief', { spec });
    commits.remove('Pod', 'brief');
    expect(commits.projection.take()).toEqual({ rows: [], gone: ['/Pod/web'] });
  });

  it('leaves heartbeats out', () => {
    const commits = new Commits();
    commits.put('Lease', 'minion-1');
    expect(commits.projection.hasChanges).toBe(false);
  });

  it('keeps the sums of what the pods on a node ask for', () => {
    const commits = new Commits();
    commits.put('Node', 'minion-1', { status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } } });
    for (const name of ['a', 'b']) commits.put('Pod', name, { spec: bound, status: { phase: 'Pending' } });
    expect(commits.rows()['/Node/minion-1']).toMatchObject({
      pods: 2,
      requestedCpuMillis: 500,
      requestedMemoryBytes: 128 * 2 ** 20,
      cpuMillis: 4000,
    });
    commits.put('Pod', 'a', { spec: bound, status: status({ terminated: { exitCode: 0 } }, 'Succeeded') });
    commits.remove('Pod', 'b');
    expect(commits.rows()['/Node/minion-1']).toMatchObject({ pods: 0, requestedCpuMillis: 0, requestedMemoryBytes: 0 });
  });
});
