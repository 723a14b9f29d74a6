import { createdAtMs, isPodActive, isPodReady, podReadySinceMs } from './pods.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

interface Ranked {
  readonly pod: Stored<Pod>;
  readonly assigned: number;
  readonly phase: number;
  readonly ready: boolean;
  readonly cost: number;
  /** How many related pods share its node. */
  readonly crowd: number;
  readonly readySinceMs: number | undefined;
  readonly restarts: number;
  readonly createdMs: number;
}

/**
 * Which `count` of `pods` to delete, the least useful first (controller_utils.go
 * ActivePodsWithRanks): unassigned; Pending, Unknown, Running; not ready; lower deletion cost; more
 * of `related` on its node; ready for less time; more restarts; newer. Times compare by powers of two.
 */
export function podsToDelete(pods: readonly Stored<Pod>[], related: Iterable<Pod>, count: number, nowMs: number): Stored<Pod>[] {
  if (count >= pods.length) return [...pods];
  const crowds = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec?.nodeName;
    if (node && isPodActive(pod)) crowds.set(node, (crowds.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod) => rank(pod, crowds));
  ranked.sort((a, b) => compare(a, b, nowMs));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

const PHASES: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };

function rank(pod: Stored<Pod>, crowds: ReadonlyMap<string, number>): Ranked {
  const node = pod.spec?.nodeName;
  return {
    pod,
    assigned: node ? 1 : 0,
    phase: PHASES[pod.status?.phase ?? ''] ?? 0,
    ready: isPodReady(pod),
    cost: deletionCost(pod),
    crowd: node ? (crowds.get(node) ?? 0) : 0,
    readySinceMs: podReadySinceMs(pod),
    restarts: restarts(pod),
    createdMs: createdAtMs(pod),
  };
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata?.annotations?.[DELETION_COST];
  return text !== undefined && /^(0|-?[1-9][0-9]{0,9})$/.test(text) ? Number(text) : 0;
}

function restarts(pod: Pod): number {
  let most = 0;
  for (const status of pod.status?.containerStatuses ?? []) most = Math.max(most, status.restartCount);
  return most;
}

function compare(a: Ranked, b: Ranked, nowMs: number): number {
  if (a.assigned !== b.assigned) return a.assigned - b.assigned;
  if (a.phase !== b.phase) return a.phase - b.phase;
  if (a.ready !== b.ready) return a.ready ? 1 : -1;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.crowd !== b.crowd) return b.crowd - a.crowd;
  if (a.ready && a.readySinceMs !== b.readySinceMs) return compareAges(a, b, a.readySinceMs ?? 0, b.readySinceMs ?? 0, nowMs);
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.createdMs !== b.createdMs) return compareAges(a, b, a.createdMs, b.createdMs, nowMs);
  return 0;
}

/** The younger first; ages in the same power of two are told apart by uid, so that deletions spread. */
function compareAges(a: Ranked, b: Ranked, aSinceMs: number, bSinceMs: number, nowMs: number): number {
  const difference = magnitude(nowMs - aSinceMs) - magnitude(nowMs - bSinceMs);
  if (difference !== 0) return difference;
  return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1;
}

/** The power of two below an age in nanoseconds; halving is exact in every engine. */
function magnitude(ageMs: number): number {
  let power = -1;
  for (let age = ageMs * 1_000_000; age >= 1; age /= 2) power++;
  return power;
}
