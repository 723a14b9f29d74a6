import { describe, expect, it } from 'vitest';
import { Kernel } from '../../sim/kernel.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { rfc3339 } from '../../base/time.ts';
import { allAtOnce, slowStart, type BatchResult } from './batches.ts';
import { podsToDelete } from './deletion-ranking.ts';
import { Expectations } from './expectations.ts';
import { scaledValue } from './int-or-percent.ts';
import { sortClaims } from './ownership.ts';
import { labelPredicate } from './selector.ts';
import { fitSlices, type PortGroup } from './slices.ts';
import { stayMs } from './taints.ts';
import { safeEncode, templateHash } from './template-hash.ts';
import { parseGoDuration } from './workers.ts';
import type { EndpointSlice, Pod } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';

const NOW = 1_767_225_600_000;

function run<T>(kernel: Kernel, task: Task<T>): T {
  let result: { value: T } | undefined;
  kernel.root.spawn(
    'test',
    (function* (): Task<void> {
      result = { value: yield* task };
    })(),
  );
  kernel.run({ untilMs: Infinity });
  return result!.value;
}

interface PodOptions {
  node?: string;
  phase?: string;
  readyAgoS?: number;
  cost?: string;
  restarts?: number;
  ageS?: number;
}

function pod(name: string, options: PodOptions = {}): Stored<Pod> {
  const { node = 'n', phase = 'Running', readyAgoS = 100, cost, restarts = 0, ageS = 100 } = options;
  const annotations = cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': cost };
  const since = rfc3339(NOW - readyAgoS * 1000);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: rfc3339(NOW - ageS * 1000), annotations },
    spec: { nodeName: node || undefined, containers: [] },
    status: {
      phase,
      conditions: [{ type: 'Ready', status: readyAgoS >= 0 ? 'True' : 'False', lastTransitionTime: since }],
      containerStatuses: [{ name: 'c', restartCount: restarts, image: '', imageID: '', ready: true }],
    },
  } as unknown as Stored<Pod>;
}

describe('which pods are deleted first', () => {
  const cases: [string, PodOptions, PodOptions][] = [
    ['unassigned before assigned', { node: '', phase: 'Pending', readyAgoS: -1 }, { phase: 'Pending', readyAgoS: -1 }],
    ['pending before unknown', { phase: 'Pending', readyAgoS: -1 }, { phase: 'Unknown', readyAgoS: -1 }],
    ['unknown before running', { phase: 'Unknown', readyAgoS: -1 }, { readyAgoS: -1 }],
    ['not ready before ready', { readyAgoS: -1 }, {}],
    ['cheap before dear', { cost: '-5', readyAgoS: 10_000 }, { cost: '5', readyAgoS: 1 }],
    ['ready for less time before ready for long', { readyAgoS: 10 }, { readyAgoS: 1000 }],
    ['restarted more often', { restarts: 3 }, { restarts: 1 }],
    ['newer', { ageS: 10 }, { ageS: 1000 }],
  ];
  it.each(cases)('%s', (_name, first, second) => {
    const [a, b] = [pod('a', first), pod('b', second)];
    expect(podsToDelete([b, a], [a, b], 1, NOW)[0]!.metadata.name).toBe('a');
  });

  it('counts related pods on the node', () => {
    const [a, b] = [pod('a', { node: 'full' }), pod('b', { node: 'empty' })];
    const related = [a, b, pod('c', { node: 'full' })];
    expect(podsToDelete([b, a], related, 1, NOW)[0]!.metadata.name).toBe('a');
  });

  it('holds times of one order of magnitude for equal and goes by uid', () => {
    const [a, b] = [pod('a', { readyAgoS: 110 }), pod('b', { readyAgoS: 100 })];
    expect(podsToDelete([b, a], [a, b], 1, NOW)[0]!.metadata.name).toBe('a');
  });
});

describe('batches', () => {
  const counted = (failAt: number) => {
    const calls: number[] = [];
    const call = function* (index: number): Task<void> {
      calls.push(index);
      yield* sleep(1);
      if (index >= failAt) throw new Error(`no ${index}`);
    };
    return { calls, call };
  };

  it('start slowly and double', () => {
    const kernel = new Kernel(1);
    const result = run<BatchResult>(kernel, slowStart(kernel.root, 10, counted(99).call));
    expect(result).toEqual({ successes: 10, skipped: 0, errors: [] });
    expect(kernel.now).toBe(4);
  });

  it('stop after a batch that failed', () => {
    const kernel = new Kernel(1);
    const { calls, call } = counted(2);
    const result = run<BatchResult>(kernel, slowStart(kernel.root, 100, call));
    expect(calls).toEqual([0, 1, 2]);
    expect(result).toMatchObject({ successes: 2, skipped: 97 });
    expect(result.errors).toHaveLength(1);
  });

  it('run side by side', () => {
    const kernel = new Kernel(1);
    expect(run(kernel, allAtOnce(kernel.root, 5, counted(3).call))).toHaveLength(2);
    expect(kernel.now).toBe(1);
  });
});

describe('expectations', () => {
  it('hold a key back until all was seen, or for five minutes', () => {
    const kernel = new Kernel(1);
    const expectations = new Expectations(kernel);
    expectations.expect('k', 2, ['x']);
    expectations.creationObserved('k', 2);
    expect(expectations.satisfied('k')).toBe(false);
    expectations.deletionObserved('k', 'x');
    expect(expectations.satisfied('k')).toBe(true);
    expectations.expectCreations('k', 1);
    kernel.run({ untilMs: 5 * 60_000 + 1 });
    expect(expectations.satisfied('k')).toBe(true);
  });
});

