import { findCondition, withCondition, withoutCondition } from '../shared/conditions.ts';
import { equalValues } from '../../api/equal.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { desiredReplicas, fenceposts, hasProgressDeadline, totalSize } from './arithmetic.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { DeploymentCondition, DeploymentStatus, ReplicaSetStatus } from 'kubernetes-types/apps/v1';

export interface Instant {
  readonly epochMs: number;
  readonly text: string;
}

/** Milliseconds after which the deployment should be looked at again, for its deadline. */
export interface StatusDecision {
  readonly status: DeploymentStatus;
  readonly changed: boolean;
  readonly recheckInMs: number | undefined;
}

export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: Instant,
): DeploymentCondition {
  return { type, status, lastUpdateTime: now.text, lastTransitionTime: now.text, reason, message } as unknown as DeploymentCondition;
}

function sum(sets: readonly ReplicaSet[], field: keyof ReplicaSetStatus): number {
  return sets.reduce((total, set) => total + ((set.status?.[field] as number | undefined) ?? 0), 0);
}

/** Counts and the Available condition (sync.go calculateStatus). Zeros are left out. */
export function countedStatus(
  deployment: Stored<Deployment>,
  present: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: Instant,
): DeploymentStatus {
  const available = sum(all, 'availableReplicas');
  const enough = available >= desiredReplicas(deployment) - fenceposts(deployment).maxUnavailable;
  const availability = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  return compact({
    observedGeneration: deployment.metadata.generation,
    replicas: sum(all, 'replicas'),
    updatedReplicas: present ? sum([present], 'replicas') : 0,
    readyReplicas: sum(all, 'readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
    collisionCount: deployment.status?.collisionCount,
    conditions: withCondition(deployment.status?.conditions, availability),
  });
}

/** The status during a rollout: counts, Available, Progressing, ReplicaFailure (progress.go syncRolloutStatus). */
export function rolloutStatus(
  deployment: Stored<Deployment>,
  present: Stored<ReplicaSet> | undefined,
  all: readonly Stored<ReplicaSet>[],
  now: Instant,
): StatusDecision {
  const counted = countedStatus(deployment, present, all, now);
  const progressed = progressConditions(deployment, counted, present, now);
  const failures = failureCondition(all, present);
  const conditions = failures ? withCondition(progressed, failures) : withoutCondition(progressed, 'ReplicaFailure');
  return decide(deployment, compact({ ...counted, conditions }), now);
}

/** The status of a deployment that is paused, being scaled or deleted (sync.go syncDeploymentStatus). */
export function plainStatus(
  deployment: Stored<Deployment>,
  present: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: Instant,
): StatusDecision {
  const status = countedStatus(deployment, present, all, now);
  return { status, changed: !equalValues(deployment.status, status), recheckInMs: undefined };
}

function decide(deployment: Stored<Deployment>, status: DeploymentStatus, now: Instant): StatusDecision {
  const changed = !equalValues(deployment.status, status);
  return { status, changed, recheckInMs: changed ? undefined : recheckIn(deployment, status, now) };
}

function progressConditions(
  deployment: Stored<Deployment>,
  status: DeploymentStatus,
  present: Stored<ReplicaSet> | undefined,
  now: Instant,
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return withoutCondition(conditions, 'Progressing');
  const current = findCondition(deployment.status?.conditions, 'Progressing');
  const settled = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (settled) return conditions;
  const what = present ? `ReplicaSet "${present.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    return withCondition(
      conditions,
      condition('Progressing', 'True', 'NewReplicaSetAvailable', `${what} has successfully progressed.`, now),
    );
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const progress = condition('Progressing', 'True', 'ReplicaSetUpdated', `${what} is progressing.`, now);
    const kept = current?.status === 'True' ? { ...progress, lastTransitionTime: current.lastTransitionTime } : progress;
    return [...withoutCondition(conditions, 'Progressing'), kept];
  }
  if (hasTimedOut(deployment, status, now)) {
    return withCondition(
      conditions,
      condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${what} has timed out progressing.`, now),
    );
  }
  return conditions;
}

/** Whether all replicas are updated and available and no old ones are left (deployment_util.go DeploymentComplete). */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  );
}

/** Whether anything has come nearer to completion (deployment_util.go DeploymentProgressing). */
function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function deadlineMs(deployment: Deployment, progressing: DeploymentCondition): number {
  return parseRfc3339(String(progressing.lastUpdateTime)) + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000;
}

function hasTimedOut(deployment: Deployment, status: DeploymentStatus, now: Instant): boolean {
  const progressing = findCondition(status.conditions, 'Progressing');
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  return progressing.reason === 'ProgressDeadlineExceeded' || deadlineMs(deployment, progressing) < now.epochMs;
}

/** When to look whether the deadline has passed (progress.go requeueStuckDeployment). */
function recheckIn(deployment: Deployment, status: DeploymentStatus, now: Instant): number | undefined {
  const progressing = findCondition(deployment.status?.conditions, 'Progressing');
  if (!progressing || !hasProgressDeadline(deployment)) return undefined;
  if (isComplete(deployment, status) || progressing.reason === 'ProgressDeadlineExceeded') return undefined;
  return Math.max(0, deadlineMs(deployment, progressing) - now.epochMs) + 1000;
}

function failureCondition(all: readonly ReplicaSet[], present: ReplicaSet | undefined): DeploymentCondition | undefined {
  const candidates = present ? [present, ...all] : all;
  for (const set of candidates) {
    const failure = findCondition(set.status?.conditions, 'ReplicaFailure');
    if (!failure) continue;
    const { type, status, lastTransitionTime, reason, message } = failure;
    return { type, status, lastUpdateTime: lastTransitionTime, lastTransitionTime, reason, message } as DeploymentCondition;
  }
  return undefined;
}

/** Without counts of zero and empty lists, as Go's omitempty writes it. */
function compact(status: DeploymentStatus): DeploymentStatus {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(status)) {
    if (value === undefined || (value === 0 && key !== 'collisionCount') || (Array.isArray(value) && value.length === 0)) continue;
    result[key] = value;
  }
  return result as DeploymentStatus;
}
