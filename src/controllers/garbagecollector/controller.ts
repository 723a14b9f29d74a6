import { objectKey, splitKey, type KubeObject, type OwnerReference, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { ignoring, nameOf } from '../shared/ownership.ts';
import { numberFlag, startWorkers } from '../shared/workers.ts';
import { blocks, FOREGROUND, isBeingDeleted, isDeletingDependents, isOrphaning, judge, ORPHAN, type OwnerState } from './decide.ts';
import { Monitors, ownerKey, type Found } from './monitors.ts';
import type { Kind } from '../../api/kind.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

const ABSENT_REMEMBERED = 500;

/** Deletes what lost its owners and sees foreground and orphaning deletions through (pkg/controller/garbagecollector). */
export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  component: 'garbage-collector-controller',
  rateFactor: { perSecond: 2, burst: 1 },
  start(context) {
    if (context.flag('enable-garbage-collector') === 'false') return;
    new Collector(context).start();
  },
};

class Collector {
  private readonly context: ControllerContext;
  private readonly deletions: WorkQueue;
  private readonly orphanings: WorkQueue;
  private readonly monitors: Monitors;
  /** Kinds of queued keys. */
  private readonly kinds = new Map<string, Kind>();
  /** Uids of owners known to be gone, the latest last. */
  private readonly absent = new Set<string>();

  constructor(context: ControllerContext) {
    this.context = context;
    this.deletions = context.queue('garbage_collector_attempt_to_delete');
    this.orphanings = context.queue('garbage_collector_attempt_to_orphan');
    this.monitors = new Monitors(context.informers, {
      changed: (kind, before, after) => this.changed(kind, before, after),
      deleted: (kind, object) => this.deleted(kind, object),
    });
  }

  start(): void {
    const workers = numberFlag(this.context, 'concurrent-gc-syncs', 20);
    startWorkers(this.context, 'garbage collector', this.deletions, workers, (key) => this.attemptToDelete(key));
    startWorkers(this.context, 'garbage collector', this.orphanings, workers, (key) => this.attemptToOrphan(key));
  }

  private changed(kind: Kind, before: Stored<KubeObject> | undefined, after: Stored<KubeObject>): void {
    const { metadata } = after;
    if (metadata.deletionTimestamp !== undefined) this.deletionBegan(kind, before, after);
    if (before?.metadata.ownerReferences === metadata.ownerReferences) return;
    for (const owner of metadata.ownerReferences ?? []) {
      if (this.cachedOwner(owner, metadata.namespace)?.metadata.uid !== owner.uid) this.enqueue(this.deletions, kind, after);
    }
    if (before) this.enqueueWaitingOwners(before);
  }

  private deletionBegan(kind: Kind, before: Stored<KubeObject> | undefined, after: Stored<KubeObject>): void {
    if (isOrphaning(after) && !(before && isOrphaning(before))) this.enqueue(this.orphanings, kind, after);
    if (!isDeletingDependents(after) || (before && isDeletingDependents(before))) return;
    for (const dependent of this.monitors.dependentsOf(after.metadata.uid)) this.enqueue(this.deletions, dependent.kind, dependent.object);
    this.enqueue(this.deletions, kind, after);
  }

  private deleted(_kind: Kind, object: Stored<KubeObject>): void {
    this.rememberAbsent(object.metadata.uid);
    for (const dependent of this.monitors.dependentsOf(object.metadata.uid)) this.enqueue(this.deletions, dependent.kind, dependent.object);
    this.enqueueWaitingOwners(object);
  }

