import { groupPods, milli, quantityOfMilli, requestOf, samplesOf, type PodMetrics, type Sample, type Samplers } from './metrics.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export interface Target {
  readonly resource: string;
  /** One container only. */
  readonly container?: string;
  /** Per cent of what is asked for. */
  readonly utilization?: number;
  /** Or so much a pod. */
  readonly averageValue?: string;
}

export interface Proposal {
  readonly replicas: number;
  /** Per cent, when the target is one. */
  readonly utilization?: number;
  readonly averageValue: string;
}

export interface Situation {
  readonly pods: readonly Stored<Pod>[];
  readonly metrics: readonly PodMetrics[];
  readonly currentReplicas: number;
  readonly samplers: Samplers;
  readonly nowMs: number;
}

/** How many replicas a resource metric asks for (replica_calculator.go GetResourceReplicas, GetRawResourceReplicas). Throws with the reason when it cannot say. */
export function proposeReplicas(target: Target, situation: Situation): Proposal {
  const { pods, metrics, currentReplicas, samplers, nowMs } = situation;
  const samples = samplesOf(metrics, target.resource, target.container);
  if (samples.size === 0)
    throw new Error(`unable to get metrics for resource ${target.resource}: no metrics returned from resource metrics API`);
  const { ready, unready, missing } = groupPods(pods, samples, target.resource, samplers, nowMs);
  const used = new Map(ready.map((pod) => [pod.metadata.name, samples.get(pod.metadata.name)!.milli]));
  if (used.size === 0) throw new Error('did not receive metrics for targeted pods (pods might be unready)');
  const requests =
    target.utilization === undefined
      ? undefined
      : new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, target.resource, target.container)]));
  const ratio = ratioOf(target, used, requests);
  const reported = report(target, used, requests);
  const within = (value: number): boolean => Math.abs(1 - value) <= samplers.tolerance;
  const growsWithUnready = unready.length > 0 && ratio > 1;
  if (!growsWithUnready && missing.length === 0) {
    return { ...reported, replicas: within(ratio) ? currentReplicas : Math.ceil(ratio * ready.length) };
  }
  for (const pod of missing) used.set(pod.metadata.name, ratio < 1 ? fullUse(target, requests, pod) : 0);
  if (growsWithUnready) for (const pod of unready) used.set(pod.metadata.name, 0);
  const cautious = ratioOf(target, used, requests);
  if (within(cautious) || (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1)) return { ...reported, replicas: currentReplicas };
  const replicas = Math.ceil(cautious * used.size);
  const contrary = (cautious < 1 && replicas > currentReplicas) || (cautious > 1 && replicas < currentReplicas);
  return { ...reported, replicas: contrary ? currentReplicas : replicas };
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function utilizationOf(used: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number>): number {
  const requested = total([...used.keys()].map((name) => requests.get(name) ?? 0));
  if (requested === 0) throw new Error('no metrics returned matched known pods');
  return Math.trunc((total(used.values()) * 100) / requested);
}

function ratioOf(target: Target, used: ReadonlyMap<string, number>, requests: ReadonlyMap<string, number> | undefined): number {
  if (requests) return utilizationOf(used, requests) / target.utilization!;
  return total(used.values()) / used.size / milli(target.averageValue!);
}

function report(
  target: Target,
  used: ReadonlyMap<string, number>,
  requests: ReadonlyMap<string, number> | undefined,
): Omit<Proposal, 'replicas'> {
  const averageValue = quantityOfMilli(Math.trunc(total(used.values()) / used.size), target.resource);
  return requests ? { utilization: utilizationOf(used, requests), averageValue } : { averageValue };
}

/** A pod without a sample is taken to use all it should before the number shrinks. */
function fullUse(target: Target, requests: ReadonlyMap<string, number> | undefined, pod: Stored<Pod>): number {
  if (!requests) return milli(target.averageValue!);
  return Math.trunc(((requests.get(pod.metadata.name) ?? 0) * Math.max(100, target.utilization!)) / 100);
}

export type { Sample };
