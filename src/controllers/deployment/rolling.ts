import { desiredReplicas, fenceposts, newSetSize, sizeOf, totalSize } from './arithmetic.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

/** A replica set and the size it is to have. Several steps may speak of one set, in order. */
export interface ScaleStep {
  readonly name: string;
  readonly size: number;
}

/**
 * The next steps of a rolling update (rolling.go): grow the new set as far as the surge allows, or
 * else shrink the old ones as far as availability allows, pods that are not available first.
 * `old` is sorted by creation. Nothing to do: no steps.
 */
export function rollingSteps(deployment: Deployment, present: Stored<ReplicaSet>, old: readonly Stored<ReplicaSet>[]): ScaleStep[] {
  const grown = newSetStep(deployment, present, old);
  return grown ? [grown] : oldSetSteps(deployment, present, old);
}

function newSetStep(deployment: Deployment, present: Stored<ReplicaSet>, old: readonly ReplicaSet[]): ScaleStep | undefined {
  const desired = desiredReplicas(deployment);
  const size = sizeOf(present);
  if (size === desired) return undefined;
  const next = size > desired ? desired : newSetSize(deployment, totalSize(old) + size, size);
  return next === size ? undefined : { name: present.metadata.name, size: next };
}

function oldSetSteps(deployment: Deployment, present: Stored<ReplicaSet>, old: readonly Stored<ReplicaSet>[]): ScaleStep[] {
  const oldSize = totalSize(old);
  if (oldSize === 0) return [];
  const minAvailable = desiredReplicas(deployment) - fenceposts(deployment).maxUnavailable;
  const newUnavailable = sizeOf(present) - (present.status?.availableReplicas ?? 0);
  const mayGo = oldSize + sizeOf(present) - minAvailable - newUnavailable;
  if (mayGo <= 0) return [];
  const sizes = new Map(old.map((set) => [set.metadata.name, sizeOf(set)]));
  const steps = shrinkUnhealthy(old, sizes, mayGo);
  const available = [present, ...old].reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
  shrinkHealthy(old, sizes, available - minAvailable, steps);
  return steps;
}

/** Pods that are not available are no loss (cleanupUnhealthyReplicas). */
function shrinkUnhealthy(old: readonly Stored<ReplicaSet>[], sizes: Map<string, number>, most: number): ScaleStep[] {
  const steps: ScaleStep[] = [];
  let gone = 0;
  for (const set of old) {
    if (gone >= most) break;
    const size = sizeOf(set);
    const unavailable = size - (set.status?.availableReplicas ?? 0);
    if (size === 0 || unavailable <= 0) continue;
    const count = Math.min(most - gone, unavailable);
    gone += count;
    steps.push(shrink(set.metadata.name, sizes, count));
  }
  return steps;
}

function shrinkHealthy(old: readonly Stored<ReplicaSet>[], sizes: Map<string, number>, most: number, steps: ScaleStep[]): void {
  let gone = 0;
  for (const set of old) {
    if (gone >= most) break;
    const size = sizes.get(set.metadata.name)!;
    if (size === 0) continue;
    const count = Math.min(size, most - gone);
    gone += count;
    steps.push(shrink(set.metadata.name, sizes, count));
  }
}

function shrink(name: string, sizes: Map<string, number>, count: number): ScaleStep {
  const size = sizes.get(name)! - count;
  sizes.set(name, size);
  return { name, size };
}
