import { DEFINITIONS } from '../crd/identity.ts';
import { deleteDefinition } from '../crd/delete-definition.ts';
import { deleteNamespace } from '../namespaces.ts';
import { deleteObject, type DeleteOptions, type Deletion } from './delete.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { ApiError, isApiError } from '../../api/status.ts';
import { listOptionsOf } from '../list-options.ts';
import { selected } from './read.ts';
import { selectionOf } from '../selection.ts';
import type { KubeList, KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

export type { Deletion };

/** Deletes the object that the request names. Throws NotFound, Conflict, BadRequest, Invalid. */
export function* deleteNamed(server: ServerContext, call: Call, served: Served): Task<Deletion> {
  const options = deleteOptionsOf(call);
  return yield* deleteOne(server, call, served, call.info.namespace, call.info.name, options);
}

function* deleteOne(
  server: ServerContext,
  call: Call,
  served: Served,
  namespace: string,
  name: string,
  options: DeleteOptions,
): Task<Deletion> {
  const { resource } = served;
  if (resource.name === 'namespaces') return yield* deleteNamespace(server, call, resource, name, options);
  if (resource.name === DEFINITIONS) return yield* deleteDefinition(server, call, resource, name, options);
  return yield* deleteObject(server, call, resource, namespace, name, options);
}

/** Deletes everything that the request selects; answers the list of it as it was. */
export function* deleteCollection(server: ServerContext, call: Call, served: Served): Task<KubeList<KubeObject>> {
  const options = deleteOptionsOf(call);
  listOptionsOf(call, false);
  const selection = selectionOf(call, served);
  yield* server.feed.fresh();
  const items = selected(served.resource, selection);
  const deletions = items.map((object) =>
    server.group.spawn('delete of a collection', deleteUnlessGone(server, call, served, object, options)),
  );
  const failures: (ApiError | undefined)[] = [];
  for (const deletion of deletions) failures.push(yield* deletion.join());
  const failure = failures.find(Boolean);
  if (failure) throw failure;
  const metadata = { ...(!served.type && { continue: '' }), resourceVersion: String(server.feed.revision) };
  return { kind: `${served.kind.kind}List`, apiVersion: served.kind.apiVersion, metadata, items: items.map(served.fromStorage) };
}

/** Answers why it could not be deleted. */
function* deleteUnlessGone(
  server: ServerContext,
  call: Call,
  served: Served,
  object: KubeObject,
  options: DeleteOptions,
): Task<ApiError | undefined> {
  const { namespace = '', name = '' } = object.metadata!;
  try {
    yield* deleteOne(server, call, served, namespace, name, options);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isApiError(error, 'NotFound')) return error;
  }
  return undefined;
}
