import { scaledValue } from '../shared/int-or-percent.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';

/** `progressDeadlineSeconds` of manifests of old API versions: no deadline. */
const NO_DEADLINE = 2147483647;

export function desiredReplicas(deployment: Deployment): number {
  return deployment.spec?.replicas ?? 1;
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return (deployment.spec?.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

export interface Fenceposts {
  /** How many pods there may be beyond the desired ones. */
  readonly maxSurge: number;
  /** How many of the desired pods may be missing. */
  readonly maxUnavailable: number;
}

/** Surge and unavailability in pods (deployment_util.go ResolveFenceposts): both zero would stall, so one may be missing. */
export function fenceposts(deployment: Deployment): Fenceposts {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return { maxSurge: 0, maxUnavailable: 0 };
  const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge as number | string | undefined, desired, true, '25%');
  const unavailable = scaledValue(maxUnavailable as number | string | undefined, desired, false, '25%');
  const missing = surge === 0 && unavailable === 0 ? 1 : unavailable;
  return { maxSurge: surge, maxUnavailable: desired === 0 ? 0 : Math.min(missing, desired) };
}

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== NO_DEADLINE;
}

export function sizeOf(set: ReplicaSet): number {
  return set.spec?.replicas ?? 1;
}

export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}

/** How large the new replica set may be now (deployment_util.go NewRSNewReplicas). `present`: its size, 0 before it exists. */
export function newSetSize(deployment: Deployment, allSize: number, present: number): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const most = desired + fenceposts(deployment).maxSurge;
  if (allSize >= most) return present;
  return present + Math.min(most - allSize, desired - present);
}
