import { desiredReplicas, fenceposts, isRollingUpdate, sizeOf, totalSize } from './arithmetic.ts';
import { byCreation, DESIRED_REPLICAS, MAX_REPLICAS } from './replica-sets.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { ScaleStep } from './rolling.ts';

/** Whether the deployment was scaled since its replica sets were last sized (sync.go isScalingEvent). */
export function wasScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return sets.some((set) => {
    const desired = annotatedNumber(set, DESIRED_REPLICAS);
    return sizeOf(set) > 0 && desired !== undefined && desired !== desiredReplicas(deployment);
  });
}

/**
 * How replica sets take part when a deployment is scaled (sync.go scale): the only active one gets
 * all; old ones go once the new one is saturated; in the midst of a rollout each gets its share.
 */
export function scalingSteps(
  deployment: Deployment,
  present: Stored<ReplicaSet> | undefined,
  old: readonly Stored<ReplicaSet>[],
): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const all = present ? [...old, present] : [...old];
  const active = all.filter((set) => sizeOf(set) > 0);
  if (active.length <= 1) {
    const only = active[0] ?? present ?? [...old].sort(byCreation).at(-1);
    return only && sizeOf(only) !== desired ? [{ name: only.metadata.name, size: desired }] : [];
  }
  if (present && isSaturated(desired, present)) {
    return old.filter((set) => sizeOf(set) > 0).map((set) => ({ name: set.metadata.name, size: 0 }));
  }
  return isRollingUpdate(deployment) ? proportionalSteps(deployment, active) : [];
}

function isSaturated(desired: number, present: ReplicaSet): boolean {
  return (
    sizeOf(present) === desired &&
    annotatedNumber(present, DESIRED_REPLICAS) === desired &&
    (present.status?.availableReplicas ?? 0) === desired
  );
}

/** Larger sets take more of the change; what rounding leaves over goes to the largest. */
function proportionalSteps(deployment: Deployment, active: readonly Stored<ReplicaSet>[]): ScaleStep[] {
  const desired = desiredReplicas(deployment);
  const allowed = desired > 0 ? desired + fenceposts(deployment).maxSurge : 0;
  const toAdd = allowed - totalSize(active);
  const newerFirst = toAdd > 0 ? -1 : 1;
  const sorted = [...active].sort((a, b) => sizeOf(b) - sizeOf(a) || newerFirst * byCreation(a, b));
  let added = 0;
  const sizes = sorted.map((set) => {
    const share = toAdd === 0 ? 0 : shareOf(deployment, set, toAdd, added);
    added += share;
    return sizeOf(set) + share;
  });
  if (toAdd !== 0) sizes[0] = Math.max(0, sizes[0]! + toAdd - added);
  return sorted.map((set, i) => ({ name: set.metadata.name, size: sizes[i]! }));
}

function shareOf(deployment: Deployment, set: ReplicaSet, toAdd: number, added: number): number {
  if (sizeOf(set) === 0 || toAdd === added) return 0;
  const fraction = fractionOf(deployment, set);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(deployment: Deployment, set: ReplicaSet): number {
  const desired = desiredReplicas(deployment);
  if (desired === 0) return -sizeOf(set);
  const mostBefore = annotatedNumber(set, MAX_REPLICAS) || (deployment.status?.replicas ?? 0);
  if (mostBefore === 0) return 0;
  const size = (sizeOf(set) * (desired + fenceposts(deployment).maxSurge)) / mostBefore;
  return Math.round(size) - sizeOf(set);
}

function annotatedNumber(set: ReplicaSet, key: string): number | undefined {
  const text = set.metadata?.annotations?.[key];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
