import { APPLY_PATCH, applyPatch, readPatch } from '../patching.ts';
import { apply } from './apply.ts';
import { changed, settling } from './update.ts';
import { checkPlace } from './place.ts';
import { checkWriteOptions } from '../write-options.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import { writing, type Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';
import type { WriteResult } from './update.ts';

/** Changes an object, or a part of it, by a patch. Throws NotFound, BadRequest, Invalid, Conflict, UnsupportedMediaType. */
export function* patch(server: ServerContext, call: Call, served: Served, contentType: string): Task<WriteResult> {
  const isApply = contentType === APPLY_PATCH;
  checkWriteOptions(call, 'PatchOptions', isApply);
  if (isApply) return yield* apply(server, call, served);
  const { resource } = served;
  const { name, namespace } = call.info;
  const read = readPatch(call, contentType, served.type);
  const updated = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      const after = applyPatch(call, read, served.fromStorage(old), served.kind, served.decode);
      checkPlace(after, name, namespace, served);
      const given = writing(served).defaults(served.toStorage(after));
      return yield* changed(server, call, served, given, old);
    },
    settling(call),
  );
  return { object: updated.object, created: false };
}
