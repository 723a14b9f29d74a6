import { checkPreconditions, Finished } from './objects.ts';
import { withKeptMetadata } from './verbs/update.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';
import type { Resource } from './resource.ts';
import type { ServerContext } from './server-context.ts';
import type { DeleteOptions, Deletion } from './verbs/delete.ts';

/** Marks a namespace as terminating, or removes it once nothing holds it (registry/core/namespace/storage). */
export function* deleteNamespace(
  server: ServerContext,
  call: Call,
  resource: Resource,
  name: string,
  options: DeleteOptions,
): Task<Deletion> {
  server.admission.validate({
    call,
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace: '',
    name,
    object: undefined,
    old: undefined,
    dryRun: options.dryRun,
  });
  const updated = yield* server.objects.update(
    resource,
    '',
    name,
    function* (old) {
      checkPreconditions(resource, old, options.preconditions);
      if (!old.metadata!.deletionTimestamp) {
        const now = server.kernel.timestamp();
        const finalizers = withPropagation(old.metadata!.finalizers ?? [], options);
        const metadata = { ...old.metadata, deletionTimestamp: now, ...(finalizers.length > 0 && { finalizers }) };
        return { ...old, metadata, status: { ...old.status, phase: 'Terminating' } };
      }
      const held = (old.spec?.finalizers?.length ?? 0) > 0 || (old.metadata!.finalizers?.length ?? 0) > 0;
      return held ? 'keep' : 'delete';
    },
    { dryRun: options.dryRun },
  );
  return { object: updated.object, gone: updated.deleted };
}

function withPropagation(finalizers: readonly string[], { propagationPolicy, orphanDependents }: DeleteOptions): string[] {
  const others = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  if (orphanDependents || propagationPolicy === 'Orphan') return [...others, 'orphan'];
  if (propagationPolicy === 'Foreground') return [...others, 'foregroundDeletion'];
  return others;
}

/** The `finalize` subresource: sets `spec.finalizers`; the namespace goes when none is left. */
export function* finalizeNamespace(server: ServerContext, resource: Resource, name: string, given: KubeObject): Task<KubeObject> {
  const updated = yield* server.objects.update(resource, '', name, function* (old) {
    const finalizers = (given.spec?.finalizers ?? []) as string[];
    const metadata = withKeptMetadata(given, old).metadata!;
    const object: KubeObject = { ...old, metadata, spec: finalizers.length > 0 ? { ...old.spec, finalizers } : {} };
    const named = { ...object, metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': name } } };
    const ends = old.metadata!.deletionTimestamp && finalizers.length === 0 && !metadata.finalizers?.length;
    return ends ? new Finished(named) : named;
  });
  return updated.object;
}
