import { fitsNodeAffinity } from '../shared/node-fit.ts';
import { createdAtMs, isPodAvailable, isPodReady } from '../shared/pods.ts';
import { REVISION_HASH_LABEL } from '../shared/revisions.ts';
import { scaledValue } from '../shared/int-or-percent.ts';
import { NOT_READY, tolerates, UNREACHABLE } from '../shared/taints.ts';
import type { DaemonSet, Node, Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { PodSpec, PodTemplateSpec, Toleration } from 'kubernetes-types/core/v1';

const NODE_NAME_FIELD = 'metadata.name';

/** Tolerations that every daemon pod has (daemonset_util.go AddOrUpdateDaemonPodTolerations). */
export function daemonTolerations(spec: PodSpec): Toleration[] {
  const added: Toleration[] = [
    { key: NOT_READY, operator: 'Exists', effect: 'NoExecute' },
    { key: UNREACHABLE, operator: 'Exists', effect: 'NoExecute' },
    { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
  ];
  if (spec.hostNetwork) added.push({ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' });
  const own = (spec.tolerations ?? []).filter(
    (toleration) =>
      !added.some((each) => each.key === toleration.key && each.effect === toleration.effect && toleration.operator === 'Exists'),
  );
  return [...own, ...added];
}

/** The template of the pod for one node: pinned to it by affinity (daemonset_util.go ReplaceDaemonSetPodNodeNameNodeAffinity). */
export function templateForNode(set: DaemonSet, node: string, hash: string): PodTemplateSpec {
  const template = set.spec?.template ?? {};
  const spec = template.spec ?? { containers: [] };
  const nodeAffinity = {
    ...spec.affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: NODE_NAME_FIELD, operator: 'In', values: [node] }] }],
    },
  };
  const generation = set.metadata?.annotations?.['deprecated.daemonset.template.generation'];
  return {
    metadata: {
      ...template.metadata,
      labels: { ...template.metadata?.labels, [REVISION_HASH_LABEL]: hash, ...(generation && { 'pod-template-generation': generation }) },
    },
    spec: { ...spec, affinity: { ...spec.affinity, nodeAffinity }, tolerations: daemonTolerations(spec) },
  };
}

export interface NodeWish {
  /** A pod is to be there. */
  readonly run: boolean;
  /** A pod that is there already may stay. */
  readonly keep: boolean;
}

/** Whether a node is to have a daemon pod (daemon_controller.go NodeShouldRunDaemonPod). */
export function nodeWish(spec: PodSpec, tolerations: readonly Toleration[], node: Stored<Node>): NodeWish {
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, keep: false };
  if (!fitsNodeAffinity(spec, node)) return { run: false, keep: false };
  const repelling = (node.spec?.taints ?? []).filter(
    (taint) =>
      (taint.effect === 'NoExecute' || taint.effect === 'NoSchedule') && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
  if (repelling.length === 0) return { run: true, keep: true };
  return { run: false, keep: !repelling.some((taint) => taint.effect === 'NoExecute') };
}

/** The node a daemon pod is on, or is meant for while it is not scheduled. */
export function nodeOfPod(pod: Pod): string | undefined {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  for (const term of terms)
    for (const field of term.matchFields ?? []) if (field.key === NODE_NAME_FIELD && field.operator === 'In') return field.values?.[0];
  return undefined;
}

export interface DaemonState {
  readonly set: DaemonSet;
  /** Every node with what is wished for it. */
  readonly wishes: ReadonlyMap<string, NodeWish>;
  /** Daemon pods by node, the oldest first. */
  readonly podsByNode: ReadonlyMap<string, readonly Stored<Pod>[]>;
  readonly hash: string;
  readonly nowMs: number;
}

export interface DaemonPlan {
  /** Nodes that lack their pod. */
  readonly create: string[];
  readonly remove: Stored<Pod>[];
  /** Of those removed, the ones that ended by themselves. */
  readonly ended: Stored<Pod>[];
}

export function byAge(a: Stored<Pod>, b: Stored<Pod>): number {
  return createdAtMs(a) - createdAtMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

export function maxSurge(set: DaemonSet, desired: number): number {
  if (set.spec?.updateStrategy?.type === 'OnDelete') return 0;
  return scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxSurge as never, desired, true, 0);
}

export function maxUnavailable(set: DaemonSet, desired: number): number {
  return scaledValue(set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable as never, desired, true, 1);
}

function desiredNumber({ wishes }: DaemonState): number {
  let desired = 0;
  for (const wish of wishes.values()) if (wish.run) desired++;
  return desired;
}

