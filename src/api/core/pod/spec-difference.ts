import { unifiedDifference } from '../../text-difference.ts';
import { shownPodSpec } from './pod-shapes.ts';
import type { PodSpec } from 'kubernetes-types/core/v1';

/** How two specs of a pod differ, as the message that refuses the change shows it. */
export function specDifference(old: PodSpec, spec: PodSpec): string {
  return unifiedDifference(JSON.stringify(shownPodSpec(old), null, 1), JSON.stringify(shownPodSpec(spec), null, 1));
}
