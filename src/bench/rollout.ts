import { Cluster, SILENT } from '../cluster/cluster.ts';
import { readClusterDocument } from '../cluster/parse.ts';
import { SLICE_MS } from '../worker/pacer.ts';
import { deployment } from './manifest.ts';

export interface RolloutFigures {
  readonly replicas: number;
  readonly minions: number;
  readonly cpuSeconds: number;
  readonly events: number;
  /** Once the store has compacted the history of the rollout, as it does within ten minutes. */
  readonly heapBytesPerPod: number;
  /** At the instant when the last pod is Ready, history included. */
  readonly heapBytesPerPodAtReady: number;
  readonly longestSliceMs: number;
  readonly virtualSeconds: number;
}

const GIVE_UP_MS = 3_600_000;
/** Long enough for two compactions. */
const SETTLE_MS = 11 * 60_000;
/** The store compacts in this rhythm; at one instant of it the history of node heartbeats is always equally long. */
const COMPACTION_MS = 5 * 60_000;

/** Boots a cluster, applies a Deployment and runs as fast as possible until all its pods are Ready. */
export function measureRollout(replicas: number, minions: number): RolloutFigures {
  const cluster = Cluster.create(readClusterDocument({ minions }), SILENT);
  runUntil(cluster, () => cluster.readyNodes() === cluster.machines.size);
  settle(cluster);
  const heapBefore = usedHeapBytes();
  const eventsBefore = cluster.kernel.events;
  const virtualBefore = cluster.kernel.now;
  const ready = new Set<string>();
  cluster.store.observe(({ kv }) => {
    if (kv.key.startsWith('/registry/pods/default/') && isReady(kv.value)) ready.add(kv.key);
  });
  const cpuBefore = process.cpuUsage();
  cluster.perform({ kind: 'apply', id: 1, files: [{ name: 'web.yaml', text: deployment(replicas) }] });
  const longestSliceMs = runUntil(cluster, () => ready.size >= replicas);
  const cpu = process.cpuUsage(cpuBefore);
  const virtualSeconds = (cluster.kernel.now - virtualBefore) / 1000;
  const events = cluster.kernel.events - eventsBefore;
  ready.clear();
  const heapAtReady = usedHeapBytes();
  settle(cluster);
  const perPod = (bytes: number) => Math.round((bytes - heapBefore) / replicas);
  return {
    replicas,
    minions,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    events,
    heapBytesPerPod: perPod(usedHeapBytes()),
    heapBytesPerPodAtReady: perPod(heapAtReady),
    longestSliceMs,
    virtualSeconds,
  };
}

/** Runs until the history of what was done is compacted, to the same instant in the rhythm of compactions. */
function settle({ kernel }: Cluster): void {
  kernel.run({ untilMs: Math.ceil((kernel.now + SETTLE_MS) / COMPACTION_MS) * COMPACTION_MS });
}

/** Runs in slices as the worker does; answers the longest one. */
function runUntil(cluster: Cluster, done: () => boolean): number {
  const deadline = cluster.kernel.now + GIVE_UP_MS;
  let longestMs = 0;
  while (!done()) {
    if (cluster.kernel.now >= deadline) throw new Error('not done after an hour of cluster time');
    const started = performance.now();
    cluster.kernel.run({ untilMs: cluster.kernel.now + 100, shouldPause: () => performance.now() - started > SLICE_MS });
    longestMs = Math.max(longestMs, performance.now() - started);
  }
  return longestMs;
}

function isReady(value: unknown): boolean {
  const { status } = value as { status?: { conditions?: { type: string; status: string }[] } };
  return status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

function usedHeapBytes(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (!gc) throw new Error('run with node --expose-gc');
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}
