import type { KubeList, KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource, Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';
import { selectionOf, type Selection } from '../selection.ts';

/** One object in the storage version. Throws NotFound. */
export function* get(server: ServerContext, call: Call, served: Served): Task<KubeObject> {
  return yield* server.objects.get(served.resource, call.info.namespace, call.info.name);
}

/** The objects that a request selects, in the storage version and the order of the store. */
export function selected(resource: Resource, selection: Selection): KubeObject[] {
  const { cache } = resource;
  const { scope, namespace, matches } = selection;
  if (scope.name !== undefined && (scope.namespace !== undefined || !resource.namespaced)) {
    const object = cache.get(resource.cacheKey(scope.namespace ?? '', scope.name));
    return object && (!matches || matches(object)) ? [object] : [];
  }
  const candidates = scope.index ? cache.listByField(scope.index.field, scope.index.value) : cache.list(scope.namespace ?? namespace);
  return matches ? candidates.filter(matches) : candidates;
}

export function* list(server: ServerContext, call: Call, served: Served): Task<KubeList<KubeObject>> {
  const selection = selectionOf(call, served);
  yield* server.feed.fresh();
  const items = selected(served.resource, selection);
  return {
    kind: `${served.kind.kind}List`,
    apiVersion: served.kind.apiVersion,
    metadata: { resourceVersion: String(server.feed.revision) },
    items: served.isStorageVersion ? items : items.map((item) => served.fromStorage(item)),
  };
}
