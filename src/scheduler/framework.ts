import type { Pod } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { NodeInfo } from './node-info.ts';
import type { PodInfo } from './pod-info.ts';

/**
 * Why a pod does not fit. `unresolvable`: removing pods from the node would not help, so preemption
 * does not try. Reasons are the texts of Kubernetes' plugins; several are possible.
 */
export interface Refusal {
  readonly unresolvable: boolean;
  readonly reasons: readonly string[];
}

/** Kinds of change in the cluster that may make a refused pod schedulable (framework.ClusterEvent). */
export type ClusterChange =
  | 'node-added'
  | 'node-allocatable'
  | 'node-labels'
  | 'node-taints'
  | 'node-unschedulable'
  | 'node-images'
  | 'pod-added'
  | 'pod-labels'
  | 'pod-removed'
  | 'claim-changed';

/** What a plugin remembers between the extension points of one cycle. */
export type CycleState = Map<string, unknown>;

export interface Cluster {
  /** All nodes, in the order in which they came. */
  readonly nodes: readonly NodeInfo[];
  /** How many of the pods of `namespace` that `matches` accepts are on each node, kept up to date between cycles. */
  countPods(namespace: string, selectorKey: string, matches: (pod: Stored<Pod>) => boolean): ReadonlyMap<string, number>;
}

/**
 * A plugin knows only this framework. Each method is one extension point of Kubernetes' scheduling
 * framework; results are data, undefined means success.
 */
export interface Plugin {
  readonly name: string;
  /** Changes after which a pod that this plugin refused is worth another try. */
  readonly retriesAfter: readonly ClusterChange[];
  /** Holds a pod back from the queue. */
  preEnqueue?(pod: Stored<Pod>): Refusal | undefined;
  /** Looks at the pod once a cycle. `skip` leaves the plugin's filter out for this pod. */
  preFilter?(pod: PodInfo, cluster: Cluster, state: CycleState): Refusal | 'skip' | undefined;
  filter?(pod: PodInfo, node: NodeInfo, state: CycleState): Refusal | undefined;
  /** `skip` leaves the plugin's score out for this pod. */
  preScore?(pod: PodInfo, nodes: readonly NodeInfo[], cluster: Cluster, state: CycleState): 'skip' | undefined;
  /** Higher is better; 0 to 100 unless `normalize` brings it there. */
  score?(pod: PodInfo, node: NodeInfo, state: CycleState): number;
  /** Brings raw scores to 0..100 in place. */
  normalize?(scores: number[], nodes: readonly NodeInfo[], state: CycleState): void;
}

export const MAX_SCORE = 100;

/** framework helper.DefaultNormalizeScore: scales to 0..100 by the greatest; `reverse` for costs. */
export function normalizeByGreatest(scores: number[], reverse: boolean): void {
  let greatest = 0;
  for (const score of scores) if (score > greatest) greatest = score;
  for (let i = 0; i < scores.length; i++) {
    const scaled = greatest === 0 ? 0 : Math.trunc((scores[i]! * MAX_SCORE) / greatest);
    scores[i] = reverse ? MAX_SCORE - scaled : scaled;
  }
}

export function refuse(...reasons: string[]): Refusal {
  return { unresolvable: false, reasons };
}

export function refuseForGood(...reasons: string[]): Refusal {
  return { unresolvable: true, reasons };
}
