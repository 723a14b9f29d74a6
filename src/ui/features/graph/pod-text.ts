import type { PodRow } from '../../../protocol/rows.ts';
import { model } from '../../store/cluster.ts';

/** A pod's name in two parts: what it belongs to, and what tells it from its siblings. */
export function podText(pod: PodRow): { stem: string; suffix: string } {
  const { owner, name } = pod;
  if (!owner || !name.startsWith(`${owner.name}-`)) return { stem: name, suffix: '' };
  const suffix = name.slice(owner.name.length + 1);
  if (owner.kind !== 'ReplicaSet') return { stem: owner.name, suffix };
  return { stem: model.workload({ ...owner, namespace: pod.namespace })?.owner?.name ?? owner.name, suffix };
}
