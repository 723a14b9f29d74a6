import { desiredReplicas, sizeOf } from './arithmetic.ts';
import type { Deployment, Pod, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { ScaleStep } from './rolling.ts';

/** What recreating asks for next: empty the old sets, wait for their pods to end, then fill the new one (recreate.go). */
export type RecreateDecision = { readonly steps: readonly ScaleStep[] } | 'wait' | 'grow';

export function decideRecreate(old: readonly Stored<ReplicaSet>[], oldPods: Iterable<Pod>): RecreateDecision {
  const steps = old.filter((set) => sizeOf(set) > 0).map((set) => ({ name: set.metadata.name, size: 0 }));
  if (steps.length > 0) return { steps };
  if (old.some((set) => (set.status?.replicas ?? 0) > 0)) return 'wait';
  for (const pod of oldPods) {
    const phase = pod.status?.phase;
    if (phase !== 'Failed' && phase !== 'Succeeded') return 'wait';
  }
  return 'grow';
}

/** The step that fills the new set. */
export function growSteps(deployment: Deployment, present: Stored<ReplicaSet>): ScaleStep[] {
  const size = desiredReplicas(deployment);
  return sizeOf(present) === size ? [] : [{ name: present.metadata.name, size }];
}
