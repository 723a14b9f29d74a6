import { CLEANUP } from './identity.ts';
import { deleteObject } from '../verbs/delete.ts';
import { Finished, type Outcome } from '../objects.ts';
import { withCondition } from './naming.ts';
import { internalCall } from '../internal-call.ts';
import { isApiError } from '../../api/status.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import type { CustomResourceDefinition, DefinitionCondition } from '../../api/custom/definition-types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

const POLL_MS = 5_000;

/**
 * Deletes all objects of a definition that goes, waits until they are gone, then lets the definition go
 * (apiextensions-apiserver pkg/controller/finalizer/crd_finalizer.go).
 */
export function* clearObjects(server: ServerContext, definitions: Resource, name: string, resource: Resource | undefined): Task<void> {
  const set = (condition: DefinitionCondition, isLast: boolean) =>
    server.objects.update(definitions, '', name, function* (current): Task<Outcome> {
      return withTermination(current as CustomResourceDefinition, condition, isLast, server.kernel.timestamp());
    });
  yield* set(
    { type: 'Terminating', status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' },
    false,
  );
  if (resource) {
    yield* deleteAll(server, resource);
    for (;;) {
      yield* server.feed.fresh();
      if (resource.cache.size === 0) break;
      yield* sleep(POLL_MS);
    }
  }
  const [reason, message] = resource
    ? ['InstanceDeletionCompleted', 'removed all instances']
    : ['NeverEstablished', 'resource was never established'];
  yield* set({ type: 'Terminating', status: 'False', reason, message }, true);
}

function* deleteAll(server: ServerContext, resource: Resource): Task<void> {
  const { group, version, resource: plural } = resource.kind;
  yield* server.feed.fresh();
  for (const { metadata } of resource.cache.list()) {
    const { namespace = '', name = '' } = metadata!;
    const call = internalCall({ verb: 'delete', group, version, resource: plural, namespace, name });
    try {
      yield* deleteObject(server, call, resource, namespace, name, { dryRun: false });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }
}

/** The definition with a condition; without its finalizer, and gone if no other holds it, when that was the last step. */
function withTermination(
  definition: CustomResourceDefinition,
  condition: DefinitionCondition,
  isLast: boolean,
  now: string,
): KubeObject | Finished {
  const status = { ...definition.status, conditions: withCondition(definition.status?.conditions ?? [], condition, now) };
  if (!isLast) return { ...definition, status };
  const { finalizers: present = [], ...metadata } = definition.metadata!;
  const finalizers = present.filter((finalizer) => finalizer !== CLEANUP);
  const next = { ...definition, metadata: finalizers.length > 0 ? { ...metadata, finalizers } : metadata, status };
  return finalizers.length > 0 || !definition.metadata!.deletionTimestamp ? next : new Finished(next);
}
