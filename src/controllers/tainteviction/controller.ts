import { NODES, PODS, type Node, type Pod } from '../../api/kinds.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { podDisruption } from '../shared/disruption-target.ts';
import { indexByNode, NODE_INDEX } from '../shared/node-index.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { isPodTerminal, podCondition } from '../shared/pods.ts';
import { noExecuteTaints, stayMs } from '../shared/taints.ts';
import { equalValues } from '../../api/equal.ts';
import { startWorkers } from '../shared/workers.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller } from '../context.ts';

/** Since when a pod's stay is counted, and when it ends; milliseconds of the kernel's clock. */
interface Scheduled {
  readonly sinceMs: number;
  readonly dueMs: number;
  readonly uid: string;
}

/** Deletes pods that do not, or no longer, tolerate their node's NoExecute taints (pkg/controller/tainteviction). */
export const taintEvictionController: Controller = {
  name: 'taint-eviction-controller',
  component: 'taint-eviction-controller',
  start(context) {
    const { kernel, client, recorder } = context;
    const nodes = context.informers.informer(NODES);
    const pods = context.informers.informer(PODS);
    indexByNode(pods);
    const queue = context.queue('noexec_taint_pod');
    const scheduled = new Map<string, Scheduled>();
    const taintsOf = (pod: Pod) => noExecuteTaints(nodes.get(pod.spec?.nodeName ?? '')?.spec?.taints);
    const enqueuePod = (pod: Stored<Pod>): void => {
      if (scheduled.has(objectKey(pod)) || (pod.spec?.nodeName && taintsOf(pod).length > 0)) queue.add(objectKey(pod));
    };
    const enqueueNode = (node: Stored<Node>): void => {
      for (const pod of pods.byIndex(NODE_INDEX, node.metadata.name)) queue.add(objectKey(pod));
    };
    nodes.onChange({
      added: (node) => {
        if (noExecuteTaints(node.spec?.taints).length > 0) enqueueNode(node);
      },
      updated: (before, node) => {
        if (before.spec?.taints === node.spec?.taints) return;
        if (!equalValues(noExecuteTaints(before.spec?.taints), noExecuteTaints(node.spec?.taints))) enqueueNode(node);
      },
    });
    pods.onChange({
      added: enqueuePod,
      updated: (before, pod) => {
        if (before.spec?.nodeName !== pod.spec?.nodeName || before.spec?.tolerations !== pod.spec?.tolerations) enqueuePod(pod);
      },
      deleted: (pod) => scheduled.delete(objectKey(pod)),
    });

    const cancel = (key: string, pod: Stored<Pod> | undefined): void => {
      if (scheduled.delete(key) && pod) recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
    };
    const reconcile = function* (key: string): Task<void> {
      const pod = pods.get(key);
      const taints = pod ? taintsOf(pod) : [];
      if (!pod || pod.metadata.deletionTimestamp !== undefined || taints.length === 0) {
        cancel(key, pod?.metadata.deletionTimestamp === undefined ? pod : undefined);
        return;
      }
      const allowedMs = stayMs(taints, pod.spec?.tolerations ?? []);
      if (allowedMs === Infinity) {
        cancel(key, pod);
        return;
      }
      const known = scheduled.get(key);
      const sinceMs = known?.uid === pod.metadata.uid ? known.sinceMs : kernel.now;
      const dueMs = sinceMs + allowedMs;
      if (dueMs > kernel.now) {
        scheduled.set(key, { sinceMs, dueMs, uid: pod.metadata.uid });
        queue.addAfter(key, dueMs - kernel.now);
        return;
      }
      scheduled.delete(key);
      recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${key}`);
      yield* evict(pod);
    };
    const evict = function* (pod: Stored<Pod>): Task<void> {
      const at = nameOf(pod);
      if (!isPodTerminal(pod) && podCondition(pod, 'DisruptionTarget')?.status !== 'True') {
        const message = 'Taint manager: deleting due to NoExecute taint';
        const status = { conditions: [podDisruption('DeletionByTaintManager', message, kernel.timestamp())] };
        if (!(yield* ignoring(['NotFound'], client.patch(PODS, at, 'strategic', { status }, { subresource: 'status' })))) return;
      }
      yield* ignoring(['NotFound'], client.delete(PODS, at));
    };
    startWorkers(context, 'taint eviction', queue, 8, reconcile);
  },
};
