import { LEASES, NODES, PODS, type Lease, type Node, type Pod } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { withCondition } from '../shared/conditions.ts';
import { indexByNode, NODE_INDEX } from '../shared/node-index.ts';
import { ignoring } from '../shared/ownership.ts';
import { podCondition } from '../shared/pods.ts';
import { durationFlag, messageOf, numberFlag, startPeriodic, startWorkers } from '../shared/workers.ts';
import { noteHealth, readyCondition, silentConditions, type GracePeriods, type NodeHealth } from './health.ts';
import { conditionTaints, evictionTaintKey, withEvictionTaint } from './node-taints.ts';
import { writeTaints, ZoneTainter } from './tainter.ts';
import { evictionRate, zoneOf, zoneState, type EvictionRates, type ZoneState } from './zones.ts';
import type { Stored } from '../../api/object.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { PodCondition } from 'kubernetes-types/core/v1';
import type { Controller, ControllerContext } from '../context.ts';

/** Watches over the life signs of nodes and taints those that are silent or unwell (pkg/controller/nodelifecycle). */
export const nodeLifecycleController: Controller = {
  name: 'node-lifecycle-controller',
  component: 'node-controller',
  start(context) {
    new NodeWatcher(context).start();
  },
};

class NodeWatcher {
  private readonly context: ControllerContext;
  private readonly nodes: Informer<Node>;
  private readonly leases: Informer<Lease>;
  private readonly pods: Informer<Pod>;
  private readonly taintQueue: WorkQueue;
  private readonly podQueue: WorkQueue;
  private readonly periods: GracePeriods;
  private readonly rates: EvictionRates;
  private readonly health = new Map<string, NodeHealth>();
  /** Nodes whose pods could not all be marked as not ready. */
  private readonly unmarked = new Set<string>();
  private readonly zoneStates = new Map<string, ZoneState>();
  private readonly tainters = new Map<string, ZoneTainter>();
  private readonly announced = new Set<string>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.nodes = context.informers.informer(NODES);
    this.leases = context.informers.informer(LEASES, { namespace: 'kube-node-lease' });
    this.pods = context.informers.informer(PODS);
    this.taintQueue = context.queue('node_lifecycle_controller');
    this.podQueue = context.queue('node_lifecycle_controller_pods');
    this.periods = {
      monitorMs: durationFlag(context, 'node-monitor-grace-period', 50_000),
      startupMs: durationFlag(context, 'node-startup-grace-period', 60_000),
    };
    this.rates = {
      primary: numberFlag(context, 'node-eviction-rate', 0.1),
      secondary: numberFlag(context, 'secondary-node-eviction-rate', 0.01),
      largeThreshold: numberFlag(context, 'large-cluster-size-threshold', 50),
      unhealthyThreshold: numberFlag(context, 'unhealthy-zone-threshold', 0.55),
    };
  }

  start(): void {
    const { context, nodes, pods } = this;
    indexByNode(pods);
    nodes.onChange({
      added: (node) => this.taintQueue.add(node.metadata.name),
      updated: (before, node) => {
        if (before.status?.conditions !== node.status?.conditions || before.spec !== node.spec) this.taintQueue.add(node.metadata.name);
      },
    });
    pods.onChange({
      added: (pod) => this.podBound(pod),
      updated: (before, pod) => {
        if (before.spec?.nodeName !== pod.spec?.nodeName) this.podBound(pod);
      },
    });
    startWorkers(context, 'node lifecycle', this.taintQueue, 8, (name) => this.taintByCondition(name));
    startWorkers(context, 'node lifecycle pods', this.podQueue, 4, (key) => this.markPod(key));
    startPeriodic(context, 'monitor-node-health', durationFlag(context, 'node-monitor-period', 5_000), () => this.monitor());
  }

  /** A pod that comes to a node that is not ready is not ready either. */
  private podBound(pod: Stored<Pod>): void {
    const name = pod.spec?.nodeName;
    const node = name ? this.nodes.get(name) : undefined;
    if (node && readyCondition(node)?.status !== 'True') this.podQueue.add(`${pod.metadata.namespace}/${pod.metadata.name}`);
  }

  private *markPod(key: string): Task<void> {
    const pod = this.pods.get(key);
    const node = pod?.spec?.nodeName ? this.nodes.get(pod.spec.nodeName) : undefined;
    if (pod && node && (readyCondition(node)?.status ?? 'True') !== 'True') yield* this.markNotReady([pod]);
  }

  private *taintByCondition(name: string): Task<void> {
    const node = this.nodes.get(name);
    if (!node) return;
    const taints = conditionTaints(node, this.context.kernel.timestamp());
    if (taints) yield* writeTaints(this.context, name, node.metadata.resourceVersion, taints);
  }

  private *monitor(): Task<void> {
    this.announceNodes();
    const zones = new Map<string, { ready: number; notReady: number }>();
    for (const node of [...this.nodes.list()]) {
      try {
        const current = yield* this.check(node);
        const zone = zoneOf(node);
        const counts = zones.get(zone) ?? { ready: 0, notReady: 0 };
        if (current === 'True') counts.ready++;
        else counts.notReady++;
        zones.set(zone, counts);
      } catch (error) {
        this.context.log(
          `"Unable to mark all pods NotReady on node; queuing for retry" node="${node.metadata.name}" err="${messageOf(error)}"`,
        );
      }
    }
    yield* this.handleDisruption(zones);
  }

  private announceNodes(): void {
    const { recorder } = this.context;
    for (const node of this.nodes.list()) {
      const { name } = node.metadata;
      if (this.announced.has(name)) continue;
      this.announced.add(name);
      recorder.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
      this.tainterOf(node);
    }
    for (const name of this.announced) {
      if (this.nodes.get(name)) continue;
      this.announced.delete(name);
      this.health.delete(name);
      this.unmarked.delete(name);
      const about = { apiVersion: 'v1', kind: 'Node', metadata: { name, uid: name } };
      recorder.event(about, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`);
    }
  }

  private tainterOf(node: Node): ZoneTainter {
    const zone = zoneOf(node);
    let tainter = this.tainters.get(zone);
    if (!tainter) this.tainters.set(zone, (tainter = new ZoneTainter(this.context, this.nodes, this.rates.primary)));
    return tainter;
  }

  /** Looks after one node; answers its Ready status as it is afterwards. */
  private *check(node: Stored<Node>): Task<string> {
    const { kernel, client, recorder } = this.context;
    const { name } = node.metadata;
    const health = noteHealth(this.health.get(name), node, this.leases.get(`kube-node-lease/${name}`), kernel.epochMs());
    this.health.set(name, health);
    const observed = readyCondition(node)?.status ?? 'Unknown';
    const conditions = silentConditions(node, health, this.periods, kernel.epochMs(), kernel.timestamp());
    let current = readyCondition(node)?.status;
    if (conditions) {
      yield* client.updateStatus(NODES, { ...node, status: { ...node.status, conditions } });
      current = 'Unknown';
    }
    if (current === undefined) return observed;
    yield* this.steerEviction(node, observed);
    if (current !== 'True' && (observed === 'True' || this.unmarked.has(name))) {
      if (observed === 'True') recorder.event(node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
      this.unmarked.add(name);
      yield* this.markNotReady(this.pods.byIndex(NODE_INDEX, name));
      this.unmarked.delete(name);
    }
    return current;
  }

  /** Queues a node for its NoExecute taint, changes one taint for the other, or takes them away. */
  private *steerEviction(node: Stored<Node>, ready: string): Task<void> {
    const wanted = evictionTaintKey(ready);
    const now = this.context.kernel.timestamp();
    const tainter = this.tainterOf(node);
    const { name, resourceVersion } = node.metadata;
    const tainted = withEvictionTaint(node, undefined, now) !== undefined;
    if (!wanted) tainter.remove(name);
    if (!wanted || tainted) {
      const taints = withEvictionTaint(node, wanted, now);
      if (taints) yield* ignoring(['Conflict'], writeTaints(this.context, name, resourceVersion, taints));
    } else tainter.add(name);
  }

  /** Pods of a node that is not ready are not ready, whatever its kubelet would say. */
  private *markNotReady(pods: readonly Stored<Pod>[]): Task<void> {
    const { kernel, client, recorder } = this.context;
    for (const pod of pods) {
      if (podCondition(pod, 'Ready')?.status !== 'True') continue;
      const notReady = { type: 'Ready', status: 'False', lastTransitionTime: kernel.timestamp() } as unknown as PodCondition;
      const conditions = withCondition(pod.status?.conditions, notReady);
      try {
        yield* client.updateStatus(PODS, { ...pod, status: { ...pod.status, conditions } });
      } catch (error) {
        if (isApiError(error, 'NotFound')) continue;
        if (!isApiError(error, 'Conflict')) throw error;
        this.podQueue.addRateLimited(`${pod.metadata.namespace}/${pod.metadata.name}`);
        continue;
      }
      recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    }
  }

  /** Slows evictions down where many nodes are silent; stops them where all are, for then it may be us who are cut off. */
  private *handleDisruption(zones: ReadonlyMap<string, { ready: number; notReady: number }>): Task<void> {
    const known = [...this.zoneStates.values()];
    const wereAllDown = known.length > 0 && known.every((state) => state === 'FullDisruption');
    let areAllDown = zones.size > 0;
    for (const [zone, { ready, notReady }] of zones) {
      const state = zoneState(ready, notReady, this.rates);
      this.zoneStates.set(zone, state);
      if (state !== 'FullDisruption') areAllDown = false;
    }
    for (const zone of this.zoneStates.keys()) if (!zones.has(zone)) this.zoneStates.delete(zone);
    if (areAllDown) {
      if (!wereAllDown) yield* this.stopEvictions();
      return;
    }
    if (wereAllDown) for (const health of this.health.values()) health.probeMs = this.context.kernel.epochMs();
    for (const [zone, { ready, notReady }] of zones) {
      this.tainters.get(zone)?.setRate(evictionRate(this.zoneStates.get(zone)!, ready + notReady, this.rates));
    }
  }

  private *stopEvictions(): Task<void> {
    for (const tainter of this.tainters.values()) {
      tainter.clear();
      tainter.setRate(0);
    }
    for (const node of [...this.nodes.list()]) {
      const taints = withEvictionTaint(node, undefined, this.context.kernel.timestamp());
      const { name, resourceVersion } = node.metadata;
      if (taints) yield* ignoring(['Conflict'], writeTaints(this.context, name, resourceVersion, taints));
    }
  }
}
