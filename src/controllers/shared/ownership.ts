import { controllerOf, type KubeObject, type LabelSelector, type OwnerReference, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { labelPredicate, type LabelPredicate } from './selector.ts';
import type { Kind } from '../../api/kind.ts';
import type { Client } from '../../client/client.ts';
import type { Informer, Lister } from '../../client/informer.ts';
import type { Task } from '../../sim/wait.ts';

/** The name of the index of {@link indexByOwner}. */
export const OWNER_INDEX = 'owner';

/** The name of the index of {@link indexByNamespace}. */
export const NAMESPACE_INDEX = 'namespace';

/** Indexes objects by the uids of all their owners; those without a controller also under their namespace (see {@link orphansIn}). */
export function indexByOwner<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(OWNER_INDEX, ownerValues);
}

export function indexByNamespace<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(NAMESPACE_INDEX, (object) => [object.metadata.namespace ?? '']);
}

function ownerValues(object: Stored<KubeObject>): readonly string[] {
  const owners = object.metadata.ownerReferences;
  if (!owners || owners.length === 0) return [orphanValue(object.metadata.namespace ?? '')];
  const values = owners.map((owner) => owner.uid);
  if (!owners.some((owner) => owner.controller)) values.push(orphanValue(object.metadata.namespace ?? ''));
  return values;
}

function orphanValue(namespace: string): string {
  return `orphans of ${namespace}`;
}

/** Objects that `uid` controls. Needs {@link indexByOwner}. */
export function controlledBy<T extends KubeObject>(lister: Lister<T>, uid: string): Stored<T>[] {
  return lister.byIndex(OWNER_INDEX, uid).filter((object) => controllerOf(object)?.uid === uid);
}

/** Objects of a namespace that nobody controls. Needs {@link indexByOwner}. */
export function orphansIn<T extends KubeObject>(lister: Lister<T>, namespace: string): readonly Stored<T>[] {
  return lister.byIndex(OWNER_INDEX, orphanValue(namespace));
}

/** The reference by which `owner` controls what it makes. */
export function controllerReference(owner: Stored<KubeObject>, kind: Kind): OwnerReference {
  const { name, uid } = owner.metadata;
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** Whom a controller controls, whom it wants, and whom it must let go. */
export interface Claims<T> {
  readonly owned: Stored<T>[];
  readonly adopt: Stored<T>[];
  readonly release: Stored<T>[];
}

/** Sorts objects by what their would-be controller has to do about them (controller_ref_manager.go ClaimObject). */
export function sortClaims<T extends KubeObject>(
  owner: Stored<KubeObject>,
  matches: LabelPredicate,
  objects: Iterable<Stored<T>>,
): Claims<T> {
  const claims: Claims<T> = { owned: [], adopt: [], release: [] };
  const leaving = owner.metadata.deletionTimestamp !== undefined;
  for (const object of objects) {
    const controller = controllerOf(object);
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue;
      if (matches(object.metadata.labels)) claims.owned.push(object);
      else if (!leaving) claims.release.push(object);
    } else if (!leaving && object.metadata.deletionTimestamp === undefined && matches(object.metadata.labels)) {
      claims.adopt.push(object);
    }
  }
  return claims;
}

export interface ClaimOptions<O extends KubeObject, T extends KubeObject> {
  readonly client: Client;
  readonly ownerKind: Kind<O>;
  readonly owner: Stored<O>;
  readonly selector: LabelSelector | LabelPredicate;
  readonly kind: Kind<T>;
  /** Finalizers to add when adopting. */
  readonly finalizers?: readonly string[];
}

/**
 * Makes ownership match the selector among `objects`: adopts orphans that match, releases owned
 * ones that no longer do. Returns all that the owner then controls.
 */
export function* claim<O extends KubeObject, T extends KubeObject>(
  options: ClaimOptions<O, T>,
  objects: Iterable<Stored<T>>,
): Task<Stored<T>[]> {
  const { client, owner, kind, selector } = options;
  const matches = typeof selector === 'function' ? selector : labelPredicate(selector);
  const { owned, adopt, release } = sortClaims(owner, matches, objects);
  for (const object of release) {
    const patch = { metadata: { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] } };
    yield* ignoring(['NotFound', 'Invalid'], client.patch(kind, nameOf(object), 'strategic', patch));
  }
  if (adopt.length === 0) return owned;
  yield* assertAlive(options);
  for (const object of adopt) {
    const ownerReferences = [controllerReference(owner, options.ownerKind)];
    const finalizers = options.finalizers?.length ? { finalizers: options.finalizers } : undefined;
    const patch = { metadata: { uid: object.metadata.uid, ownerReferences, ...finalizers } };
    const adopted = yield* ignoring(['NotFound'], client.patch(kind, nameOf(object), 'strategic', patch));
    if (adopted) owned.push(adopted);
  }
  return owned;
}

/** An owner may only adopt while it exists and is not being deleted, as a fresh read says. */
function* assertAlive<O extends KubeObject, T extends KubeObject>({ client, ownerKind, owner }: ClaimOptions<O, T>): Task<void> {
  const fresh = yield* client.get(ownerKind, nameOf(owner));
  const { namespace, name, uid } = owner.metadata;
  if (fresh.metadata.uid !== uid) {
    throw new Error(`original ${ownerKind.kind} ${namespace}/${name} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  }
  if (fresh.metadata.deletionTimestamp !== undefined) {
    throw new Error(`${namespace}/${name} has just been deleted at ${String(fresh.metadata.deletionTimestamp)}`);
  }
}

/** Runs `task`; failures for one of `reasons` become undefined. */
export function* ignoring<T>(reasons: readonly string[], task: Task<T>): Task<T | undefined> {
  try {
    return yield* task;
  } catch (error) {
    if (isApiError(error) && reasons.includes(error.reason)) return undefined;
    throw error;
  }
}

/** Where an object is, for the client. */
export function nameOf(object: Stored<KubeObject>): { namespace?: string; name: string } {
  const { namespace, name } = object.metadata;
  return namespace ? { namespace, name } : { name };
}
