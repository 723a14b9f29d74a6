import { describe, expect, it } from 'vitest';
import { fenceposts, newSetSize } from './arithmetic.ts';
import { surplusHistory } from './history.ts';
import { decideRecreate } from './recreate.ts';
import { newSetAnnotations } from './replica-sets.ts';
import { rollingSteps } from './rolling.ts';
import { scalingSteps } from './scaling.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

function deployment(replicas: number, maxSurge: number | string, maxUnavailable: number | string): Stored<Deployment> {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } };
  return { metadata: { name: 'd' }, spec: { replicas, strategy } } as unknown as Stored<Deployment>;
}

let created = 0;
function set(
  name: string,
  replicas: number,
  available = replicas,
  extra: Partial<ReplicaSet['status']> & { revision?: number; max?: number; desired?: number } = {},
): Stored<ReplicaSet> {
  const { revision = 1, max, desired, ...status } = extra;
  const annotations = {
    'deployment.kubernetes.io/revision': String(revision),
    ...(max !== undefined && { 'deployment.kubernetes.io/max-replicas': String(max) }),
    ...(desired !== undefined && { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
  };
  const creationTimestamp = `2026-01-01T00:00:${String(created++ % 60).padStart(2, '0')}Z`;
  return {
    metadata: { name, creationTimestamp, annotations, generation: 1 },
    spec: { replicas },
    status: { replicas, availableReplicas: available, observedGeneration: 1, ...status },
  } as unknown as Stored<ReplicaSet>;
}

describe('surge and unavailability', () => {
  it.each([
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [4, 0, 0, 0, 1],
    [10, '0%', '1%', 0, 1],
    [0, 1, 1, 1, 0],
    [2, 1, 5, 1, 2],
  ])('of %d replicas with %s and %s are %d and %d', (replicas, surge, unavailable, maxSurge, maxUnavailable) => {
    expect(fenceposts(deployment(replicas, surge, unavailable))).toEqual({ maxSurge, maxUnavailable });
  });

  it('bound the new replica set', () => {
    expect(newSetSize(deployment(10, 3, 2), 10, 0)).toBe(3);
    expect(newSetSize(deployment(10, 3, 2), 13, 3)).toBe(3);
    expect(newSetSize(deployment(10, 3, 2), 2, 0)).toBe(10);
  });
});

describe('the next step of a rolling update', () => {
  it.each<[string, Stored<Deployment>, Stored<ReplicaSet>, Stored<ReplicaSet>[], object[]]>([
    ['grows the new set as far as the surge allows', deployment(10, 3, 2), set('new', 0), [set('old', 10)], [{ name: 'new', size: 3 }]],
    [
      'shrinks the old one when there is no room to grow',
      deployment(10, 3, 2),
      set('new', 3, 0),
      [set('old', 10)],
      [{ name: 'old', size: 8 }],
    ],
    ['waits while too few are available', deployment(10, 3, 0), set('new', 3, 0), [set('old', 10)], []],
    ['takes unavailable pods first', deployment(10, 0, 2), set('new', 2), [set('sick', 4, 2), set('well', 4)], [{ name: 'sick', size: 2 }]],
    ['shrinks a new set that is too large', deployment(3, 1, 0), set('new', 5), [], [{ name: 'new', size: 3 }]],
    ['empties the oldest first', deployment(4, 4, 0), set('new', 4, 2), [set('oldest', 2), set('old', 2)], [{ name: 'oldest', size: 0 }]],
    ['has nothing to do at the end', deployment(3, 1, 0), set('new', 3), [set('old', 0)], []],
  ])('%s', (_name, given, present, old, expected) => {
    expect(rollingSteps(given, present, old)).toEqual(expected);
  });
});

describe('scaling a deployment', () => {
  it('gives all to the only active set', () => {
    expect(scalingSteps(deployment(7, 1, 1), set('new', 3), [set('old', 0)])).toEqual([{ name: 'new', size: 7 }]);
  });

  it('empties old sets once the new one is saturated', () => {
    const present = set('new', 5, 5, { desired: 5 });
    expect(scalingSteps(deployment(5, 1, 1), present, [set('old', 1)])).toEqual([{ name: 'old', size: 0 }]);
  });

  it('shares in proportion, the rest to the largest', () => {
    const [old, present] = [set('old', 8, 8, { max: 13 }), set('new', 5, 0, { max: 13 })];
    expect(scalingSteps(deployment(15, 3, 2), present, [old])).toEqual([
      { name: 'old', size: 11 },
      { name: 'new', size: 7 },
    ]);
    expect(scalingSteps(deployment(5, 3, 2), present, [old])).toEqual([
      { name: 'old', size: 5 },
      { name: 'new', size: 3 },
    ]);
    expect(scalingSteps(deployment(0, 3, 2), present, [old])).toEqual([
      { name: 'old', size: 0 },
      { name: 'new', size: 0 },
    ]);
  });
});

describe('recreating', () => {
  it('empties, waits, then grows', () => {
    expect(decideRecreate([set('old', 3)], [])).toEqual({ steps: [{ name: 'old', size: 0 }] });
    expect(decideRecreate([set('old', 0, 0, { replicas: 1 })], [])).toBe('wait');
    expect(decideRecreate([set('old', 0)], [{ status: { phase: 'Running' } }])).toBe('wait');
    expect(decideRecreate([set('old', 0)], [{ status: { phase: 'Failed' } }])).toBe('grow');
  });
});

describe('history', () => {
  it('beyond the limit goes, lowest revisions first, never what still has pods', () => {
    const given = { metadata: {}, spec: { revisionHistoryLimit: 1 } } as unknown as Deployment;
    const sets = [set('c', 0, 0, { revision: 3 }), set('a', 0, 0, { revision: 1 }), set('b', 0, 0, { revision: 2, replicas: 1 })];
    expect(surplusHistory(given, sets).map((each) => each.metadata.name)).toEqual(['a']);
  });

  it('is kept in annotations when a revision comes back, with the cause of the change', () => {
    const given = {
      metadata: { annotations: { 'kubernetes.io/change-cause': 'why', 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
    } as unknown as Deployment;
    expect(newSetAnnotations(given, { 'deployment.kubernetes.io/revision': '1' }, 3)).toEqual({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
      'kubernetes.io/change-cause': 'why',
    });
  });
});