  /** Owners that are deleted in the foreground look again when a dependent goes or turns away. */
  private enqueueWaitingOwners(object: Stored<KubeObject>): void {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const cached = this.cachedOwner(owner, object.metadata.namespace);
      if (cached && cached.metadata.uid === owner.uid && isDeletingDependents(cached)) {
        this.enqueue(this.deletions, this.monitors.kindOf(owner)!, cached);
      }
    }
  }

  private cachedOwner(owner: OwnerReference, namespace: string | undefined): Stored<KubeObject> | undefined {
    const kind = this.monitors.kindOf(owner);
    return kind && this.monitors.get(kind, ownerKey(kind, owner, namespace));
  }

  private rememberAbsent(uid: string): void {
    this.absent.delete(uid);
    this.absent.add(uid);
    if (this.absent.size <= ABSENT_REMEMBERED) return;
    for (const oldest of this.absent) {
      this.absent.delete(oldest);
      return;
    }
  }

  private enqueue(queue: WorkQueue, kind: Kind, object: Stored<KubeObject>): void {
    const prefix = `${kind.apiVersion}/${kind.resource}`;
    this.kinds.set(prefix, kind);
    queue.add(`${prefix} ${objectKey(object)}`);
  }

  private find(key: string): Found | undefined {
    const space = key.indexOf(' ');
    const kind = this.kinds.get(key.slice(0, space))!;
    const object = this.monitors.get(kind, key.slice(space + 1));
    return object && { kind, object };
  }

  private *attemptToDelete(key: string): Task<void> {
    const found = this.find(key);
    if (!found) return;
    const { kind, object } = found;
    if (isDeletingDependents(object)) {
      yield* this.waitForDependents(found);
      return;
    }
    if (isBeingDeleted(object)) return;
    const states = new Map<string, OwnerState>();
    for (const owner of object.metadata.ownerReferences ?? []) states.set(owner.uid, yield* this.stateOf(owner, object));
    const dependents = this.monitors.dependentsOf(object.metadata.uid).map((each) => each.object);
    const verdict = judge(object, (owner) => states.get(owner.uid)!, dependents);
    if (verdict.do === 'detach') yield* this.detach(kind, object, verdict.uids);
    if (verdict.do !== 'delete') return;
    if (verdict.unblockFirst) yield* this.unblock(found);
    yield* this.remove(found, verdict.policy);
  }

  /** The resource version keeps a stale cache from deleting what has just been detached from its owner. */
  private *remove({ kind, object }: Found, policy: 'Foreground' | 'Background' | 'Orphan'): Task<void> {
    const { uid, resourceVersion } = object.metadata;
    const preconditions = { uid, resourceVersion };
    yield* ignoring(['NotFound'], this.context.client.delete(kind, nameOf(object), { propagationPolicy: policy, preconditions }));
  }

  private *stateOf(owner: OwnerReference, dependent: Stored<KubeObject>): Task<OwnerState> {
    if (this.absent.has(owner.uid)) return 'absent';
    const kind = this.monitors.kindOf(owner);
    if (!kind) throw new Error(`unable to get REST mapping for ${owner.apiVersion}/${owner.kind}.`);
    const { namespace } = dependent.metadata;
    if (kind.namespaced && !namespace) return this.refuseOwner(owner, dependent);
    const key = ownerKey(kind, owner, namespace);
    const cached = this.monitors.get(kind, key);
    const present = cached?.metadata.uid === owner.uid ? cached : yield* this.read(kind, key);
    if (present?.metadata.uid === owner.uid) return isDeletingDependents(present) ? 'waiting' : 'solid';
    this.rememberAbsent(owner.uid);
    return 'absent';
  }

  private *read(kind: Kind, key: string): Task<Stored<KubeObject> | undefined> {
    const { namespace, name } = splitKey(key);
    return yield* ignoring(['NotFound'], this.context.client.get(kind, namespace ? { namespace, name } : { name }));
  }

  /** A cluster-scoped object cannot have an owner in a namespace; it is left alone. */
  private refuseOwner(owner: OwnerReference, dependent: Stored<KubeObject>): OwnerState {
    const message = `ownerRef [${owner.apiVersion}/${owner.kind}, namespace: , name: ${owner.name}, uid: ${owner.uid}] does not exist in namespace ""`;
    this.context.recorder.event(dependent, 'Warning', 'OwnerRefInvalidNamespace', message);
    return 'solid';
  }

  /** A foreground deletion: ends when nothing blocks it, else sees to the dependents. */
  private *waitForDependents({ kind, object }: Found): Task<void> {
    const blocking = this.monitors.dependentsOf(object.metadata.uid).filter((each) => blocks(each.object, object.metadata.uid));
    if (blocking.length === 0) {
      yield* this.dropFinalizer(kind, object, FOREGROUND);
      return;
    }
    for (const dependent of blocking) {
      if (!isDeletingDependents(dependent.object)) this.enqueue(this.deletions, dependent.kind, dependent.object);
    }
  }

  private *attemptToOrphan(key: string): Task<void> {
    const found = this.find(key);
    if (!found || !isOrphaning(found.object)) return;
    const { kind, object } = found;
    for (const dependent of this.monitors.dependentsOf(object.metadata.uid)) {
      yield* this.detach(dependent.kind, dependent.object, [object.metadata.uid]);
    }
    yield* this.dropFinalizer(kind, object, ORPHAN);
  }

  private *detach(kind: Kind, object: Stored<KubeObject>, uids: readonly string[]): Task<void> {
    const ownerReferences = (object.metadata.ownerReferences ?? []).filter((owner) => !uids.includes(owner.uid));
    yield* this.patchMetadata(kind, object, { ownerReferences: ownerReferences.length > 0 ? ownerReferences : null });
  }

  private *unblock({ kind, object }: Found): Task<void> {
    const ownerReferences = (object.metadata.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    yield* this.patchMetadata(kind, object, { ownerReferences });
  }

  private *dropFinalizer(kind: Kind, object: Stored<KubeObject>, finalizer: string): Task<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((each) => each !== finalizer);
    yield* this.patchMetadata(kind, object, { finalizers: finalizers.length > 0 ? finalizers : null });
  }

  /** Patches the object as it was last seen; when it has changed since, as it is now. */
  private *patchMetadata(kind: Kind, object: Stored<KubeObject>, metadata: Record<string, unknown>): Task<void> {
    const { uid, resourceVersion } = object.metadata;
    try {
      yield* this.context.client.patch(kind, nameOf(object), 'merge', { metadata: { ...metadata, uid, resourceVersion } });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}
