import { createdAtMs, isPodTerminal } from '../shared/pods.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

/** Of all terminated pods, the oldest beyond `threshold`; evicted ones go first. 0 or less: none (gc_controller.go gcTerminated). */
export function surplusTerminated(pods: Iterable<Stored<Pod>>, threshold: number): Stored<Pod>[] {
  if (threshold <= 0) return [];
  const ended: Stored<Pod>[] = [];
  for (const pod of pods) if (isPodTerminal(pod) && pod.metadata.deletionTimestamp === undefined) ended.push(pod);
  const surplus = ended.length - threshold;
  if (surplus <= 0) return [];
  const evicted = (pod: Pod): number => (pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted' ? 0 : 1);
  ended.sort((a, b) => evicted(a) - evicted(b) || createdAtMs(a) - createdAtMs(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
  return ended.slice(0, surplus);
}