/** One pod on every node that is to have one, none elsewhere (podsShouldBeOnNode). */
export function planDaemons(state: DaemonState): DaemonPlan {
  const plan: DaemonPlan = { create: [], remove: [], ended: [] };
  const surge = maxSurge(state.set, desiredNumber(state)) > 0;
  for (const [node, wish] of state.wishes) {
    const pods = state.podsByNode.get(node) ?? [];
    if (wish.run && pods.length === 0) plan.create.push(node);
    else if (!wish.keep) plan.remove.push(...pods.filter((pod) => pod.metadata.deletionTimestamp === undefined));
    else planOccupied(state, pods, surge, plan);
  }
  for (const [node, pods] of state.podsByNode) {
    if (!state.wishes.has(node))
      plan.remove.push(...pods.filter((pod) => !pod.spec?.nodeName && pod.metadata.deletionTimestamp === undefined));
  }
  return plan;
}

function planOccupied(state: DaemonState, pods: readonly Stored<Pod>[], surge: boolean, plan: DaemonPlan): void {
  const running: Stored<Pod>[] = [];
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const phase = pod.status?.phase;
    if (phase === 'Failed' || phase === 'Succeeded') {
      plan.remove.push(pod);
      plan.ended.push(pod);
    } else running.push(pod);
  }
  if (!surge) {
    plan.remove.push(...running.slice(1));
    return;
  }
  const old = running.filter((pod) => !isUpdated(pod, state.hash));
  const fresh = running.filter((pod) => isUpdated(pod, state.hash));
  plan.remove.push(...old.slice(1), ...fresh.slice(1));
  if (old.length > 0 && fresh.length > 0 && isPodAvailable(fresh[0]!, state.set.spec?.minReadySeconds ?? 0, state.nowMs))
    plan.remove.push(old[0]!);
}

export function isUpdated(pod: Pod, hash: string): boolean {
  return pod.metadata?.labels?.[REVISION_HASH_LABEL] === hash;
}

/** The next step of a rolling update: which old pods go, and which nodes get a second pod first (update.go rollingUpdate). */
export function planUpdate(state: DaemonState): { create: string[]; remove: Stored<Pod>[] } {
  const desired = desiredNumber(state);
  const surge = maxSurge(state.set, desired);
  return surge > 0 ? planSurge(state, surge) : { create: [], remove: planReplacement(state, maxUnavailable(state.set, desired)) };
}

function planReplacement(state: DaemonState, most: number): Stored<Pod>[] {
  const minReady = state.set.spec?.minReadySeconds ?? 0;
  let unavailable = 0;
  const broken: Stored<Pod>[] = [];
  const candidates: Stored<Pod>[] = [];
  for (const [node, wish] of state.wishes) {
    if (!wish.run) continue;
    const pods = (state.podsByNode.get(node) ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const fresh = pods.find((pod) => isUpdated(pod, state.hash));
    const old = pods.find((pod) => !isUpdated(pod, state.hash));
    if (fresh ? !isPodAvailable(fresh, minReady, state.nowMs) : !old) unavailable++;
    else if (!fresh && old && isPodAvailable(old, minReady, state.nowMs)) candidates.push(old);
    else if (!fresh && old) {
      broken.push(old);
      unavailable++;
    }
  }
  return [...broken, ...candidates.slice(0, Math.max(0, most - unavailable))];
}

function planSurge(state: DaemonState, most: number): { create: string[]; remove: Stored<Pod>[] } {
  const minReady = state.set.spec?.minReadySeconds ?? 0;
  let surging = 0;
  const candidates: string[] = [];
  const remove: Stored<Pod>[] = [];
  for (const [node, wish] of state.wishes) {
    if (!wish.run) continue;
    const pods = (state.podsByNode.get(node) ?? []).filter((pod) => pod.metadata.deletionTimestamp === undefined);
    const fresh = pods.find((pod) => isUpdated(pod, state.hash));
    const old = pods.find((pod) => !isUpdated(pod, state.hash));
    if (!old) continue;
    if (!fresh) candidates.push(node);
    else if (isPodAvailable(fresh, minReady, state.nowMs)) remove.push(old);
    else surging++;
  }
  return { create: candidates.slice(0, Math.max(0, most - surging)), remove };
}

/** The status of a daemon set (updateDaemonSetStatus). */
export function daemonStatus(state: DaemonState, generation: number | undefined, collisionCount: number): NonNullable<DaemonSet['status']> {
  const minReady = state.set.spec?.minReadySeconds ?? 0;
  let [desired, current, misscheduled, ready, updated, available] = [0, 0, 0, 0, 0, 0];
  for (const [node, wish] of state.wishes) {
    const [pod] = state.podsByNode.get(node) ?? [];
    if (!wish.run) {
      if (pod) misscheduled++;
      continue;
    }
    desired++;
    if (!pod) continue;
    current++;
    if (isPodReady(pod)) {
      ready++;
      if (isPodAvailable(pod, minReady, state.nowMs)) available++;
    }
    if (isUpdated(pod, state.hash)) updated++;
  }
  return {
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    ...(generation && { observedGeneration: generation }),
    ...(updated > 0 && { updatedNumberScheduled: updated }),
    ...(available > 0 && { numberAvailable: available }),
    ...(desired - available > 0 && { numberUnavailable: desired - available }),
    ...(collisionCount > 0 && { collisionCount }),
  };
}
