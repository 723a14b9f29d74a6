import { describe, expect, it } from 'vitest';
import { Cluster, SILENT } from './cluster.ts';
import { readClusterDocument } from './parse.ts';
import type { Input } from './input.ts';
import { Replay, type HistoryPoint } from './replay.ts';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: nginx:1.27 }] }
`;

/** When what is done, in milliseconds of virtual time. */
const STORY: readonly (readonly [number, Input])[] = [
  [20_000, { kind: 'apply', id: 1, files: [{ name: 'web.yaml', text: WEB }] }],
  [32_345.678, { kind: 'terminal-open', terminal: 't', host: 'master-1' }],
  [33_000, { kind: 'terminal-line', terminal: 't', text: 'kubectl scale deployment web --replicas=7 && kubectl get pods' }],
  [41_000.5, { kind: 'unit', host: 'minion-2', unit: 'kubelet', action: 'stop' }],
  [50_000, { kind: 'machine', host: 'minion-3', action: 'power-off' }],
];
const END_MS = 130_000;

function live(seed: number, slice: number): Cluster {
  const cluster = Cluster.create(readClusterDocument({ seed }), SILENT);
  const runTo = (untilMs: number) => {
    while (!cluster.kernel.run({ untilMs, maxEvents: slice }).done);
  };
  for (const [atMs, input] of STORY) {
    runTo(atMs);
    cluster.perform(input);
  }
  runTo(END_MS);
  return cluster;
}

function replay(copy: Cluster, original: Cluster): void {
  const until: HistoryPoint = { event: original.kernel.events, atMs: original.kernel.now };
  const going = new Replay(copy, original.inputs, until);
  let checks = 0;
  while (!going.run(() => ++checks % 50 === 0));
}

describe('a cluster', () => {
  const reference = live(1, Infinity);

  it('has the same history for the same seed and inputs, whatever the slices', () => {
    expect(live(1, 7).stateHash()).toBe(reference.stateHash());
    expect(live(1, 1_009).stateHash()).toBe(reference.stateHash());
    expect(live(2, 7).stateHash()).not.toBe(reference.stateHash());
  });

  it('replays from its log to the same instant and goes on in the same way', () => {
    const { kernel } = reference;
    const copy = Cluster.create(readClusterDocument({ seed: 1 }), SILENT);
    replay(copy, reference);
    expect(copy.stateHash()).toBe(reference.stateHash());
    copy.kernel.run({ untilMs: END_MS + 30_000 });
    kernel.run({ untilMs: END_MS + 30_000 });
    expect(copy.stateHash()).toBe(reference.stateHash());
  });

  it('replays inputs that came in the middle of an instant', () => {
    const cluster = Cluster.create(readClusterDocument({ seed: 3 }), SILENT);
    cluster.kernel.run({ untilMs: Infinity, maxEvents: 2_000 });
    cluster.perform(STORY[0]![1]);
    cluster.kernel.run({ untilMs: Infinity, maxEvents: 3_333 });
    const copy = Cluster.create(readClusterDocument({ seed: 3 }), SILENT);
    replay(copy, cluster);
    expect(copy.stateHash()).toBe(cluster.stateHash());
  });
});
