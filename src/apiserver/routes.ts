import { badRequest } from '../api/status.ts';
import { bind } from './subresources/binding.ts';
import { contentTypeOf, readObject, readValue } from './body.ts';
import { create } from './verbs/create.ts';
import { deleteNamespace, finalizeNamespace } from './namespaces.ts';
import { deleteObject, type DeleteOptions, type Deletion } from './verbs/delete.ts';
import { deleteOptionsOf } from './delete-options.ts';
import { get, list, selected } from './verbs/read.ts';
import { methodNotAllowed, noSuchResource } from './errors.ts';
import { patch } from './verbs/patch.ts';
import { applyPatch } from './patching.ts';
import { replace, type WriteResult } from './verbs/update.ts';
import { rescale, scaleOf } from './subresources/scale.ts';
import { respond, respondStream } from './respond.ts';
import { selectionOf } from './selection.ts';
import { watch } from './verbs/watch.ts';
import type { HttpResponse } from '../net/http.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';
import type { ServerContext } from './server-context.ts';
import type { Kind } from '../api/kind.ts';

/** Answers a request for a resource. Throws ApiError. */
export function* serveResource(server: ServerContext, call: Call): Task<HttpResponse> {
  const { info } = call;
  const served = server.resources.find(info.group, info.version, info.resource);
  if (!served) {
    if (info.resource === 'bindings' && info.group === '' && info.verb === 'create') return yield* serveBindings(server, call);
    throw noSuchResource();
  }
  if (served.deprecation) call.warn(served.deprecation);
  if (served.kind.namespaced ? info.namespace === '' && info.name !== '' : info.namespace !== '' && info.resource !== 'namespaces') throw noSuchResource();
  if (info.subresource === '' || info.subresource === 'status') {
    if (info.subresource === 'status' && !served.kind.subresources.status) throw noSuchResource();
    return yield* serveMain(server, call, served);
  }
  return yield* serveSubresource(server, call, served);
}

function* serveMain(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  const { info } = call;
  switch (info.verb) {
    case 'get':
      return respond(call, 200, served.fromStorage(yield* get(server, call, served)));
    case 'list':
      return respond(call, 200, yield* list(server, call, served));
    case 'watch':
      return respondStream(call, yield* watch(server, call, served));
    case 'create': {
      if (info.name !== '' || (served.kind.namespaced && info.namespace === '')) throw methodNotAllowed();
      return respond(call, 201, served.fromStorage(yield* create(server, call, served, readObject(call, served.kind))));
    }
    case 'update':
      if (info.name === '') throw methodNotAllowed();
      return written(call, served, yield* replace(server, call, served, readObject(call, served.kind)));
    case 'patch':
      if (info.name === '') throw methodNotAllowed();
      return written(call, served, yield* patch(server, call, served, readValue(call), contentTypeOf(call)));
    case 'delete':
      if (info.subresource !== '') throw methodNotAllowed();
      return deleted(call, served, yield* deleteAny(server, call, served, info.name, deleteOptionsOf(call)));
    case 'deletecollection':
      return respond(call, 200, yield* deleteCollection(server, call, served));
    default:
      throw methodNotAllowed();
  }
}

function written(call: Call, served: Served, result: WriteResult): HttpResponse {
  return respond(call, result.created ? 201 : 200, served.fromStorage(result.object));
}

function* deleteAny(server: ServerContext, call: Call, served: Served, name: string, options: DeleteOptions): Task<Deletion> {
  const { resource } = served;
  if (resource.name === 'namespaces') return yield* deleteNamespace(server, call, resource, name, options);
  return yield* deleteObject(server, call, resource, call.info.namespace, name, options);
}

function deleted(call: Call, served: Served, { object, gone }: Deletion): HttpResponse {
  if (!gone || served.resource.behaviour.returnsDeleted) return respond(call, 200, served.fromStorage(object));
  const { group, resource } = served.kind;
  const { name, uid } = object.metadata!;
  return respond(call, 200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: resource, uid },
  });
}

function* deleteCollection(server: ServerContext, call: Call, served: Served): Task<KubeObject> {
  if (!served.kind.verbs.includes('deletecollection') || (served.kind.namespaced && call.info.namespace === '')) throw methodNotAllowed();
  const options = deleteOptionsOf(call);
  const selection = selectionOf(call, served);
  yield* server.feed.fresh();
  const items: KubeObject[] = [];
  for (const object of selected(served.resource, selection)) {
    const { namespace = '', name = '' } = object.metadata!;
    items.push(object);
    try {
      yield* deleteObject(server, call, served.resource, namespace, name, options);
    } catch (error) {
      if ((error as { reason?: string }).reason !== 'NotFound') throw error;
    }
  }
  const metadata = { resourceVersion: String(server.feed.revision) };
  return { kind: `${served.kind.kind}List`, apiVersion: served.kind.apiVersion, metadata, items: items.map(served.fromStorage) };
}

function* serveSubresource(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  const { info } = call;
  const { resource } = served;
  if (!served.kind.subresources[info.subresource] || info.name === '') throw noSuchResource();
  if (info.subresource === 'scale') return yield* serveScale(server, call, served);
  if (info.subresource === 'binding' && info.verb === 'create') {
    return respond(call, 201, yield* bind(server, call, resource, info.name, readObject(call, subKind(served, 'binding'))));
  }
  if (info.subresource === 'finalize' && info.verb === 'update') {
    return respond(call, 200, yield* finalizeNamespace(server, resource, info.name, readObject(call, served.kind)));
  }
  throw methodNotAllowed();
}

function* serveBindings(server: ServerContext, call: Call): Task<HttpResponse> {
  const pods = server.resources.byName('pods')!;
  const binding = call.request.body as KubeObject;
  const name = binding.metadata?.name;
  if (!name) throw badRequest('name is required');
  return respond(call, 201, yield* bind(server, call, pods, name, binding));
}

function* serveScale(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  const { info } = call;
  switch (info.verb) {
    case 'get':
      return respond(call, 200, scaleOf(yield* get(server, call, served)));
    case 'update': {
      const given = readObject(call, subKind(served, 'scale'));
      return respond(call, 200, yield* rescale(server, call, served, () => given));
    }
    case 'patch': {
      const body = readValue(call);
      const type = contentTypeOf(call);
      return respond(call, 200, yield* rescale(server, call, served, (scale) => applyPatch(type, scale, body) as KubeObject));
    }
    default:
      throw methodNotAllowed();
  }
}

/** The kind that a subresource takes: `autoscaling/v1 Scale`, `v1 Binding`. */
function subKind(served: Served, subresource: string): Kind {
  const facts = served.kind.subresources[subresource]!;
  const group = facts.group ?? served.kind.group;
  const version = facts.version ?? served.kind.version;
  return { ...served.kind, group, version, apiVersion: group ? `${group}/${version}` : version, kind: facts.kind };
}
