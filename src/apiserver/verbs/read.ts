import { ApiError, notFound } from '../../api/status.ts';
import { CompactedError } from '../../etcd/store.ts';
import { encodeContinue } from '../continue-token.ts';
import { listOptionsOf, revisionOf, tooLargeResourceVersion, type ListOptions } from '../list-options.ts';
import { selectionOf, type Selection } from '../selection.ts';
import { withTimeout, type Task } from '../../sim/wait.ts';
import type { KubeList, KubeObject } from '../../api/object.ts';
import type { Call } from '../call.ts';
import type { Resource, Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** How long a request waits for a version that the server has not seen yet. */
const FRESH_MS = 3_000;

/** One object in the storage version. Throws NotFound. */
export function* get(server: ServerContext, call: Call, served: Served): Task<KubeObject> {
  const { resource } = served;
  const { namespace, name } = call.info;
  const asked = call.query('resourceVersion');
  if (!asked) return yield* server.objects.get(resource, namespace, name);
  yield* waitFor(server, revisionOf(asked, false));
  const object = resource.cache.get(resource.cacheKey(namespace, name));
  if (!object) throw notFound(resource, name);
  return object;
}

/** Waits until the caches know a revision. Throws Timeout. */
export function* waitFor(server: ServerContext, revision: number): Task<void> {
  if (server.feed.revision >= revision) return;
  const waiting = server.group.spawn('wait for a version', server.feed.reached(revision));
  const outcome = yield* withTimeout(FRESH_MS, waiting.completion());
  if (!outcome.timedOut) return;
  waiting.kill();
  throw tooLargeResourceVersion(revision, server.feed.revision);
}

/** The present objects that a request selects, in the storage version and the order of the store. */
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
  const options = listOptionsOf(call, false);
  const { resource } = served;
  let revision: number;
  let items: KubeObject[];
  let after = '';
  if (options.continue && options.continue.revision > 0) {
    revision = options.continue.revision;
    items = yield* past(server, resource, selection, revision, () => tooOldToContinue(options));
  } else if (!options.continue && wantsExact(options)) {
    revision = revisionOf(options.resourceVersion, true);
    if (revision > server.feed.revision) yield* waitFor(server, revision);
    items = yield* past(
      server,
      resource,
      selection,
      revision,
      () => new ApiError(410, 'Expired', 'The resourceVersion for the provided list is too old.'),
    );
  } else {
    yield* server.feed.fresh();
    if (options.resourceVersion !== '') yield* waitFor(server, revisionOf(options.resourceVersion, true));
    revision = server.feed.revision;
    items = selected(resource, selection);
  }
  if (options.continue) {
    after = options.continue.start;
    items = items.filter((item) => keyOf(resource, item, selection) >= after);
  }
  return page(served, selection, options, items, revision);
}

/** A version with a limit, or with Exact, means that very version. */
function wantsExact({ resourceVersion, match, limit }: ListOptions): boolean {
  if (resourceVersion === '' || resourceVersion === '0') return false;
  return match === 'Exact' || (match === '' && limit > 0);
}

function* past(
  server: ServerContext,
  resource: Resource,
  selection: Selection,
  revision: number,
  tooOld: () => ApiError,
): Task<KubeObject[]> {
  const prefix = selection.namespace === undefined ? resource.prefix : `${resource.prefix}${selection.namespace}/`;
  try {
    const { items } = yield* server.store.range(prefix, { revision });
    const objects = items.map((kv) => kv.value as KubeObject);
    return selection.matches ? objects.filter(selection.matches) : objects;
  } catch (error) {
    throw error instanceof CompactedError ? tooOld() : error;
  }
}

/** 410 with a token that goes on at the present version. */
function tooOldToContinue(options: ListOptions): ApiError {
  const error = new ApiError(
    410,
    'Expired',
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
  const metadata = { continue: encodeContinue({ revision: -1, start: options.continue!.start }) };
  return ApiError.of({ ...error.status, metadata });
}

/** Keys in tokens are relative to the namespace that is listed, if one is. */
function keyOf(resource: Resource, object: KubeObject, selection: Selection): string {
  const { namespace = '', name = '' } = object.metadata!;
  return selection.namespace === undefined ? resource.cacheKey(namespace, name) : name;
}

function page(
  served: Served,
  selection: Selection,
  { limit }: ListOptions,
  all: readonly KubeObject[],
  revision: number,
): KubeList<KubeObject> {
  const isCut = limit > 0 && all.length > limit;
  const items = isCut ? all.slice(0, limit) : (all as KubeObject[]);
  const last = isCut ? items[items.length - 1]! : undefined;
  return {
    kind: `${served.kind.kind}List`,
    apiVersion: served.kind.apiVersion,
    metadata: {
      resourceVersion: String(revision),
      // Lists of custom resources always say where they go on.
      ...(!served.type && { continue: '' }),
      ...(last && { continue: encodeContinue({ revision, start: `${keyOf(served.resource, last, selection)}\0` }) }),
      ...(last && selection.isPlain && { remainingItemCount: all.length - limit }),
    },
    items: served.isStorageVersion ? items : items.map((item) => served.fromStorage(item)),
  };
}
