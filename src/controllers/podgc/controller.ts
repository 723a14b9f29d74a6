import { NODES, PODS, type Pod } from '../../api/kinds.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { indexByNode, NODE_INDEX } from '../shared/node-index.ts';
import { isPodTerminal } from '../shared/pods.ts';
import { numberFlag, startPeriodic } from '../shared/workers.ts';
import { surplusTerminated } from './decide.ts';
import { podDisruption } from '../shared/disruption-target.ts';
import type { Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const PERIOD_MS = 20_000;
/** A node must be missing this long before its pods are taken for orphans. */
const QUARANTINE_MS = 40_000;

/** Deletes pods that nobody else will (pkg/controller/podgc): too many ended ones, those of nodes that are gone, unscheduled ones being deleted. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector-controller',
  start(context) {
    const collector = new PodCollector(context);
    startPeriodic(context, 'podgc', PERIOD_MS, () => collector.collect());
  },
};

class PodCollector {
  private readonly context: ControllerContext;
  private readonly pods: Informer<Pod>;
  private readonly threshold: number;
  /** Nodes that pods name and that are not there, with the instant they were first missed. */
  private readonly missing = new Map<string, number>();
  private readonly namedNodes = new Map<string, number>();
  private readonly leavingUnscheduled = new Set<string>();
  private ended = 0;

  constructor(context: ControllerContext) {
    this.context = context;
    this.threshold = numberFlag(context, 'terminated-pod-gc-threshold', 12_500);
    this.pods = context.informers.informer(PODS);
    indexByNode(this.pods);
    const nodes = context.informers.informer(NODES);
    this.pods.onChange({
      added: (pod) => this.count(pod, 1),
      updated: (before, pod) => {
        if (
          before.spec?.nodeName === pod.spec?.nodeName &&
          before.status?.phase === pod.status?.phase &&
          before.metadata.deletionTimestamp === pod.metadata.deletionTimestamp
        )
          return;
        this.count(before, -1);
        this.count(pod, 1);
      },
      deleted: (pod) => this.count(pod, -1),
    });
    nodes.onChange({ added: (node) => this.missing.delete(node.metadata.name) });
  }

  /** Tallies that let most rounds end without a look at every pod. */
  private count(pod: Stored<Pod>, change: 1 | -1): void {
    const node = pod.spec?.nodeName;
    if (node) {
      const left = (this.namedNodes.get(node) ?? 0) + change;
      if (left > 0) this.namedNodes.set(node, left);
      else this.namedNodes.delete(node);
    }
    if (isPodTerminal(pod)) this.ended += change;
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (change === 1 && !node && pod.metadata.deletionTimestamp !== undefined) this.leavingUnscheduled.add(key);
    else this.leavingUnscheduled.delete(key);
  }

  *collect(): Task<void> {
    if (this.ended > this.threshold) {
      for (const pod of surplusTerminated(this.pods.list(), this.threshold)) yield* this.remove(pod, undefined);
    }
    yield* this.collectOrphans();
    for (const key of [...this.leavingUnscheduled]) {
      const pod = this.pods.get(key);
      if (pod) yield* this.remove(pod, undefined);
    }
  }

  private *collectOrphans(): Task<void> {
    const { kernel, client, informers } = this.context;
    const nodes = informers.informer(NODES);
    for (const name of this.missing.keys()) if (!this.namedNodes.has(name) || nodes.get(name)) this.missing.delete(name);
    for (const name of this.namedNodes.keys()) {
      if (!nodes.get(name) && !this.missing.has(name)) this.missing.set(name, kernel.now);
    }
    for (const [name, sinceMs] of [...this.missing]) {
      if (kernel.now - sinceMs < QUARANTINE_MS) continue;
      if (yield* ignoring(['NotFound'], client.get(NODES, { name }))) continue;
      for (const pod of this.pods.byIndex(NODE_INDEX, name)) yield* this.remove(pod, 'PodGC: node no longer exists');
    }
  }

  private *remove(pod: Stored<Pod>, disruption: string | undefined): Task<void> {
    const { kernel, client } = this.context;
    if (disruption && !isPodTerminal(pod)) {
      const status = { phase: 'Failed', conditions: [podDisruption('DeletionByPodGC', disruption, kernel.timestamp())] };
      const patched = yield* ignoring(['NotFound'], client.patch(PODS, nameOf(pod), 'strategic', { status }, { subresource: 'status' }));
      if (!patched) return;
    }
    yield* ignoring(['NotFound'], client.delete(PODS, nameOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }));
  }
}
