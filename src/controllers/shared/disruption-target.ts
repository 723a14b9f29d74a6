import type { PodCondition } from 'kubernetes-types/core/v1';

/** The condition that says a pod is about to be removed, and by whom (`DeletionByTaintManager`, `DeletionByPodGC`, ...). */
export function podDisruption(reason: string, message: string, now: string): PodCondition {
  return { type: 'DisruptionTarget', status: 'True', reason, message, lastTransitionTime: now } as unknown as PodCondition;
}