describe('claims', () => {
  const owner = { metadata: { name: 'o', uid: 'o' } } as Stored<KubeObject>;
  const object = (name: string, app: string, controller?: string, leaving = false): Stored<KubeObject> =>
    ({
      metadata: {
        name,
        labels: { app },
        ...(controller && { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: controller, uid: controller, controller: true }] }),
        ...(leaving && { deletionTimestamp: 'now' }),
      },
    }) as unknown as Stored<KubeObject>;

  it('own what fits, adopt orphans that fit, release what no longer fits', () => {
    const objects = [
      object('owned', 'x', 'o'),
      object('lost', 'y', 'o'),
      object('orphan', 'x'),
      object('leaving', 'x', undefined, true),
      object('foreign', 'x', 'p'),
      object('other', 'y'),
    ];
    const { owned, adopt, release } = sortClaims(owner, labelPredicate({ matchLabels: { app: 'x' } }), objects);
    expect([owned, adopt, release].map((list) => list.map((each) => each.metadata.name))).toEqual([['owned'], ['orphan'], ['lost']]);
  });
});

describe('small conversions', () => {
  it.each([
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    ['0%', 10, true, 0],
    [3, 10, true, 3],
    [undefined, 8, true, 2],
  ])('%s of %d (up: %s) is %d', (value, total, up, expected) => {
    expect(scaledValue(value, total, up, '25%')).toBe(expected);
  });

  it.each([
    ['50s', 50_000],
    ['1m30s', 90_000],
    ['100ms', 100],
    ['1h0m0s', 3_600_000],
    ['5', undefined],
    ['', undefined],
  ])('the duration %s is %s ms', (text, expected) => {
    expect(parseGoDuration(text)).toBe(expected);
  });

  it('encodes hashes without vowels, differently for each collision', () => {
    expect(safeEncode('0123456789')).toBe('456789bcdf');
    const hashes = [undefined, 1, 2].map((count) => templateHash({ b: 1, a: [2] }, count));
    expect(new Set(hashes).size).toBe(3);
    expect(templateHash({ a: [2], b: 1 })).toBe(hashes[0]);
  });

  it.each([
    ['none', [], 0],
    ['for ever', [{ operator: 'Exists' }], Infinity],
    ['for a while', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }], 30_000],
    ['of another effect', [{ key: 'k', operator: 'Exists', effect: 'NoSchedule' }], 0],
    ['not at all', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: -1 }], 0],
  ])('a toleration %s lets a pod stay', (_name, tolerations, expected) => {
    expect(stayMs([{ key: 'k', effect: 'NoExecute' }], tolerations)).toBe(expected);
  });
});

describe('fitting endpoints into slices', () => {
  const PORTS = [{ name: '', port: 80, protocol: 'TCP' }];
  const endpoint = (ip: string, ready = true) => ({ addresses: [ip], conditions: { ready } });
  const slice = (name: string, ips: string[]): Stored<EndpointSlice> =>
    ({
      metadata: { name, uid: name },
      addressType: 'IPv4',
      ports: PORTS,
      endpoints: ips.map((ip) => endpoint(ip)),
    }) as unknown as Stored<EndpointSlice>;
  const group = (...ips: string[]): PortGroup => ({ ports: PORTS, endpoints: ips.map((ip) => endpoint(ip)) });
  const options = { maxPerSlice: 3, mustUpdate: () => false, placeholder: true };
  const shape = (changes: ReturnType<typeof fitSlices>) => ({
    create: changes.create.map((content) => content.endpoints.map((each) => each.addresses[0])),
    update: changes.update.map(({ slice: { metadata }, content }) => [
      metadata.name,
      ...content.endpoints.map((each) => each.addresses[0]),
    ]),
    remove: changes.remove.map(({ metadata }) => metadata.name),
  });

  it.each<[string, [string, string[]][], string[], object]>([
    ['leaves what is right alone', [['a', ['1', '2']]], ['1', '2'], { create: [], update: [], remove: [] }],
    ['fills slices that change anyway', [['a', ['1', '2']]], ['1', '3'], { create: [], update: [['a', '1', '3']], remove: [] }],
    [
      'puts what is left into the fullest slice with room',
      [
        ['a', ['1']],
        ['b', ['2', '3']],
      ],
      ['1', '2', '3', '4'],
      { create: [], update: [['b', '2', '3', '4']], remove: [] },
    ],
    ['makes new slices for more', [['a', ['1', '2', '3']]], ['1', '2', '3', '4', '5'], { create: [['4', '5']], update: [], remove: [] }],
    [
      'removes slices that are empty',
      [
        ['a', ['1']],
        ['b', ['2']],
      ],
      ['1'],
      { create: [], update: [], remove: ['b'] },
    ],
    ['makes the last one a placeholder', [['a', ['1']]], [], { create: [], update: [['a']], remove: [] }],
  ])('%s', (_name, existing, wanted, expected) => {
    const slices = existing.map(([name, ips]) => slice(name, ips));
    expect(shape(fitSlices(slices, wanted.length > 0 ? [group(...wanted)] : [], options))).toEqual(expected);
  });

  it('writes a slice when an endpoint becomes ready', () => {
    const changes = fitSlices([slice('a', ['1'])], [{ ports: PORTS, endpoints: [endpoint('1', false)] }], options);
    expect(changes.update).toHaveLength(1);
  });
});
