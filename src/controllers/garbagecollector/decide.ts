import type { KubeObject, OwnerReference, Stored } from '../../api/object.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** What is known of an owner: `absent` if it is gone, `waiting` if it goes once its dependents have gone. */
export type OwnerState = 'solid' | 'absent' | 'waiting';

export type Verdict =
  | { readonly do: 'nothing' }
  /** Some owners are there, others are not: only the references to the latter go. */
  | { readonly do: 'detach'; readonly uids: readonly string[] }
  /** Its owner waits for it, but a dependent of its own waits too: it must not block, or both wait for ever. */
  | { readonly do: 'delete'; readonly policy: 'Foreground' | 'Background' | 'Orphan'; readonly unblockFirst: boolean };

/** What becomes of an object with owners (garbagecollector.go attemptToDeleteItem). */
export function judge(
  object: Stored<KubeObject>,
  stateOf: (owner: OwnerReference) => OwnerState,
  dependents: readonly Stored<KubeObject>[],
): Verdict {
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length === 0) return { do: 'nothing' };
  const states = owners.map((owner) => ({ uid: owner.uid, state: stateOf(owner) }));
  if (states.some(({ state }) => state === 'solid')) {
    const uids = states.filter(({ state }) => state !== 'solid').map(({ uid }) => uid);
    return uids.length === 0 ? { do: 'nothing' } : { do: 'detach', uids };
  }
  if (states.some(({ state }) => state === 'waiting') && dependents.length > 0) {
    return { do: 'delete', policy: 'Foreground', unblockFirst: dependents.some(isDeletingDependents) };
  }
  const finalizers = object.metadata.finalizers ?? [];
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
  return { do: 'delete', policy, unblockFirst: false };
}

export function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

/** Deleted in the foreground: it goes when its dependents have gone. */
export function isDeletingDependents(object: KubeObject): boolean {
  return isBeingDeleted(object) && (object.metadata?.finalizers ?? []).includes(FOREGROUND);
}

/** Deleted with its dependents to be left behind. */
export function isOrphaning(object: KubeObject): boolean {
  return isBeingDeleted(object) && (object.metadata?.finalizers ?? []).includes(ORPHAN);
}

/** Whether `dependent` keeps the owner of this uid from going in the foreground. */
export function blocks(dependent: KubeObject, ownerUid: string): boolean {
  return (dependent.metadata?.ownerReferences ?? []).some((owner) => owner.uid === ownerUid && owner.blockOwnerDeletion === true);
}
