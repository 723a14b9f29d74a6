import { DEPLOYMENTS } from '../../api/kinds.ts';
import { presentReplicaSet } from './new-replica-set.ts';
import { byCreation, HASH_LABEL, revisionOf, ROLLBACK_TO, sameTemplate } from './replica-sets.ts';
import type { ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Rollout, Sync } from './rollout.ts';

/**
 * Rolls a deployment back to the revision that its annotation asks for, as clients of old API
 * versions do (rollback.go); 0 means the one before the present.
 */
export function* rollBack(rollout: Rollout, sync: Sync): Task<void> {
  const { client, recorder } = rollout.context;
  yield* presentReplicaSet(rollout, sync, true);
  const { deployment } = sync;
  const { [ROLLBACK_TO]: wanted, ...annotations } = deployment.metadata.annotations ?? {};
  const sets = [...sync.sets.values()].sort(byCreation);
  const revision = Number(wanted) || lastRevision(sets);
  const target = revision === 0 ? undefined : sets.find((set) => revisionOf(set) === revision);
  let spec = deployment.spec!;
  if (!target) {
    const message = revision === 0 ? 'Unable to find last revision.' : 'Unable to find the revision to rollback to.';
    recorder.event(deployment, 'Warning', 'DeploymentRollbackRevisionNotFound', message);
  } else if (sameTemplate(target.spec?.template, spec.template)) {
    const message = `The rollback revision contains the same template as current deployment "${deployment.metadata.name}"`;
    recorder.event(deployment, 'Warning', 'DeploymentRollbackTemplateUnchanged', message);
  } else {
    const { [HASH_LABEL]: _hash, ...labels } = target.spec!.template!.metadata?.labels ?? {};
    spec = { ...spec, template: { ...target.spec!.template!, metadata: { ...target.spec!.template!.metadata, labels } } };
    recorder.event(
      deployment,
      'Normal',
      'DeploymentRollback',
      `Rolled back deployment "${deployment.metadata.name}" to revision ${revision}`,
    );
  }
  sync.deployment = yield* client.update(DEPLOYMENTS, { ...deployment, metadata: { ...deployment.metadata, annotations }, spec });
}

/** The highest revision but one. */
function lastRevision(sets: readonly Stored<ReplicaSet>[]): number {
  const revisions = sets.map(revisionOf).sort((a, b) => b - a);
  return revisions[1] ?? 0;
}
