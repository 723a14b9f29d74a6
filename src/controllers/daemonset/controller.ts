import {
  CONTROLLER_REVISIONS,
  DAEMON_SETS,
  NODES,
  PODS,
  type ControllerRevision,
  type DaemonSet,
  type Node,
  type Pod,
} from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { allAtOnce, slowStart } from '../shared/batches.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { Expectations } from '../shared/expectations.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { claim, controlledBy, indexByOwner, nameOf, orphansIn } from '../shared/ownership.ts';
import { podFromTemplate } from '../shared/pod-template.ts';
import { availableInMs, isPodReady } from '../shared/pods.ts';
import { hashOf, presentRevision, truncateRevisions } from '../shared/revisions.ts';
import { isEmptySelector, labelPredicate } from '../shared/selector.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import {
  byAge,
  daemonStatus,
  daemonTolerations,
  nodeOfPod,
  nodeWish,
  planDaemons,
  planUpdate,
  templateForNode,
  type DaemonState,
  type NodeWish,
} from './decide.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const BURST = 250;
const GATHER_MS_PER_NODE = 0.02;
/** How long a daemon pod that failed is left before another is made, at first and at most. */
const FAILED_BACKOFF_MS = 1_000;
const LONGEST_FAILED_BACKOFF_MS = 15 * 60_000;

/** Keeps one pod on every node that a daemon set fits (pkg/controller/daemon). */
export const daemonSetController: Controller = {
  name: 'daemonset-controller',
  component: 'daemonset-controller',
  start(context) {
    new DaemonManager(context).start();
  },
};

