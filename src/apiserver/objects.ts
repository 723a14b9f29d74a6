import { copyOf, copyWith } from '../base/copy.ts';
import { flat } from '../base/flat.ts';
import { conflict, modified, notFound, alreadyExists, ApiError } from '../api/status.ts';
import { sameButForTimes } from '../api/managed-fields.ts';
import type { KubeObject } from '../api/object.ts';
import type { KeyValue, Store } from '../etcd/store.ts';
import type { Task } from '../sim/wait.ts';
import type { Resource } from './resource.ts';

/** What must hold of the object that an operation finds (metav1.Preconditions). */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/**
 * A change of an existing object: the new object, `'delete'` to remove it, or `'keep'` to leave it as
 * it is. An object wrapped in {@link Finished} is removed, and answered as it would have been stored.
 */
export type Outcome = KubeObject | Finished | 'delete' | 'keep';

/** An object that goes because the last that held it is gone. */
export class Finished {
  readonly object: KubeObject;

  constructor(object: KubeObject) {
    this.object = object;
  }
}

/** What became of an update: the object as it is now, or as it was when it was deleted. */
export interface Updated {
  readonly object: KubeObject;
  readonly deleted: boolean;
}

/** An object at the version in which it was deleted. */
function atRevision(object: KubeObject, revision: number): KubeObject {
  return atVersion(object, String(revision));
}

function stamped(object: KubeObject): (revision: number) => KubeObject {
  return (revision) => atRevision(object, revision);
}

/** The name is a part of the key's text: there are many objects, and names are long. */
function created(object: KubeObject, name: string): (revision: number) => KubeObject {
  return (revision) => {
    const metadata = copyOf(object.metadata!);
    metadata.name = name;
    metadata.resourceVersion = String(revision);
    return copyWith(object, 'metadata', metadata);
  };
}

function atVersion(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  const metadata = copyOf(object.metadata!);
  metadata.resourceVersion = resourceVersion;
  return copyWith(object, 'metadata', metadata);
}

export interface UpdateOptions {
  readonly dryRun?: boolean;
  /** Called after each attempt, with the object as stored, or undefined if nothing was stored. */
  settled?(stored: KubeObject | undefined): Task<void>;
}

/** Reads and writes objects of the store with optimistic concurrency. Everything is in storage versions. */
export class Objects {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** The object as it is now. Throws NotFound. */
  *get(resource: Resource, namespace: string, name: string): Task<KubeObject> {
    const kv = yield* this.store.get(resource.storeKey(namespace, name));
    if (!kv) throw notFound(resource, name);
    return kv.value as KubeObject;
  }

  *find(resource: Resource, namespace: string, name: string): Task<KubeObject | undefined> {
    return (yield* this.store.get(resource.storeKey(namespace, name)))?.value as KubeObject | undefined;
  }

  /** Throws AlreadyExists. */
  *create(resource: Resource, object: KubeObject): Task<KubeObject> {
    const { namespace = '', name = '' } = object.metadata!;
    const lease = resource.hooks.lease && (yield* resource.hooks.lease());
    const key = flat(resource.storeKey(namespace, name));
    const result = yield* this.store.txn(
      [{ key, modRevision: 0 }],
      [{ put: key, value: created(object, key.slice(key.length - name.length)), ...(lease && { lease }) }],
    );
    if (!result.succeeded) throw alreadyExists(resource, name);
    return result.written[0]!.value as KubeObject;
  }

  /**
   * Reads, changes and writes, again and again while others write in between. `change` may throw; it
   * checks the resourceVersion the client gave, if any. Throws NotFound.
   */
  *update(
    resource: Resource,
    namespace: string,
    name: string,
    change: (old: KubeObject) => Task<Outcome>,
    options: UpdateOptions = {},
  ): Task<Updated> {
    const key = resource.storeKey(namespace, name);
    let kv = yield* this.store.get(key);
    for (;;) {
      if (!kv) throw notFound(resource, name);
      const old = kv.value as KubeObject;
      const decided = yield* change(old);
      const finished = decided instanceof Finished ? decided.object : undefined;
      const outcome = decided instanceof Finished ? 'delete' : decided;
      if (outcome === 'keep' || options.dryRun) {
        if (options.settled) yield* options.settled(undefined);
        return { object: finished ?? (outcome === 'keep' || outcome === 'delete' ? old : outcome), deleted: outcome === 'delete' };
      }
      if (outcome !== 'delete' && isUnchanged(outcome, old)) {
        if (options.settled) yield* options.settled(old);
        return { object: old, deleted: false };
      }
      const compare = [{ key, modRevision: kv.modRevision }];
      const lease = resource.hooks.lease && outcome !== 'delete' ? yield* resource.hooks.lease() : kv.lease;
      const result = yield* this.store.txn(compare, [
        outcome === 'delete' ? { remove: key } : { put: key, value: stamped(outcome), ...(lease && { lease }) },
      ]);
      const written = result.written[0];
      if (options.settled) yield* options.settled(written?.value as KubeObject | undefined);
      if (written && outcome === 'delete') {
        if (resource.hooks.afterDelete) yield* resource.hooks.afterDelete(old);
        return { object: finished ?? atRevision(old, written.modRevision), deleted: true };
      }
      if (written) return { object: written.value as KubeObject, deleted: false };
      kv = result.present[0] as KeyValue | undefined;
    }
  }

  /** Removes an object for which the preconditions hold; answers its last state. Throws NotFound, Conflict. */
  *remove(
    resource: Resource,
    namespace: string,
    name: string,
    preconditions: Preconditions | undefined,
    check?: (object: KubeObject) => void,
  ): Task<KubeObject> {
    const removed = yield* this.update(resource, namespace, name, function* (old) {
      checkPreconditions(resource, old, preconditions);
      check?.(old);
      return 'delete';
    });
    return removed.object;
  }
}

function isUnchanged(object: KubeObject, old: KubeObject): boolean {
  if (object === old) return true;
  const { resourceVersion } = old.metadata!;
  const same = object.metadata!.resourceVersion === resourceVersion ? object : atVersion(object, resourceVersion);
  return sameButForTimes(same, old);
}

/** Throws Conflict unless the object is the one that is meant (storage.Preconditions.Check). */
export function checkPreconditions(resource: Resource, object: KubeObject, preconditions: Preconditions | undefined): void {
  if (!preconditions) return;
  const { uid, resourceVersion } = object.metadata!;
  const { kind } = resource.kind;
  const at = { group: '', resource: kind };
  const name = object.metadata!.name!;
  if (preconditions.uid !== undefined && preconditions.uid !== uid) {
    throw conflict(
      at,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflict(
      at,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/** Throws Conflict if the client changed a version that is no longer the present one. */
export function checkResourceVersion(resource: Resource, object: KubeObject, old: KubeObject): void {
  const asked = object.metadata?.resourceVersion;
  if (!asked || asked === '0' || asked === old.metadata!.resourceVersion) return;
  if (!/^\d+$/.test(asked)) throw new ApiError(500, undefined, `strconv.ParseUint: parsing "${asked}": invalid syntax`);
  throw modified(resource, object.metadata?.name ?? old.metadata!.name!);
}
