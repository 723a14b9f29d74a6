import { DEPLOYMENTS, PODS, REPLICA_SETS, type Deployment, type Pod, type ReplicaSet } from '../../api/kinds.ts';
import { controllerOf, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { NAMESPACE_INDEX, controlledBy, indexByNamespace, indexByOwner } from '../shared/ownership.ts';
import { isEmptySelector, labelPredicate } from '../shared/selector.ts';
import { numberFlag, startWorkers } from '../shared/workers.ts';
import { Rollout } from './rollout.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Controller, ControllerContext } from '../context.ts';

/** Rolls deployments out by means of replica sets (pkg/controller/deployment/deployment_controller.go). */
export const deploymentController: Controller = {
  name: 'deployment-controller',
  component: 'deployment-controller',
  start(context) {
    new DeploymentWatcher(context).start();
  },
};

class DeploymentWatcher {
  private readonly context: ControllerContext;
  private readonly deployments: Informer<Deployment>;
  private readonly sets: Informer<ReplicaSet>;
  private readonly pods: Informer<Pod>;
  private readonly queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.deployments = context.informers.informer(DEPLOYMENTS);
    this.sets = context.informers.informer(REPLICA_SETS);
    this.pods = context.informers.informer(PODS);
    this.queue = context.queue('deployment');
  }

  start(): void {
    const { context, deployments, sets, pods, queue } = this;
    indexByNamespace(deployments);
    indexByOwner(sets);
    indexByOwner(pods);
    const enqueue = (deployment: Stored<Deployment>): void => queue.add(objectKey(deployment));
    deployments.onChange({ added: enqueue, updated: (_before, deployment) => enqueue(deployment), deleted: enqueue });
    sets.onChange({
      added: (set) => this.setChanged(set),
      updated: (before, set) => this.setUpdated(before, set),
      deleted: (set) => this.enqueueController(set),
    });
    pods.onChange({ deleted: (pod) => this.podDeleted(pod) });
    const rollout = new Rollout(context, { deployments, sets, pods, queue });
    const workers = numberFlag(context, 'concurrent-deployment-syncs', 5);
    startWorkers(context, 'deployment', queue, workers, (key) => rollout.reconcile(key));
  }

  private setChanged(set: Stored<ReplicaSet>): void {
    if (controllerOf(set)) this.enqueueController(set);
    else this.enqueueSelecting(set);
  }

  private setUpdated(before: Stored<ReplicaSet>, set: Stored<ReplicaSet>): void {
    const reowned = controllerOf(before)?.uid !== controllerOf(set)?.uid;
    if (reowned) this.enqueueController(before);
    if (controllerOf(set)) this.enqueueController(set);
    else if (reowned || before.metadata.labels !== set.metadata.labels) this.enqueueSelecting(set);
  }

  /** A deployment that recreates waits for the last of its pods to go. */
  private podDeleted(pod: Stored<Pod>): void {
    const controller = controllerOf(pod);
    if (controller?.kind !== 'ReplicaSet') return;
    const set = this.sets.get(`${pod.metadata.namespace}/${controller.name}`);
    const deployment = set && this.controllerOf(set);
    if (deployment?.spec?.strategy?.type !== 'Recreate') return;
    const remaining = controlledBy(this.sets, deployment.metadata.uid).some(
      (each) => controlledBy(this.pods, each.metadata.uid).length > 0,
    );
    if (!remaining) this.queue.add(objectKey(deployment));
  }

  private controllerOf(set: Stored<KubeObject>): Stored<Deployment> | undefined {
    const controller = controllerOf(set);
    if (controller?.kind !== 'Deployment') return undefined;
    const deployment = this.deployments.get(`${set.metadata.namespace}/${controller.name}`);
    return deployment?.metadata.uid === controller.uid ? deployment : undefined;
  }

  private enqueueController(set: Stored<ReplicaSet>): void {
    const deployment = this.controllerOf(set);
    if (deployment) this.queue.add(objectKey(deployment));
  }

  private enqueueSelecting(set: Stored<ReplicaSet>): void {
    for (const deployment of this.deployments.byIndex(NAMESPACE_INDEX, set.metadata.namespace ?? '')) {
      const selector = deployment.spec?.selector;
      if (!isEmptySelector(selector) && labelPredicate(selector)(set.metadata.labels)) this.queue.add(objectKey(deployment));
    }
  }
}
