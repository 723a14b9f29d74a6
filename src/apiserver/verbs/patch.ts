import { badRequest } from '../../api/status.ts';
import { changed, settling } from './update.ts';
import { unsupportedMediaType } from '../errors.ts';
import { applyPatch } from '../patching.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';
import type { WriteResult } from './update.ts';

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
  'application/strategic-merge-patch+json',
] as const;

/** Changes an object, or its status, by a patch. */
export function* patch(server: ServerContext, call: Call, served: Served, body: unknown, contentType: string): Task<WriteResult> {
  const { resource } = served;
  const { name, namespace } = call.info;
  if (!(PATCH_TYPES as readonly string[]).includes(contentType)) throw unsupportedMediaType(PATCH_TYPES);
  const updated = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      const before = served.fromStorage(old);
      const after = applyPatch(contentType, before, body) as KubeObject;
      if (after.metadata?.name !== name) throw badRequest(`the name of the object (${after.metadata?.name ?? ''}) does not match the name on the URL (${name})`);
      const given = resource.behaviour.defaults(served.toStorage(after));
      return yield* changed(server, call, served, given, old);
    },
    settling(call),
  );
  return { object: updated.object, created: false };
}
