import { DEPLOYMENTS, PODS, REPLICA_SETS, REPLICATION_CONTROLLERS, STATEFUL_SETS, type Pod } from '../../api/kinds.ts';
import { controllerOf, objectKey, type KubeObject, type Stored } from '../../api/object.ts';
import { POD_DISRUPTION_BUDGETS, type PodDisruptionBudget } from '../shared/kinds.ts';
import { indexByLabel, podsSelectedBy } from '../shared/label-index.ts';
import { indexByNamespace, NAMESPACE_INDEX } from '../shared/ownership.ts';
import { isPodReady, isPodTerminal } from '../shared/pods.ts';
import { labelPredicate } from '../shared/selector.ts';
import { startWorkers } from '../shared/workers.ts';
import { budgetStatus, isGuarded, needsScale, sameStatus } from './decide.ts';
import type { Lister } from '../../client/informer.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

const GATHER_MS = 20;

/** Keeps count of how many pods of a disruption budget may go (pkg/controller/disruption). */
export const disruptionController: Controller = {
  name: 'disruption-controller',
  component: 'controllermanager',
  start(context) {
    const { kernel, client, recorder, informers } = context;
    const budgets = informers.informer(POD_DISRUPTION_BUDGETS);
    const pods = informers.informer(PODS);
    indexByNamespace(budgets);
    indexByLabel(pods);
    const owners: Readonly<Record<string, Lister<KubeObject>>> = {
      Deployment: informers.informer(DEPLOYMENTS) as Lister<KubeObject>,
      ReplicaSet: informers.informer(REPLICA_SETS) as Lister<KubeObject>,
      ReplicationController: informers.informer(REPLICATION_CONTROLLERS) as Lister<KubeObject>,
      StatefulSet: informers.informer(STATEFUL_SETS) as Lister<KubeObject>,
    };
    const queue = context.queue('disruption');
    budgets.onChange({ added: (budget) => queue.add(objectKey(budget)), updated: (_before, budget) => queue.add(objectKey(budget)) });
    const podChanged = (pod: Stored<Pod>): void => {
      for (const budget of budgets.byIndex(NAMESPACE_INDEX, pod.metadata.namespace ?? '')) {
        if (labelPredicate(budget.spec?.selector)(pod.metadata.labels)) queue.addAfter(objectKey(budget), GATHER_MS);
      }
    };
    pods.onChange({
      added: podChanged,
      updated: (before, pod) => {
        if (budgets.size === 0) return;
        const relabelled = before.metadata.labels !== pod.metadata.labels;
        if (relabelled) podChanged(before);
        const leaving = before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp;
        if (relabelled || leaving || isPodReady(before) !== isPodReady(pod) || isPodTerminal(before) !== isPodTerminal(pod))
          podChanged(pod);
      },
      deleted: podChanged,
    });

    /** The scale of the controllers of these pods; an Error that says why it cannot be known. */
    const scaleOf = (all: readonly Stored<Pod>[]): number => {
      const scales = new Map<string, number>();
      for (const pod of all) {
        let owner = controllerOf(pod);
        if (!owner) throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
        let found = owners[owner.kind]?.get(`${pod.metadata.namespace}/${owner.name}`);
        const above = found && owner.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
        if (above && owners[above.kind]) {
          owner = above;
          found = owners[above.kind]!.get(`${pod.metadata.namespace}/${above.name}`);
        }
        if (!found || found.metadata.uid !== owner.uid)
          throw new Error(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
        scales.set(owner.uid, found.spec?.replicas ?? 1);
      }
      return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
    };
    const reconcile = function* (key: string): Task<void> {
      const budget = budgets.get(key);
      if (!budget) return;
      const guarded = podsSelectedBy(pods, budget.metadata.namespace ?? '', budget.spec?.selector).filter(isGuarded);
      if (guarded.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
      let wantedByControllers = 0;
      try {
        if (needsScale(budget)) wantedByControllers = scaleOf(guarded);
      } catch (error) {
        yield* fail(budget, (error as Error).message);
        return;
      }
      const { status, recheckInMs } = budgetStatus(budget, {
        pods: guarded,
        wantedByControllers,
        nowMs: kernel.epochMs(),
        now: kernel.timestamp(),
      });
      if (recheckInMs !== undefined) queue.addAfter(key, recheckInMs);
      if (!sameStatus(budget.status, status)) yield* client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status });
    };
    /** Nothing may be disrupted while the budget cannot be computed. */
    const fail = function* (budget: Stored<PodDisruptionBudget>, message: string): Task<void> {
      recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${message}`);
      const former = budget.status?.conditions?.find((condition) => condition.type === 'DisruptionAllowed');
      if (former?.reason === 'SyncFailed' && former.message === message) return;
      const lastTransitionTime = former?.status === 'False' ? former.lastTransitionTime : (kernel.timestamp() as never);
      const condition = {
        type: 'DisruptionAllowed',
        status: 'False',
        observedGeneration: budget.metadata.generation,
        lastTransitionTime,
        reason: 'SyncFailed',
        message,
      };
      const status = {
        currentHealthy: 0,
        desiredHealthy: 0,
        expectedPods: 0,
        ...budget.status,
        disruptionsAllowed: 0,
        conditions: [condition],
      };
      yield* client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status } as PodDisruptionBudget);
    };
    startWorkers(context, 'disruption', queue, 1, reconcile);
  },
};
