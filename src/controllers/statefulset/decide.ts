import { isPodAvailable, isPodReady } from '../shared/pods.ts';
import { REVISION_HASH_LABEL } from '../shared/revisions.ts';
import { scaledValue } from '../shared/int-or-percent.ts';
import { firstOrdinal, hasIdentity, ordinalOf } from './identity.ts';
import type { Pod, StatefulSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export interface StatefulState {
  readonly set: Stored<StatefulSet>;
  readonly pods: readonly Stored<Pod>[];
  /** Names of the revisions that pods have and are to have. */
  readonly currentRevision: string;
  readonly updateRevision: string;
  readonly nowMs: number;
}

export type StatefulStep =
  | { readonly do: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  /** A pod that ended; it comes back once it is gone. */
  | { readonly do: 'recreate'; readonly pod: Stored<Pod> }
  | { readonly do: 'claims'; readonly ordinal: number }
  | { readonly do: 'restore'; readonly pod: Stored<Pod> }
  /** The set is too large, or the pod too old. */
  | { readonly do: 'delete'; readonly pod: Stored<Pod>; readonly why: 'scale' | 'update' };

export function isCreated(pod: Pod): boolean {
  return (pod.status?.phase ?? '') !== '';
}

export function isTerminating(object: { metadata?: { deletionTimestamp?: unknown } }): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

export function revisionOfPod(pod: Pod): string | undefined {
  return pod.metadata?.labels?.[REVISION_HASH_LABEL];
}

/**
 * The next steps towards as many pods as asked for, each with its ordinal, one after the other
 * unless management is parallel (stateful_set_control.go updateStatefulSet).
 */
export function planStateful(state: StatefulState): StatefulStep[] {
  const { set } = state;
  if (isTerminating(set)) return [];
  const { wanted, condemned } = sortPods(state);
  const oneByOne = set.spec?.podManagementPolicy !== 'Parallel';
  const steps: StatefulStep[] = [];
  for (const [index, pod] of wanted.entries()) {
    const done = planReplica(state, firstOrdinal(set) + index, pod, oneByOne, steps);
    if (!done && oneByOne) return steps;
  }
  if (!planCondemned(state, wanted, condemned, oneByOne, steps)) return steps;
  if (set.spec?.updateStrategy?.type !== 'OnDelete' && (oneByOne || steps.length === 0)) planUpdate(state, wanted, steps);
  return steps;
}

interface Sorted {
  /** By ordinal from the first; undefined where there is no pod. */
  readonly wanted: (Stored<Pod> | undefined)[];
  /** The highest ordinal first. */
  readonly condemned: Stored<Pod>[];
}

function sortPods({ set, pods }: StatefulState): Sorted {
  const first = firstOrdinal(set);
  const replicas = set.spec?.replicas ?? 1;
  const wanted: (Stored<Pod> | undefined)[] = Array.from({ length: replicas }, () => undefined);
  const condemned: Stored<Pod>[] = [];
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod);
    if (ordinal >= first && ordinal < first + replicas) wanted[ordinal - first] = pod;
    else if (ordinal >= 0) condemned.push(pod);
  }
  condemned.sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a));
  return { wanted, condemned };
}

/** Adds what one replica needs; false when later ones have to wait for it. */
function planReplica(
  state: StatefulState,
  ordinal: number,
  pod: Stored<Pod> | undefined,
  oneByOne: boolean,
  steps: StatefulStep[],
): boolean {
  const { set } = state;
  if (!pod) {
    steps.push({ do: 'create', ordinal, revision: needsCurrent(state, ordinal) ? 'current' : 'update' });
    return false;
  }
  const phase = pod.status?.phase;
  if (phase === 'Failed' || phase === 'Succeeded') {
    if (!isTerminating(pod)) steps.push({ do: 'recreate', pod });
    return false;
  }
  if (phase === 'Pending') steps.push({ do: 'claims', ordinal });
  if (oneByOne && (isTerminating(pod) || !isRunningAndReady(pod))) return false;
  if (oneByOne && !isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, state.nowMs)) return false;
  if (!isTerminating(pod) && !hasIdentity(set, pod)) steps.push({ do: 'restore', pod });
  return true;
}

