import { findCondition, withCondition, withoutCondition } from './conditions.ts';
import { availableInMs } from './pods.ts';
import type { Pod, ReplicaSet } from '../../api/kinds.ts';
import type { ReplicaSetCondition, ReplicaSetStatus } from 'kubernetes-types/apps/v1';

/** What went wrong while replicas were made or removed. */
export interface ReplicaFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface ReplicaTally {
  readonly replicas: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  readonly available: number;
  /** When the next ready pod becomes available, if one will by time alone. */
  readonly nextAvailableInMs: number | undefined;
}

/** Counts active pods as a replica set's status does (replica_set_utils.go calculateStatus). */
export function tallyReplicas(
  pods: readonly Pod[],
  templateLabels: Readonly<Record<string, string>> | undefined,
  minReadySeconds: number,
  nowMs: number,
): ReplicaTally {
  const wanted = Object.entries(templateLabels ?? {});
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  let nextAvailableInMs: number | undefined;
  for (const pod of pods) {
    const labels = pod.metadata?.labels ?? {};
    if (wanted.every(([key, value]) => labels[key] === value)) fullyLabeled++;
    const waitMs = availableInMs(pod, minReadySeconds, nowMs);
    if (waitMs === undefined) continue;
    ready++;
    if (waitMs === 0) available++;
    else if (nextAvailableInMs === undefined || waitMs < nextAvailableInMs) nextAvailableInMs = waitMs;
  }
  return { replicas: pods.length, fullyLabeled, ready, available, nextAvailableInMs };
}

/** The status that follows from a tally and from what failed; counts of zero are left out but for `replicas`. */
export function replicaStatus(
  present: ReplicaSetStatus | undefined,
  tally: ReplicaTally,
  generation: number | undefined,
  failure: ReplicaFailure | undefined,
  now: string,
): ReplicaSetStatus {
  const conditions = failureConditions(present?.conditions, failure, now);
  return {
    replicas: tally.replicas,
    ...(tally.fullyLabeled > 0 && { fullyLabeledReplicas: tally.fullyLabeled }),
    ...(tally.ready > 0 && { readyReplicas: tally.ready }),
    ...(tally.available > 0 && { availableReplicas: tally.available }),
    ...(generation && { observedGeneration: generation }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function failureConditions(
  present: readonly ReplicaSetCondition[] | undefined,
  failure: ReplicaFailure | undefined,
  now: string,
): ReplicaSetCondition[] {
  const has = findCondition(present, 'ReplicaFailure') !== undefined;
  if (!failure) return has ? withoutCondition(present, 'ReplicaFailure') : [...(present ?? [])];
  if (has) return [...present!];
  return withCondition(present, {
    type: 'ReplicaFailure',
    status: 'True',
    lastTransitionTime: now as ReplicaSetCondition['lastTransitionTime'],
    reason: failure.reason,
    message: failure.message,
  });
}

/** Whether two statuses say the same. */
export function sameReplicaStatus(a: ReplicaSet['status'], b: ReplicaSet['status']): boolean {
  return (
    (a?.replicas ?? 0) === (b?.replicas ?? 0) &&
    (a?.fullyLabeledReplicas ?? 0) === (b?.fullyLabeledReplicas ?? 0) &&
    (a?.readyReplicas ?? 0) === (b?.readyReplicas ?? 0) &&
    (a?.availableReplicas ?? 0) === (b?.availableReplicas ?? 0) &&
    (a?.observedGeneration ?? 0) === (b?.observedGeneration ?? 0) &&
    (a?.conditions ?? []).length === (b?.conditions ?? []).length &&
    (a?.conditions ?? []).every((condition, i) => condition === b!.conditions![i])
  );
}
