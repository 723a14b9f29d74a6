import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import { Kernel } from '../sim/kernel.ts';
import { Rng } from '../sim/rng.ts';
import type { Task } from '../sim/wait.ts';
import { SchedulerCache } from './cache.ts';
import { explainFailure, SchedulingCycle } from './cycle.ts';
import type { WorkloadListers } from './plugins/listers.ts';
import { PodInfo } from './pod-info.ts';
import { defaultProfile } from './profile.ts';
import { SchedulingQueue } from './queue.ts';

const empty = { get: () => undefined, list: () => [], size: 0, byIndex: () => [] };
const replicaSet = { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } } } };
const listers: WorkloadListers = {
  services: empty,
  replicationControllers: empty,
  replicaSets: { ...empty, get: () => replicaSet as never },
  statefulSets: empty,
  namespaces: empty,
  claims: empty,
  volumes: empty,
};

let uids = 0;

function node(name: string, spec: Node['spec'] = {}, labels: Record<string, string> = {}): Stored<Node> {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  };
}

function pod(name: string, spec: Partial<Pod['spec']> = {}, labels: Record<string, string> = {}): PodInfo {
  const owned = labels['app'] === 'web' ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }] : [];
  return new PodInfo({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${++uids}`,
      resourceVersion: '1',
      creationTimestamp: '',
      labels,
      ownerReferences: owned,
    },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec } as Pod['spec'],
  });
}

function cycleOver(...nodes: Stored<Node>[]): { cache: SchedulerCache; cycle: SchedulingCycle } {
  const cache = new SchedulerCache();
  for (const each of nodes) cache.setNode(each);
  return { cache, cycle: new SchedulingCycle(defaultProfile(listers), cache, new Rng(1)) };
}

const requests = (cpu: string) => ({ containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] });
const tainted = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };
const elsewhere = { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] };

describe('why a pod fits nowhere', () => {
  const master = node('master-1', tainted);
  it.each([
    [
      'a selector that no node has',
      { nodeSelector: { disk: 'ssd' } },
      [master, node('a'), node('b')],
      "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    ],
    [
      'more cpu than any node has',
      requests('1000'),
      [master, node('a')],
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ],
    [
      'cordoned nodes and a taint with a value',
      {},
      [node('a', { unschedulable: true }), node('b', elsewhere)],
      '0/2 nodes are available: 1 node(s) had untolerated taint {dedicated: db}, 1 node(s) were unschedulable. no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ],
    [
      'a claim that is missing',
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'missing' } }] },
      [master, node('a')],
      '0/2 nodes are available: persistentvolumeclaim "missing" not found. not found',
    ],
    ['no nodes', {}, [], 'no nodes available to schedule pods'],
  ])('is told for %s', (_what, spec, nodes, message) => {
    const { cycle, cache } = cycleOver(...nodes);
    const { chosen, record } = cycle.run(pod('p', spec), 0);
    expect(chosen).toBeUndefined();
    expect(explainFailure(record, cache.nodes.length)).toBe(message);
  });

  it('counts on preemption where a node is only full', () => {
    const { cycle, cache } = cycleOver(node('a'));
    cache.place(pod('full', requests('4')), 'a');
    const { record } = cycle.run(pod('p', requests('1')), 0);
    expect(explainFailure(record, 1)).toContain('preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.');
  });
});

describe('choosing a node', () => {
  it('spreads the pods of one owner over the nodes', () => {
    const { cycle, cache } = cycleOver(node('a'), node('b'), node('c'));
    const chosen = [1, 2, 3].map((n) => {
      const each = pod(`web-${n}`, {}, { app: 'web' });
      const outcome = cycle.run(each, 0);
      cache.place(each, outcome.chosen!.name);
      return outcome.chosen!.name;
    });
    expect(chosen.sort()).toEqual(['a', 'b', 'c']);
  });

  it('prefers the emptier node, and says so in its verdicts', () => {
    const { cycle, cache } = cycleOver(node('a'), node('b'));
    cache.place(pod('busy', requests('3')), 'a');
    const { chosen, record } = cycle.run(pod('p', requests('1')), 0);
    expect(chosen!.name).toBe('b');
    const column = record.plugins.indexOf('NodeResourcesFit');
    const [first, second] = record.nodes;
    expect([first!.node, second!.node]).toEqual(['b', 'a']);
    expect(first!.scores![column]).toBeGreaterThan(second!.scores![column]!);
  });

  it('keeps pods with anti-affinity apart, in both directions', () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
        ],
      },
    };
    const { cycle, cache } = cycleOver(node('a'), node('b'));
    cache.place(pod('db-1', { affinity: apart }, { app: 'db' }), 'a');
    expect(cycle.run(pod('db-2', { affinity: apart }, { app: 'db' }), 0).chosen!.name).toBe('b');
    expect(cycle.run(pod('db-3', {}, { app: 'db' }), 0).chosen!.name).toBe('b');
  });

  it('honours a hard topology spread constraint', () => {
    const constraint = {
      maxSkew: 1,
      topologyKey: 'zone',
      whenUnsatisfiable: 'DoNotSchedule',
      labelSelector: { matchLabels: { app: 'x' } },
    };
    const { cycle, cache } = cycleOver(node('a', {}, { zone: 'one' }), node('b', {}, { zone: 'two' }));
    cache.place(pod('x-1', {}, { app: 'x' }), 'a');
    expect(cycle.run(pod('x-2', { topologySpreadConstraints: [constraint] }, { app: 'x' }), 0).chosen!.name).toBe('b');
  });
});

describe('the queue', () => {
  it('gives pods by priority, then age, and tries a refused one again after a change that may help', () => {
    const kernel = new Kernel(1);
    const queue = new SchedulingQueue(kernel);
    const order: string[] = [];
    const low = pod('low').pod;
    const high = pod('high', { priority: 10 }).pod;
    queue.add(low, false);
    queue.add(high, false);
    queue.add(pod('gated').pod, true);
    kernel.root.spawn(
      'scheduler',
      (function* (): Task<void> {
        for (;;) {
          const entry = yield* queue.pop();
          order.push(`${entry.pod.metadata.name}@${kernel.now}`);
          if (entry.attempts < 2 && entry.pod === low) queue.giveUp(entry, new Set(['node-added']));
          else queue.done(entry);
        }
      })(),
    );
    kernel.at(5_000, () => queue.changed('pod-removed'));
    kernel.at(7_000, () => queue.changed('node-added'));
    kernel.run({ untilMs: 60_000 });
    expect(order).toEqual(['high@0', 'low@0', 'low@7000']);
  });
});
