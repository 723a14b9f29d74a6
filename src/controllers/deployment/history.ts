import { sizeOf } from './arithmetic.ts';
import { revisionOf } from './replica-sets.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

/** Which old replica sets are more than the history limit allows: empty ones of the lowest revisions (sync.go cleanupDeployment). */
export function surplusHistory(deployment: Deployment, old: readonly Stored<ReplicaSet>[]): Stored<ReplicaSet>[] {
  const limit = deployment.spec?.revisionHistoryLimit;
  if (limit === undefined || limit === 2147483647) return [];
  const alive = old.filter((set) => set.metadata.deletionTimestamp === undefined);
  const surplus = alive.length - limit;
  if (surplus <= 0) return [];
  const sorted = alive.sort((a, b) => revisionOf(a) - revisionOf(b));
  return sorted.slice(0, surplus).filter(isIdle);
}

function isIdle(set: Stored<ReplicaSet>): boolean {
  return (set.status?.replicas ?? 0) === 0 && sizeOf(set) === 0 && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0);
}
