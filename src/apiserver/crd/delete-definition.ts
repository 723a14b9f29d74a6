import { CLEANUP } from './identity.ts';
import { checkPreconditions } from '../objects.ts';
import { deleteObject, type DeleteOptions, type Deletion } from '../verbs/delete.ts';
import { withCondition } from './naming.ts';
import type { Call } from '../call.ts';
import type { CustomResourceDefinition } from '../../api/custom/definition-types.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';
import type { Task } from '../../sim/wait.ts';

/** Marks a definition as going; it stays until its objects are gone (registry/customresourcedefinition/etcd.go). */
export function* deleteDefinition(
  server: ServerContext,
  call: Call,
  resource: Resource,
  name: string,
  options: DeleteOptions,
): Task<Deletion> {
  const present = yield* server.objects.get(resource, '', name);
  if (present.metadata!.deletionTimestamp) return yield* deleteObject(server, call, resource, '', name, options);
  server.admission.validate({
    call,
    operation: 'DELETE',
    resource,
    subresource: '',
    namespace: '',
    name,
    object: undefined,
    old: present,
    dryRun: options.dryRun,
  });
  const updated = yield* server.objects.update(
    resource,
    '',
    name,
    function* (old) {
      checkPreconditions(resource, old, options.preconditions);
      const definition = old as CustomResourceDefinition;
      const now = server.kernel.timestamp();
      const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';
      const conditions = withCondition(
        definition.status?.conditions ?? [],
        { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending', message },
        now,
      );
      const finalizers = old.metadata!.finalizers ?? [];
      return {
        ...old,
        metadata: {
          ...old.metadata,
          deletionTimestamp: now,
          finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP],
        },
        status: { ...old.status, conditions },
      };
    },
    { dryRun: options.dryRun },
  );
  return { object: updated.object, gone: false };
}
