import { cpuMillis, parseQuantity } from '../../api/quantity.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { podCondition } from '../shared/pods.ts';
import { parseGoDuration } from '../shared/workers.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

/** `metrics.k8s.io/v1beta1` PodMetrics. */
export interface PodMetrics {
  readonly metadata: { readonly name: string };
  readonly timestamp?: string;
  readonly window?: string;
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

/** A resource's use by one pod, in thousandths of its unit. */
export interface Sample {
  readonly milli: number;
  readonly atMs: number;
  readonly windowMs: number;
}

export interface Samplers {
  readonly cpuInitializationMs: number;
  readonly initialReadinessMs: number;
  readonly tolerance: number;
}

export function milli(quantity: string): number {
  return cpuMillis(quantity);
}

/** A resource's use by pod name; a pod of which any container is missing is left out. */
export function samplesOf(items: readonly PodMetrics[], resource: string, container: string | undefined): Map<string, Sample> {
  const samples = new Map<string, Sample>();
  for (const item of items) {
    const wanted = container === undefined ? item.containers : item.containers.filter((each) => each.name === container);
    if (wanted.length === 0 || wanted.some(({ usage }) => usage[resource] === undefined)) continue;
    const total = wanted.reduce((sum, { usage }) => sum + milli(usage[resource]!), 0);
    samples.set(item.metadata.name, {
      milli: total,
      atMs: parseRfc3339(item.timestamp ?? ''),
      windowMs: parseGoDuration(item.window ?? '0s') ?? 0,
    });
  }
  return samples;
}

export interface Groups {
  readonly ready: Stored<Pod>[];
  /** Not ready, or so young that their use of CPU says nothing yet. */
  readonly unready: Stored<Pod>[];
  readonly missing: Stored<Pod>[];
}

/** Sorts pods by what their samples are good for (replica_calculator.go groupPods). */
export function groupPods(
  pods: readonly Stored<Pod>[],
  samples: ReadonlyMap<string, Sample>,
  resource: string,
  samplers: Samplers,
  nowMs: number,
): Groups {
  const groups: Groups = { ready: [], unready: [], missing: [] };
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Failed') continue;
    const sample = samples.get(pod.metadata.name);
    if (pod.status?.phase === 'Pending') groups.unready.push(pod);
    else if (!sample) groups.missing.push(pod);
    else if (resource === 'cpu' && !isSettled(pod, sample, samplers, nowMs)) groups.unready.push(pod);
    else groups.ready.push(pod);
  }
  return groups;
}

function isSettled(pod: Pod, sample: Sample, samplers: Samplers, nowMs: number): boolean {
  const ready = podCondition(pod, 'Ready');
  const started = pod.status?.startTime as string | undefined;
  if (!ready || !started) return false;
  const startedMs = parseRfc3339(started);
  const changedMs = parseRfc3339(String(ready.lastTransitionTime));
  if (startedMs + samplers.cpuInitializationMs > nowMs) return ready.status !== 'False' && sample.atMs >= changedMs + sample.windowMs;
  return !(ready.status === 'False' && startedMs + samplers.initialReadinessMs > changedMs);
}

/** What a pod (or one container) asks for, in thousandths. Throws when a container asks for nothing. */
export function requestOf(pod: Stored<Pod>, resource: string, container: string | undefined): number {
  let total = 0;
  for (const each of pod.spec?.containers ?? []) {
    if (container !== undefined && container !== each.name) continue;
    const request = (each.resources?.requests as Readonly<Record<string, string>> | undefined)?.[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${each.name} of Pod ${pod.metadata.name}`);
    total += milli(request);
  }
  return total;
}

/** A quantity in thousandths as text: `250m`, or bytes for memory. */
export function quantityOfMilli(value: number, resource: string): string {
  if (resource === 'cpu' || value % 1000 !== 0) return `${Math.ceil(value)}m`;
  return parseQuantity(String(value / 1000)).canonical;
}