class DaemonManager {
  private readonly context: ControllerContext;
  private readonly sets: Informer<DaemonSet>;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly revisions: Informer<ControllerRevision>;
  private readonly queue: WorkQueue;
  private readonly expectations: Expectations;
  /** By set and node: how long the next replacement of a failed pod waits, and since when. */
  private readonly failures = new Map<string, { delayMs: number; atMs: number }>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.sets = context.informers.informer(DAEMON_SETS);
    this.pods = context.informers.informer(PODS);
    this.nodes = context.informers.informer(NODES);
    this.revisions = context.informers.informer(CONTROLLER_REVISIONS);
    this.queue = context.queue('daemonset');
    this.expectations = new Expectations(context.kernel);
  }

  start(): void {
    const { sets, pods, nodes, revisions, queue } = this;
    indexByOwner(revisions);
    const enqueue = (set: Stored<DaemonSet>): void => queue.add(objectKey(set));
    sets.onChange({
      added: enqueue,
      updated: (_before, set) => enqueue(set),
      deleted: (set) => {
        this.expectations.forget(objectKey(set));
        enqueue(set);
      },
    });
    watchOwnedPods({
      pods,
      owners: sets,
      kindName: 'DaemonSet',
      expectations: this.expectations,
      predicate: (set) => (isEmptySelector(set.spec?.selector) ? () => false : labelPredicate(set.spec?.selector)),
      changed: (key) => this.gather(key),
      matters: (before, pod) => isPodReady(before) !== isPodReady(pod) || before.status?.phase !== pod.status?.phase,
    });
    nodes.onChange({
      added: (node) => this.nodeChanged(undefined, node),
      updated: (before, node) => this.nodeChanged(before, node),
      deleted: () => this.enqueueAll(),
    });
    const workers = numberFlag(this.context, 'concurrent-daemonset-syncs', 2);
    startWorkers(this.context, 'daemonset', queue, workers, (key) => this.reconcile(key));
  }

  private enqueueAll(): void {
    for (const set of this.sets.list()) this.queue.add(objectKey(set));
  }

  private nodeChanged(before: Stored<Node> | undefined, node: Stored<Node>): void {
    if (before && before.metadata.labels === node.metadata.labels && before.spec?.taints === node.spec?.taints) return;
    for (const set of this.sets.list()) {
      const spec = set.spec?.template?.spec;
      if (!spec) continue;
      const tolerations = daemonTolerations(spec);
      const after = nodeWish(spec, tolerations, node);
      const former = before ? nodeWish(spec, tolerations, before) : { run: false, keep: false };
      if (after.run !== former.run || after.keep !== former.keep) this.gather(objectKey(set));
    }
  }

  private gather(key: string): void {
    this.queue.addAfter(key, this.nodes.size <= 50 ? 0 : this.nodes.size * GATHER_MS_PER_NODE);
  }

  private *reconcile(key: string): Task<void> {
    const { context, expectations } = this;
    const set = this.sets.get(key);
    if (!set) {
      expectations.forget(key);
      return;
    }
    if (isEmptySelector(set.spec?.selector)) {
      context.recorder.event(set, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return;
    }
    if (set.metadata.deletionTimestamp !== undefined) return;
    const revisions = controlledBy(this.revisions, set.metadata.uid);
    const { revision, collisionCount } = yield* presentRevision(context.client, set, DAEMON_SETS, revisions);
    const state = yield* this.gatherState(set, hashOf(revision));
    if (expectations.satisfied(key)) {
      const plan = planDaemons(state);
      yield* this.act(key, set, state, plan.create, this.withoutTooEarly(key, state, plan.remove, plan.ended));
      if (expectations.satisfied(key)) {
        if ((set.spec?.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate') {
          const update = planUpdate(state);
          if (plan.create.length + plan.remove.length === 0) yield* this.act(key, set, state, update.create, update.remove);
        }
        const live = new Set([...state.podsByNode.values()].flat().map((pod) => pod.metadata.labels?.['controller-revision-hash']));
        const isLive = (each: Stored<ControllerRevision>): boolean => each.metadata.uid === revision.metadata.uid || live.has(hashOf(each));
        yield* truncateRevisions(context.client, revisions, set.spec?.revisionHistoryLimit ?? 10, isLive);
      }
    }
    yield* this.report(key, set, yield* this.gatherState(set, hashOf(revision)), collisionCount);
  }

  private *gatherState(set: Stored<DaemonSet>, hash: string): Task<DaemonState> {
    const candidates = [...controlledBy(this.pods, set.metadata.uid), ...orphansIn(this.pods, set.metadata.namespace ?? '')];
    const selector = set.spec!.selector;
    const pods = yield* claim({ client: this.context.client, ownerKind: DAEMON_SETS, owner: set, selector, kind: PODS }, candidates);
    const podsByNode = new Map<string, Stored<Pod>[]>();
    for (const pod of pods.sort(byAge)) {
      const node = nodeOfPod(pod) ?? '';
      const there = podsByNode.get(node);
      if (there) there.push(pod);
      else podsByNode.set(node, [pod]);
    }
    const spec = set.spec?.template?.spec ?? { containers: [] };
    const tolerations = daemonTolerations(spec);
    const wishes = new Map<string, NodeWish>();
    for (const node of this.nodes.list()) wishes.set(node.metadata.name, nodeWish(spec, tolerations, node));
    return { set, wishes, podsByNode, hash, nowMs: this.context.kernel.epochMs() };
  }

  /** Pods that ended are replaced slowly, for they may end again at once. */
  private withoutTooEarly(key: string, state: DaemonState, remove: readonly Stored<Pod>[], ended: readonly Stored<Pod>[]): Stored<Pod>[] {
    const { kernel, recorder } = this.context;
    return remove.filter((pod) => {
      if (!ended.includes(pod)) return true;
      const node = nodeOfPod(pod) ?? '';
      const failed = pod.status?.phase === 'Failed';
      if (failed) {
        const backoffKey = `${key}/${node}`;
        const known = this.failures.get(backoffKey);
        const waitMs = known ? known.atMs + known.delayMs - kernel.now : 0;
        if (waitMs > 0) {
          this.queue.addAfter(key, waitMs);
          return false;
        }
        const grown =
          known && kernel.now - known.atMs < 2 * LONGEST_FAILED_BACKOFF_MS
            ? Math.min(known.delayMs * 2, LONGEST_FAILED_BACKOFF_MS)
            : FAILED_BACKOFF_MS;
        this.failures.set(backoffKey, { delayMs: grown, atMs: kernel.now });
      }
      const [reason, word, verb] = failed ? ['FailedDaemonPod', 'failed', 'kill'] : ['SucceededDaemonPod', 'succeeded', 'delete'];
      const message = `Found ${word} daemon pod ${objectKey(pod)} on node ${node}, will try to ${verb} it`;
      recorder.event(state.set, failed ? 'Warning' : 'Normal', reason!, message);
      return true;
    });
  }

  private *act(
    key: string,
    set: Stored<DaemonSet>,
    state: DaemonState,
    create: readonly string[],
    remove: readonly Stored<Pod>[],
  ): Task<void> {
    if (create.length === 0 && remove.length === 0) return;
    const { context, expectations } = this;
    const [made, doomed] = [create.slice(0, BURST), remove.slice(0, BURST)];
    expectations.expect(
      key,
      made.length,
      doomed.map((pod) => pod.metadata.uid),
    );
    const creating = yield* slowStart(context.group, made.length, (index) => this.createPod(key, set, made[index]!, state.hash));
    if (creating.skipped > 0) expectations.creationObserved(key, creating.skipped);
    const failed = yield* allAtOnce(context.group, doomed.length, (index) => this.deletePod(key, set, doomed[index]!));
    const [error] = [...creating.errors, ...failed];
    if (error !== undefined) throw error;
  }

  private *createPod(key: string, set: Stored<DaemonSet>, node: string, hash: string): Task<void> {
    const { client, recorder } = this.context;
    try {
      const pod = yield* client.create(PODS, podFromTemplate(templateForNode(set, node, hash), set, DAEMON_SETS));
      recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      this.expectations.creationObserved(key);
      if (isNamespaceTerminating(error)) return;
      recorder.event(set, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      throw error;
    }
  }

  private *deletePod(key: string, set: Stored<DaemonSet>, pod: Stored<Pod>): Task<void> {
    const { client, recorder } = this.context;
    try {
      yield* client.delete(PODS, nameOf(pod));
      recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
    } catch (error) {
      this.expectations.deletionObserved(key, pod.metadata.uid);
      if (isApiError(error, 'NotFound')) return;
      recorder.event(set, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
      throw error;
    }
  }

  private *report(key: string, set: Stored<DaemonSet>, state: DaemonState, collisionCount: number): Task<void> {
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    if (minReadySeconds > 0) {
      for (const [pod] of state.podsByNode.values()) {
        const waitMs = pod && availableInMs(pod, minReadySeconds, state.nowMs);
        if (waitMs) this.queue.addAfter(key, waitMs + 1);
      }
    }
    const counted = daemonStatus(state, set.metadata.generation, collisionCount);
    const status = { ...counted, ...(set.status?.conditions && { conditions: set.status.conditions }) };
    if (equalValues(set.status, status)) return;
    yield* this.context.client.updateStatus(DAEMON_SETS, { ...set, status });
  }
}
