import { PODS, type Pod, type ReplicaSet, type ReplicationController } from '../../api/kinds.ts';
import { controllerOf, objectKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { Expectations } from './expectations.ts';
import { isNamespaceTerminating } from './errors.ts';
import { allAtOnce, slowStart } from './batches.ts';
import { podsToDelete } from './deletion-ranking.ts';
import { watchOwnedPods } from './owned-pods.ts';
import { claim, controlledBy, indexByOwner, nameOf, orphansIn } from './ownership.ts';
import { isPodActive, podCondition } from './pods.ts';
import { podFromTemplate } from './pod-template.ts';
import { replicaStatus, sameReplicaStatus, tallyReplicas, type ReplicaFailure } from './replica-status.ts';
import { messageOf, numberFlag, startWorkers } from './workers.ts';
import type { LabelPredicate } from './selector.ts';
import type { Kind } from '../../api/kind.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { ControllerContext } from '../context.ts';

/** Replica sets and replication controllers differ in their kind and in the form of their selector. */
export type Replicated = ReplicaSet | ReplicationController;

export interface ReplicaKind<T extends Replicated> {
  readonly kind: Kind<T>;
  readonly queueName: string;
  /** The flag that sets the number of workers. */
  readonly workersFlag: string;
  predicate(object: T): LabelPredicate;
}

/** No more creations and deletions than this at once (replica_set.go BurstReplicas). */
const BURST = 500;
/** Pod changes of a set of n pods are gathered for n of these, as they gather in a real queue while a sync of n pods runs. */
const GATHER_MS_PER_POD = 0.02;

/**
 * Keeps as many pods as asked for: the common core of the replica set and replication controllers
 * (pkg/controller/replicaset/replica_set.go).
 */
export class ReplicaManager<T extends Replicated> {
  private readonly context: ControllerContext;
  private readonly variant: ReplicaKind<T>;
  private readonly sets: Informer<T>;
  private readonly pods: Informer<Pod>;
  private readonly expectations: Expectations;
  private readonly queue: WorkQueue;

  constructor(context: ControllerContext, variant: ReplicaKind<T>) {
    this.context = context;
    this.variant = variant;
    this.sets = context.informers.informer(variant.kind);
    this.pods = context.informers.informer(PODS);
    this.expectations = new Expectations(context.kernel);
    this.queue = context.queue(variant.queueName);
  }

  start(): void {
    const { sets, pods, queue } = this;
    indexByOwner(sets);
    sets.onChange({
      added: (set) => queue.add(objectKey(set)),
      updated: (before, set) => {
        const respecified = before.metadata.generation !== set.metadata.generation;
        if (respecified || before.metadata.deletionTimestamp !== set.metadata.deletionTimestamp) queue.add(objectKey(set));
        else this.gather(objectKey(set));
      },
      deleted: (set) => {
        this.expectations.forget(objectKey(set));
        queue.add(objectKey(set));
      },
    });
    watchOwnedPods<T>({
      pods,
      owners: sets,
      kindName: this.variant.kind.kind,
      expectations: this.expectations,
      predicate: (set) => this.variant.predicate(set),
      changed: (key) => this.gather(key),
      matters: (before, pod) => isPodActive(before) !== isPodActive(pod) || podReadySince(before) !== podReadySince(pod),
    });
    const workers = numberFlag(this.context, this.variant.workersFlag, 5);
    startWorkers(this.context, this.variant.queueName, queue, workers, (key) => this.reconcile(key));
  }

  private gather(key: string): void {
    const replicas = this.sets.get(key)?.spec?.replicas ?? 0;
    this.queue.addAfter(key, replicas <= 50 ? 0 : replicas * GATHER_MS_PER_POD);
  }

  *reconcile(key: string): Task<void> {
    const { context, variant, expectations } = this;
    const set = this.sets.get(key);
    if (!set) {
      expectations.forget(key);
      return;
    }
    const mayAct = expectations.satisfied(key);
    const candidates = [...controlledBy(this.pods, set.metadata.uid), ...orphansIn(this.pods, set.metadata.namespace ?? '')];
    const selector = variant.predicate(set);
    const pods = yield* claim(
      { client: context.client, ownerKind: variant.kind, owner: set, selector, kind: PODS },
      candidates.filter(isPodActive),
    );
    let failure: ReplicaFailure | undefined;
    let failed: unknown;
    if (mayAct && set.metadata.deletionTimestamp === undefined) {
      try {
        yield* this.fit(key, set, pods);
      } catch (error) {
        failed = error;
        const wanted = set.spec?.replicas ?? 0;
        failure = { reason: wanted > pods.length ? 'FailedCreate' : 'FailedDelete', message: messageOf(error) };
      }
    }
    yield* this.report(key, set, pods, failure);
    if (failed !== undefined) throw failed;
  }

  /** Creates what is missing, deletes what is too many. Throws the first failure. */
  private *fit(key: string, set: Stored<T>, pods: readonly Stored<Pod>[]): Task<void> {
    const difference = pods.length - (set.spec?.replicas ?? 0);
    if (difference < 0) yield* this.createPods(key, set, Math.min(-difference, BURST));
    else if (difference > 0) yield* this.deletePods(key, set, pods, Math.min(difference, BURST));
  }

  private *createPods(key: string, set: Stored<T>, count: number): Task<void> {
    const { context, variant, expectations } = this;
    expectations.expectCreations(key, count);
    const pod = podFromTemplate(set.spec?.template, set, variant.kind);
    const create = function* (): Task<void> {
      try {
        const created = yield* context.client.create(PODS, pod);
        context.recorder.event(set, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      } catch (error) {
        expectations.creationObserved(key);
        if (isNamespaceTerminating(error)) return;
        context.recorder.event(set, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
        throw error;
      }
    };
    const result = yield* slowStart(context.group, count, create);
    if (result.skipped > 0) expectations.creationObserved(key, result.skipped);
    if (result.errors.length > 0) throw result.errors[0];
  }

  private *deletePods(key: string, set: Stored<T>, pods: readonly Stored<Pod>[], count: number): Task<void> {
    const { context, expectations } = this;
    const doomed = podsToDelete(pods, this.relatedPods(set, pods), count, context.kernel.epochMs());
    expectations.expectDeletions(
      key,
      doomed.map((pod) => pod.metadata.uid),
    );
    const remove = function* (index: number): Task<void> {
      const pod = doomed[index]!;
      try {
        yield* context.client.delete(PODS, nameOf(pod));
        context.recorder.event(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
      } catch (error) {
        expectations.deletionObserved(key, pod.metadata.uid);
        if (isApiError(error, 'NotFound')) return;
        context.recorder.event(set, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`);
        throw error;
      }
    };
    const errors = yield* allAtOnce(context.group, doomed.length, remove);
    if (errors.length > 0) throw errors[0];
  }

  /** Pods of all sets with the same owner: those of a deployment's other replica sets count for crowding. */
  private relatedPods(set: Stored<T>, own: readonly Stored<Pod>[]): readonly Stored<Pod>[] {
    const controller = controllerOf(set);
    if (!controller) return own;
    return controlledBy(this.sets, controller.uid).flatMap((sibling) => controlledBy(this.pods, sibling.metadata.uid));
  }

  private *report(key: string, set: Stored<T>, pods: readonly Stored<Pod>[], failure: ReplicaFailure | undefined): Task<void> {
    const { kernel, client } = this.context;
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    const tally = tallyReplicas(pods, set.spec?.template?.metadata?.labels, minReadySeconds, kernel.epochMs());
    if (tally.nextAvailableInMs !== undefined) this.queue.addAfter(key, tally.nextAvailableInMs + 1);
    let present = set;
    for (let tries = 0; ; tries++) {
      const status = replicaStatus(present.status as ReplicaSet['status'], tally, set.metadata.generation, failure, kernel.timestamp());
      if (sameReplicaStatus(present.status as ReplicaSet['status'], status)) return;
      try {
        yield* client.updateStatus(this.variant.kind, { ...present, status } as T);
        return;
      } catch (error) {
        if (tries > 0 || !isApiError(error, 'Conflict')) throw error;
        present = yield* client.get(this.variant.kind, nameOf(set));
      }
    }
  }
}

/** Readiness and its instant; all that a set's status takes from the status of an active pod. */
function podReadySince(pod: Pod): unknown {
  const ready = podCondition(pod, 'Ready');
  return ready?.status === 'True' ? ready.lastTransitionTime : undefined;
}
