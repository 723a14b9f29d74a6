import { checkPreconditions, type Preconditions } from '../objects.ts';
import { parseRfc3339, rfc3339 } from '../../base/time.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** metav1.DeleteOptions as read from body and query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: Preconditions;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly dryRun: boolean;
  /** As given, to be checked. */
  readonly dryRunValues?: readonly string[];
}

/** What a deletion left: the object at its last state, and whether it is gone. */
export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Deletes one object, or marks it as being deleted (registry Store.Delete). Throws NotFound, Conflict. */
export function* deleteObject(
  server: ServerContext,
  call: Call,
  resource: Resource,
  namespace: string,
  name: string,
  options: DeleteOptions,
): Task<Deletion> {
  const admitted = {
    call,
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace,
    name,
    object: undefined,
    dryRun: options.dryRun,
  } as const;
  let removeNow = false;
  const marked = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      checkPreconditions(resource, old, options.preconditions);
      const request: AdmissionRequest = { ...admitted, old };
      server.admission.validate(request);
      if (!options.dryRun) yield* server.admission.reserve(request);
      const next = step(server, resource, old, options);
      removeNow = next.removeNow;
      return next.object === old ? (removeNow ? 'delete' : 'keep') : next.object;
    },
    { dryRun: options.dryRun },
  );
  if (marked.deleted) return { object: marked.object, gone: true };
  if (!removeNow || options.dryRun) return { object: marked.object, gone: removeNow };
  const removed = yield* server.objects.remove(resource, namespace, name, { uid: marked.object.metadata!.uid });
  return { object: removed, gone: true };
}

interface Step {
  /** `old` itself when nothing is to be written before the removal. */
  readonly object: KubeObject;
  readonly removeNow: boolean;
}

/** What a deletion does to the object as it stands: mark, hold by finalizers, or remove. */
function step(server: ServerContext, resource: Resource, old: KubeObject, options: DeleteOptions): Step {
  const { behaviour } = resource;
  const grace = graceful(server, behaviour.gracePeriodSeconds(old, options.gracePeriodSeconds), old, options);
  if (grace.pending) return { object: old, removeNow: false };
  const finalizers = deletionFinalizers(old, options, behaviour.defaultPropagation);
  const held = finalizers.length > 0;
  let { object } = grace;
  if (!sameList(finalizers, old.metadata!.finalizers ?? []))
    object = { ...object, metadata: { ...object.metadata, finalizers: [...finalizers] } };
  if (finalizers.length === 0 && object.metadata!.finalizers) object = withoutFinalizers(object);
  if (held) object = markedAsDeleting(server, object);
  if (grace.object !== old) return { object, removeNow: !held && object.metadata!.deletionGracePeriodSeconds === 0 };
  return { object: held ? object : old, removeNow: !held };
}

interface Grace {
  /** With deletion time and grace set when this deletion gives grace; `old` otherwise. */
  readonly object: KubeObject;
  /** It is being deleted already and this request changes nothing. */
  readonly pending: boolean;
}

/** rest.BeforeDelete: the deletion timestamp of kinds that know grace. */
function graceful(server: ServerContext, period: number | undefined, old: KubeObject, options: DeleteOptions): Grace {
  const metadata = old.metadata!;
  if (period === undefined) return { object: old, pending: false };
  if (metadata.deletionTimestamp) {
    const present = metadata.deletionGracePeriodSeconds;
    if (!present) return { object: old, pending: false };
    if (options.gracePeriodSeconds === undefined || period >= present) return { object: old, pending: true };
    const deletion = rfc3339(parseRfc3339(metadata.deletionTimestamp) + (period - present) * 1000);
    return {
      object: { ...old, metadata: { ...metadata, deletionTimestamp: deletion, deletionGracePeriodSeconds: period } },
      pending: false,
    };
  }
  const deletionTimestamp = rfc3339(server.kernel.epochMs() + period * 1000);
  return { object: { ...old, metadata: { ...counted(metadata), deletionTimestamp, deletionGracePeriodSeconds: period } }, pending: false };
}

function counted(metadata: NonNullable<KubeObject['metadata']>): NonNullable<KubeObject['metadata']> {
  return metadata.generation ? { ...metadata, generation: metadata.generation + 1 } : metadata;
}

/** registry.markAsDeleting: held by finalizers, gone as soon as they are. */
function markedAsDeleting(server: ServerContext, object: KubeObject): KubeObject {
  const metadata = object.metadata!;
  const now = server.kernel.timestamp();
  const base = metadata.deletionGracePeriodSeconds === undefined ? counted(metadata) : metadata;
  const deletionTimestamp = metadata.deletionTimestamp && metadata.deletionTimestamp <= now ? metadata.deletionTimestamp : now;
  if (base === metadata && metadata.deletionTimestamp === deletionTimestamp && metadata.deletionGracePeriodSeconds === 0) return object;
  return { ...object, metadata: { ...base, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
}

/** The finalizers after the propagation policy has had its say (registry.deletionFinalizersForGarbageCollection). */
function deletionFinalizers(object: KubeObject, options: DeleteOptions, defaultPolicy: 'Orphan' | 'Background'): readonly string[] {
  const present = object.metadata!.finalizers ?? [];
  const wantsOrphan = shouldOrphan(present, options, defaultPolicy);
  const wantsForeground =
    options.orphanDependents === undefined &&
    (options.propagationPolicy === 'Foreground' || (!options.propagationPolicy && present.includes(FOREGROUND)));
  const others = present.filter((finalizer) => finalizer !== ORPHAN && finalizer !== FOREGROUND);
  if (wantsOrphan) others.push(ORPHAN);
  if (wantsForeground && !wantsOrphan) others.push(FOREGROUND);
  return sameMembers(others, present) ? present : others;
}

function shouldOrphan(present: readonly string[], options: DeleteOptions, defaultPolicy: 'Orphan' | 'Background'): boolean {
  if (options.orphanDependents !== undefined) return options.orphanDependents;
  if (options.propagationPolicy) return options.propagationPolicy === 'Orphan';
  if (present.includes(ORPHAN)) return true;
  if (present.includes(FOREGROUND)) return false;
  return defaultPolicy === 'Orphan';
}

function withoutFinalizers(object: KubeObject): KubeObject {
  const { finalizers: _none, ...metadata } = object.metadata!;
  return { ...object, metadata };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((value, i) => value === b[i]));
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}
