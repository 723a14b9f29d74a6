import {
  NAMESPACES,
  NODES,
  PERSISTENT_VOLUMES,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICATION_CONTROLLERS,
  REPLICA_SETS,
  SERVICES,
  STATEFUL_SETS,
  type Node,
  type Pod,
} from '../api/kinds.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import { isApiError } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import { NetError } from '../net/fabric.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Rng } from '../sim/rng.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { SchedulerCache } from './cache.ts';
import { explainFailure, SchedulingCycle, type CycleRecord, type WeightedPlugin } from './cycle.ts';
import type { ClusterChange } from './framework.ts';
import { PodInfo } from './pod-info.ts';
import type { WorkloadListers } from './plugins/listers.ts';
import { defaultProfile } from './profile.ts';
import { SchedulingQueue, type QueuedPod } from './queue.ts';

const DEFAULT_SCHEDULER = 'default-scheduler';
/** What one cycle takes of the scheduler's time. */
const CYCLE_MS = 0.5;
/** Of all records together, so that their memory is bounded in any cluster. */
const MOST_VERDICTS = 1_500;

export interface SchedulerOptions {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly recorder: EventRecorder;
  readonly rng: Rng;
  readonly log: (line: string) => void;
}

/** kube-scheduler: takes waiting pods one after the other, chooses a node, binds in the background. */
export class Scheduler {
  readonly cache = new SchedulerCache();
  private readonly options: SchedulerOptions;
  private readonly queue: SchedulingQueue;
  private readonly plugins: readonly WeightedPlugin[];
  private readonly cycle: SchedulingCycle;
  private readonly records = new Map<string, CycleRecord>();
  private verdicts = 0;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.queue = new SchedulingQueue(options.kernel);
    this.plugins = defaultProfile(this.watchWorkloads());
    this.cycle = new SchedulingCycle(this.plugins, this.cache, options.rng);
    this.watchNodes();
    this.watchPods();
  }

  /** The last cycle of a pod, by uid. */
  record(uid: string): CycleRecord | undefined {
    return this.records.get(uid);
  }

  /** Runs until its group is killed. */
  start(): void {
    const { group, informers } = this.options;
    informers.start();
    group.spawn('scheduling', this.run());
    group.spawn('flush', this.queue.flushPeriodically());
  }

  private *run(): Task<void> {
    yield* this.options.informers.synced();
    for (;;) {
      const entry = yield* this.queue.pop();
      yield* sleep(CYCLE_MS);
      this.scheduleOne(entry);
    }
  }

  private scheduleOne(entry: QueuedPod): void {
    if (entry.place !== 'cycle') return;
    const pod = new PodInfo(entry.pod);
    const outcome = this.cycle.run(pod, this.options.kernel.now);
    this.remember(pod.uid, outcome.record);
    const { group } = this.options;
    if (outcome.chosen) {
      this.cache.place(pod, outcome.chosen.name);
      group.spawn('bind', this.bind(entry, pod, outcome.chosen.name));
    } else {
      const message = explainFailure(outcome.record, this.cache.nodes.length);
      this.queue.giveUp(entry, outcome.helpedBy);
      this.options.recorder.event(entry.pod, 'Warning', 'FailedScheduling', message);
      group.spawn('condition', this.setCondition(entry.pod, 'Unschedulable', message));
    }
  }

  private *bind(entry: QueuedPod, { pod, uid }: PodInfo, node: string): Task<void> {
    const { client, recorder } = this.options;
    const { namespace, name } = pod.metadata;
    try {
      yield* client.createSub(PODS, { namespace, name }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace, name, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      });
      this.queue.done(entry);
      recorder.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`);
    } catch (error) {
      if (!isApiError(error) && !(error instanceof NetError)) throw error;
      this.cache.remove(uid);
      if (isApiError(error, 'NotFound')) {
        this.queue.remove(uid);
        return;
      }
      this.queue.changed('pod-removed');
      this.queue.giveUp(entry, undefined);
      recorder.event(pod, 'Warning', 'FailedScheduling', `running "DefaultBinder" bind plugin: ${error.message}`);
    }
  }

  /** Writes PodScheduled=False, if it does not say so already. */
  private *setCondition(pod: Stored<Pod>, reason: string, message: string): Task<void> {
    const present = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (present?.status === 'False' && present.reason === reason && present.message === message) return;
    const { namespace, name } = pod.metadata;
    const lastTransitionTime = present?.status === 'False' ? present.lastTransitionTime : this.options.kernel.timestamp();
    const generation = (pod.metadata as { generation?: number }).generation;
    const condition = {
      type: 'PodScheduled',
      ...(generation !== undefined && { observedGeneration: generation }),
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime,
      reason,
      message,
    };
    try {
      yield* this.options.client.patch(
        PODS,
        { namespace, name },
        'strategic',
        { status: { conditions: [condition] } },
        { subresource: 'status' },
      );
    } catch (error) {
      if (!isApiError(error) && !(error instanceof NetError)) throw error;
      this.options.log(`Error updating pod status: ${error.message}`);
    }
  }

  private remember(uid: string, record: CycleRecord): void {
    this.forget(uid);
    this.records.set(uid, record);
    this.verdicts += record.nodes.length;
    for (const oldest of this.records.keys()) {
      if (this.verdicts <= MOST_VERDICTS) return;
      this.forget(oldest);
    }
  }

  private forget(uid: string): void {
    this.verdicts -= this.records.get(uid)?.nodes.length ?? 0;
    this.records.delete(uid);
  }

  private watchPods(): void {
    this.options.informers.informer(PODS).onChange({
      added: (pod) => this.podChanged(undefined, pod),
      updated: (before, after) => this.podChanged(before, after),
      deleted: (pod) => this.podGone(pod),
    });
  }

  private podChanged(before: Stored<Pod> | undefined, pod: Stored<Pod>): void {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      this.podGone(pod);
      return;
    }
    const { uid } = pod.metadata;
    if (pod.spec!.nodeName) {
      if (before?.spec!.nodeName) {
        this.cache.refresh(pod);
        if (before.metadata.labels !== pod.metadata.labels) this.queue.changed('pod-labels');
        return;
      }
      this.queue.remove(uid);
      this.cache.place(new PodInfo(pod), pod.spec!.nodeName);
      this.queue.changed('pod-added');
    } else if (pod.metadata.deletionTimestamp) this.queue.remove(uid);
    else if ((pod.spec!.schedulerName ?? DEFAULT_SCHEDULER) === DEFAULT_SCHEDULER && !this.cache.has(uid)) this.enqueue(pod);
  }

  private enqueue(pod: Stored<Pod>): void {
    const gated = this.plugins.some(({ plugin }) => plugin.preEnqueue?.(pod));
    this.queue.update(pod, gated);
    if (!gated) return;
    const message = 'Scheduling is blocked due to non-empty scheduling gates';
    this.options.group.spawn('condition', this.setCondition(pod, 'SchedulingGated', message));
  }

  private podGone(pod: Stored<Pod>): void {
    const { uid } = pod.metadata;
    this.queue.remove(uid);
    this.forget(uid);
    if (!this.cache.has(uid)) return;
    this.cache.remove(uid);
    this.queue.changed('pod-removed');
  }

  private watchNodes(): void {
    this.options.informers.informer(NODES).onChange({
      added: (node) => {
        this.cache.setNode(node);
        this.queue.changed('node-added');
      },
      updated: (before, after) => {
        this.cache.setNode(after);
        for (const change of nodeChanges(before, after)) this.queue.changed(change);
      },
      deleted: (node) => this.cache.removeNode(node.metadata.name),
    });
  }

  private watchWorkloads(): WorkloadListers {
    const { informers } = this.options;
    const services = informers.informer(SERVICES);
    services.addIndex('namespace', (service) => [service.metadata.namespace!]);
    const onClaims = <T extends KubeObject>(kind: Kind<T>) => {
      const informer = informers.informer(kind);
      const changed = () => this.queue.changed('claim-changed');
      informer.onChange({ added: changed, updated: changed });
      return informer;
    };
    return {
      services,
      replicationControllers: informers.informer(REPLICATION_CONTROLLERS),
      replicaSets: informers.informer(REPLICA_SETS),
      statefulSets: informers.informer(STATEFUL_SETS),
      namespaces: informers.informer(NAMESPACES),
      claims: onClaims(PERSISTENT_VOLUME_CLAIMS),
      volumes: onClaims(PERSISTENT_VOLUMES),
    };
  }
}

function nodeChanges(before: Stored<Node>, after: Stored<Node>): ClusterChange[] {
  const changes: ClusterChange[] = [];
  const differ = (a: unknown, b: unknown) => a !== b && JSON.stringify(a) !== JSON.stringify(b);
  if (differ(before.status?.allocatable, after.status?.allocatable)) changes.push('node-allocatable');
  if (differ(before.metadata.labels, after.metadata.labels)) changes.push('node-labels');
  if (differ(before.spec?.taints, after.spec?.taints)) changes.push('node-taints');
  if (differ(before.spec?.unschedulable, after.spec?.unschedulable)) changes.push('node-unschedulable');
  return changes;
}
