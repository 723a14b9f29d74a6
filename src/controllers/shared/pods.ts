import { parseRfc3339 } from '../../base/time.ts';
import type { Pod } from '../../api/kinds.ts';
import type { PodCondition } from 'kubernetes-types/core/v1';

/** The condition of a pod by type (`Ready`, `PodScheduled`), if it has it. */
export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  const conditions = pod.status?.conditions;
  if (!conditions) return undefined;
  for (const condition of conditions) if (condition.type === type) return condition;
  return undefined;
}

/** Whether the pod's Ready condition is True. */
export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** When the pod's Ready condition last changed, in epoch milliseconds, or undefined when it is not ready. */
export function podReadySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True' || !ready.lastTransitionTime) return undefined;
  return parseRfc3339(ready.lastTransitionTime as unknown as string);
}

/**
 * Whether the pod has been ready for `minReadySeconds` (podutil.IsPodAvailable), and if not yet, in
 * how many milliseconds it will be. `undefined`: it is not ready.
 */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  if (!isPodReady(pod)) return undefined;
  if (minReadySeconds <= 0) return 0;
  const since = podReadySinceMs(pod);
  if (since === undefined) return undefined;
  return Math.max(0, since + minReadySeconds * 1000 - nowMs);
}

/** Whether a pod counts as available at `nowMs`. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0;
}

/** Whether all of a pod's containers have ended for good. */
export function isPodTerminal(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Neither ended nor being deleted (controller.IsPodActive). */
export function isPodActive(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.metadata?.deletionTimestamp === undefined;
}

/** Milliseconds since the epoch of a creation. */
export function createdAtMs(object: { metadata?: { creationTimestamp?: unknown } }): number {
  const text = object.metadata?.creationTimestamp as string | undefined;
  return text ? parseRfc3339(text) : 0;
}
