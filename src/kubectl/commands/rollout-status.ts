import { CliError } from '../errors.ts';
import type { KubeObject } from '../../api/object.ts';

/** How far a rollout is: a line to print, and whether it has ended. */
export interface RolloutStatus {
  readonly text: string;
  readonly done: boolean;
}

/** The state of a workload's rollout (kubectl polymorphichelpers/rollout_status.go). Throws {@link CliError} when it has failed. */
export function rolloutStatus(object: KubeObject, revision: number): RolloutStatus {
  switch (object.kind) {
    case 'Deployment':
      return deploymentStatus(object, revision);
    case 'DaemonSet':
      return daemonSetStatus(object);
    case 'StatefulSet':
      return statefulSetStatus(object);
    default:
      throw new CliError(`no status viewer has been implemented for ${object.kind}`);
  }
}

function waiting(text: string): RolloutStatus {
  return { text: `${text}\n`, done: false };
}

function finished(text: string): RolloutStatus {
  return { text: `${text}\n`, done: true };
}

function isObserved(object: KubeObject): boolean {
  return (object.metadata?.generation ?? 0) <= (object.status?.observedGeneration ?? 0);
}

function deploymentStatus(deployment: KubeObject, revision: number): RolloutStatus {
  const { name, annotations } = deployment.metadata!;
  if (revision > 0) {
    const running = Number(annotations?.['deployment.kubernetes.io/revision'] ?? 0);
    if (running !== revision) throw new CliError(`desired revision (${revision}) is different from the running revision (${running})`);
  }
  if (!isObserved(deployment)) return waiting('Waiting for deployment spec update to be observed...');
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0, conditions = [] } = deployment.status ?? {};
  const progressing = (conditions as { type: string; reason?: string }[]).find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') throw new CliError(`deployment "${name}" exceeded its progress deadline`);
  const prefix = `Waiting for deployment "${name}" rollout to finish:`;
  const wanted: number = deployment.spec?.replicas ?? 1;
  if (updatedReplicas < wanted) return waiting(`${prefix} ${updatedReplicas} out of ${wanted} new replicas have been updated...`);
  if (replicas > updatedReplicas) return waiting(`${prefix} ${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas)
    return waiting(`${prefix} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return finished(`deployment "${name}" successfully rolled out`);
}

const ROLLING_ONLY = 'rollout status is only available for RollingUpdate strategy type';

function daemonSetStatus(set: KubeObject): RolloutStatus {
  const { name } = set.metadata!;
  if ((set.spec?.updateStrategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') throw new CliError(ROLLING_ONLY);
  if (!isObserved(set)) return waiting('Waiting for daemon set spec update to be observed...');
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = set.status ?? {};
  const prefix = `Waiting for daemon set "${name}" rollout to finish:`;
  if (updatedNumberScheduled < desiredNumberScheduled)
    return waiting(`${prefix} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled)
    return waiting(`${prefix} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return finished(`daemon set "${name}" successfully rolled out`);
}

function statefulSetStatus(set: KubeObject): RolloutStatus {
  const strategy = set.spec?.updateStrategy;
  if ((strategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') throw new CliError(ROLLING_ONLY);
  if (!set.status?.observedGeneration || !isObserved(set)) return waiting('Waiting for statefulset spec update to be observed...');
  const { readyReplicas = 0, updatedReplicas = 0, updateRevision, currentRevision } = set.status;
  const wanted: number | undefined = set.spec?.replicas;
  if (wanted !== undefined && readyReplicas < wanted) return waiting(`Waiting for ${wanted - readyReplicas} pods to be ready...`);
  if (strategy?.rollingUpdate) {
    const partition: number | undefined = strategy.rollingUpdate.partition;
    if (wanted !== undefined && partition !== undefined && updatedReplicas < wanted - partition) {
      return waiting(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${wanted - partition} new pods have been updated...`,
      );
    }
    return finished(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (updateRevision !== currentRevision)
    return waiting(`waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`);
  return finished(`statefulset rolling update complete ${set.status.currentReplicas ?? 0} pods at revision ${currentRevision}...`);
}
