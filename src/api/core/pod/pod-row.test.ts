import { describe, expect, it } from 'vitest';
import { podRow } from './pod-row.ts';
import type { ContainerStatus, Pod, PodStatus } from 'kubernetes-types/core/v1';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const CREATED = '2026-01-01T00:00:00Z';

const status = (name: string, fields: Partial<ContainerStatus>): ContainerStatus => ({
  name,
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...fields,
});
const running = (name: string, fields: Partial<ContainerStatus> = {}) =>
  status(name, { ready: true, state: { running: { startedAt: CREATED } }, ...fields });
const waiting = (name: string, reason: string, fields: Partial<ContainerStatus> = {}) =>
  status(name, { state: { waiting: { reason } }, ...fields });
const ended = (name: string, exitCode: number, fields: object = {}) => status(name, { state: { terminated: { exitCode, ...fields } } });

function pod(podStatus: PodStatus, spec: object = {}, metadata: object = {}): Pod {
  return {
    metadata: { name: 'p', creationTimestamp: CREATED, ...metadata },
    spec: {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'x' },
      ],
      ...spec,
    },
    status: podStatus,
  } as Pod;
}

const INITS = {
  initContainers: [
    { name: 'i', image: 'x' },
    { name: 's', image: 'x', restartPolicy: 'Always' },
  ],
};
const READY = [{ type: 'Ready', status: 'True' }];

const cases: readonly [what: string, pod: Pod, ready: string, status: string, restarts: string][] = [
  [
    'one that waits for its images',
    pod({ phase: 'Pending', containerStatuses: [waiting('a', 'ContainerCreating'), waiting('b', 'ContainerCreating')] }),
    '0/2',
    'ContainerCreating',
    '0',
  ],
  ['one that runs', pod({ phase: 'Running', containerStatuses: [running('a'), running('b')] }), '2/2', 'Running', '0'],
  [
    'one whose container crashes again and again',
    pod({
      phase: 'Running',
      containerStatuses: [
        running('a'),
        waiting('b', 'CrashLoopBackOff', {
          restartCount: 2,
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } },
        }),
      ],
    }),
    '1/2',
    'CrashLoopBackOff',
    '2 (5m ago)',
  ],
  [
    'one that has done its work',
    pod({ phase: 'Succeeded', containerStatuses: [ended('a', 0, { reason: 'Completed' }), ended('b', 0, { reason: 'Completed' })] }),
    '0/2',
    'Completed',
    '0',
  ],
  ['one killed by a signal', pod({ phase: 'Failed', containerStatuses: [ended('a', 137, { signal: 9 })] }), '0/2', 'Signal:9', '0'],
  ['one that ended somehow', pod({ phase: 'Failed', containerStatuses: [ended('a', 3)] }), '0/2', 'ExitCode:3', '0'],
  [
    'one with a container still running beside one that is done',
    pod({ phase: 'Running', conditions: READY as never, containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] }),
    '1/2',
    'Running',
    '0',
  ],
  [
    'the same while it is not ready',
    pod({ phase: 'Running', containerStatuses: [ended('a', 0, { reason: 'Completed' }), running('b')] }),
    '1/2',
    'NotReady',
    '0',
  ],
  [
    'one that begins',
    pod({ phase: 'Pending', initContainerStatuses: [running('i', { ready: false }), waiting('s', 'PodInitializing')] }, INITS),
    '0/3',
    'Init:0/2',
    '0',
  ],
  [
    'one whose beginning fails',
    pod({ phase: 'Pending', initContainerStatuses: [ended('i', 1, { reason: 'Error' })] }, INITS),
    '0/3',
    'Init:Error',
    '0',
  ],
  [
    'one with a helper beside it',
    pod(
      {
        phase: 'Running',
        initContainerStatuses: [ended('i', 0, { reason: 'Completed' }), running('s', { started: true })],
        containerStatuses: [running('a'), running('b')],
      },
      INITS,
    ),
    '3/3',
    'Running',
    '0',
  ],
  [
    'one that is being deleted',
    pod({ phase: 'Running', containerStatuses: [running('a')] }, {}, { deletionTimestamp: CREATED }),
    '1/2',
    'Terminating',
    '0',
  ],
  [
    'one whose node is lost',
    pod({ phase: 'Running', reason: 'NodeLost', containerStatuses: [running('a')] }, {}, { deletionTimestamp: CREATED }),
    '1/2',
    'Unknown',
    '0',
  ],
  ['one that was evicted', pod({ phase: 'Failed', reason: 'Evicted' }), '0/2', 'Evicted', '0'],
  [
    'one that is held back',
    pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] as never }),
    '0/2',
    'SchedulingGated',
    '0',
  ],
];

describe('the row of a pod', () => {
  it.each(cases)('shows %s', (_what, object, ready, text, restarts) => {
    expect(podRow(object, { nowMs: NOW }).cells.slice(1, 5)).toEqual([ready, text, restarts, '60m']);
  });

  it('shows where it runs and how many gates are open', () => {
    const object = pod(
      { phase: 'Running', podIP: '10.1.1.1', podIPs: [{ ip: '10.1.1.1' }], conditions: [{ type: 'x/y', status: 'True' }] as never },
      { nodeName: 'minion-1', readinessGates: [{ conditionType: 'x/y' }, { conditionType: 'x/z' }] },
    );
    expect(podRow(object, { nowMs: NOW }).cells.slice(5)).toEqual(['10.1.1.1', 'minion-1', '<none>', '1/2']);
  });

  it('marks pods that are over', () => {
    expect(podRow(pod({ phase: 'Succeeded' }), { nowMs: NOW }).conditions?.[0]).toMatchObject({ type: 'Completed', reason: 'Succeeded' });
  });
});