/** Ordinals below the partition keep the revision the set had; so do those not yet reached. */
function needsCurrent({ set, updateRevision, currentRevision }: StatefulState, ordinal: number): boolean {
  if (updateRevision === currentRevision) return false;
  if (set.spec?.updateStrategy?.type === 'OnDelete') return false;
  const rolling = set.spec?.updateStrategy?.rollingUpdate;
  const limit = rolling ? (rolling.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  return ordinal < firstOrdinal(set) + limit;
}

/** False when what comes after scaling down has to wait. */
function planCondemned(
  state: StatefulState,
  wanted: readonly (Stored<Pod> | undefined)[],
  condemned: readonly Stored<Pod>[],
  oneByOne: boolean,
  steps: StatefulStep[],
): boolean {
  const minReadySeconds = state.set.spec?.minReadySeconds ?? 0;
  const unhealthy = [...wanted, ...[...condemned].reverse()].find((pod) => pod && (!isRunningAndReady(pod) || isTerminating(pod)));
  for (const pod of condemned) {
    if (isTerminating(pod)) {
      if (oneByOne) return false;
      continue;
    }
    if (oneByOne && pod !== unhealthy && (!isRunningAndReady(pod) || !isPodAvailable(pod, minReadySeconds, state.nowMs))) return false;
    steps.push({ do: 'delete', pod, why: 'scale' });
    if (oneByOne) return false;
  }
  return true;
}

/** From the highest ordinal down to the partition, as many at once as may be unavailable. */
function planUpdate(
  { set, updateRevision, nowMs }: StatefulState,
  wanted: readonly (Stored<Pod> | undefined)[],
  steps: StatefulStep[],
): void {
  const rolling = set.spec?.updateStrategy?.rollingUpdate;
  const lowest = Math.max(0, (rolling?.partition ?? 0) - firstOrdinal(set));
  const most = Math.max(1, scaledValue(rolling?.maxUnavailable as never, set.spec?.replicas ?? 1, true, 1));
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const isUnavailable = (pod: Stored<Pod> | undefined): boolean =>
    !pod || isTerminating(pod) || !isRunningAndReady(pod) || !isPodAvailable(pod, minReadySeconds, nowMs);
  let unavailable = 0;
  for (let index = wanted.length - 1; index >= lowest && unavailable < most; index--) {
    const pod = wanted[index];
    if (pod && revisionOfPod(pod) !== updateRevision && !isTerminating(pod)) {
      steps.push({ do: 'delete', pod, why: 'update' });
      unavailable++;
    } else if (isUnavailable(pod)) unavailable++;
  }
}

/** The status of a stateful set after a look at its pods (computeReplicaStatus, completeRollingUpdate). */
export function statefulStatus(state: StatefulState, collisionCount: number): NonNullable<StatefulSet['status']> {
  const { set, pods, updateRevision, nowMs } = state;
  let { currentRevision } = state;
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  let [replicas, ready, available, current, updated] = [0, 0, 0, 0, 0];
  for (const pod of pods) {
    if (isCreated(pod)) replicas++;
    if (isRunningAndReady(pod)) {
      ready++;
      if (isPodAvailable(pod, minReadySeconds, nowMs)) available++;
    }
    if (!isCreated(pod) || isTerminating(pod)) continue;
    if (revisionOfPod(pod) === currentRevision) current++;
    if (revisionOfPod(pod) === updateRevision) updated++;
  }
  if (
    set.spec?.updateStrategy?.type !== 'OnDelete' &&
    updated === replicas &&
    ready === replicas &&
    replicas === (set.spec?.replicas ?? 1)
  ) {
    current = updated;
    currentRevision = updateRevision;
  }
  return {
    ...(set.metadata.generation && { observedGeneration: set.metadata.generation }),
    replicas,
    ...(ready > 0 && { readyReplicas: ready }),
    ...(current > 0 && { currentReplicas: current }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision,
    updateRevision,
    collisionCount,
    availableReplicas: available,
  };
}
