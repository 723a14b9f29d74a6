import { BUILTIN_KINDS } from '../api/kind.ts';
import { Representer } from './represent.ts';
import { checkWriteOptions } from './write-options.ts';
import { contentTypeOf, readServed } from './body.ts';
import { create } from './verbs/create.ts';
import { deleteCollection, deleteNamed, type Deletion } from './verbs/delete-verbs.ts';
import { get, list } from './verbs/read.ts';
import { methodNotAllowed, noSuchResource } from './errors.ts';
import { patch } from './verbs/patch.ts';
import { replace } from './verbs/update.ts';
import { notFound } from '../api/status.ts';
import { respondAs, respondStream, respondText } from './respond.ts';
import { serveReview } from './reviews.ts';
import { serveSubresource } from './subresources/routes.ts';
import { watch } from './verbs/watch.ts';
import type { HttpResponse } from '../net/http.ts';
import type { KubeList, KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Call } from './call.ts';
import type { Served } from './resource.ts';
import type { ServerContext } from './server-context.ts';

/** Answers a request for a resource. Throws ApiError. */
export function* serveResource(server: ServerContext, call: Call): Task<HttpResponse> {
  const { info } = call;
  const served = server.resources.find(info.group, info.version, info.resource);
  if (!served) return yield* serveUnstored(server, call);
  if (served.deprecation) call.warn(served.deprecation);
  if (!isInScope(call, served)) {
    if (!served.type) return respondText(404, '404 page not found\n');
    throw noSuchResource();
  }
  if (info.subresource === '' || (PARTS.has(info.subresource) && Object.hasOwn(served.kind.subresources, info.subresource)))
    return yield* serveMain(server, call, served);
  if (info.name === '' || !Object.hasOwn(served.kind.subresources, info.subresource))
    throw served.type ? noSuchResource() : notFound(served.kind, info.name);
  return yield* serveSubresource(server, call, served);
}

/** Subresources that are parts of the object itself. */
const PARTS = new Set(['status', 'resize', 'ephemeralcontainers', 'approval']);

/** Kinds that are asked and not stored: reviews, bindings, component statuses. */
function* serveUnstored(server: ServerContext, call: Call): Task<HttpResponse> {
  const { group, version, resource } = call.info;
  const kind = BUILTIN_KINDS.get(`${group ? `${group}/` : ''}${version}/${resource}`);
  if (!kind && !server.resources.hasVersion(group, version)) return respondText(404, '404 page not found\n');
  if (!kind) throw noSuchResource();
  return yield* serveReview(server, call, kind);
}

/** Whether the path has a namespace where the resource wants one, and none where it does not. */
function isInScope(call: Call, { kind }: Served): boolean {
  const { namespace, name, resource } = call.info;
  if (kind.namespaced) return namespace !== '' || name === '';
  return namespace === '' || (resource === 'namespaces' && namespace === name);
}

/** Throws MethodNotAllowed unless the resource has the verb at this place. */
function checkVerb(call: Call, { kind }: Served): void {
  const { verb, name, namespace, subresource } = call.info;
  const verbs = subresource === '' ? kind.verbs : kind.subresources[subresource]!.verbs;
  if (!verbs.includes(verb)) throw methodNotAllowed();
  const onCollection = verb === 'create' || verb === 'deletecollection';
  if (onCollection && (name !== '' || (kind.namespaced && namespace === ''))) throw methodNotAllowed();
  if ((verb === 'update' || verb === 'patch') && name === '') throw methodNotAllowed();
}

function* serveMain(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  checkVerb(call, served);
  const representer = new Representer(call, served, () => server.kernel.epochMs());
  const write = (status: number, value: KubeObject | KubeList<KubeObject>): HttpResponse =>
    respondAs(call, status, representer.write(value), representer.representation.mediaType);
  switch (call.info.verb) {
    case 'get':
      return write(200, served.fromStorage(yield* get(server, call, served)));
    case 'list':
      return write(200, yield* list(server, call, served));
    case 'watch':
      return respondStream(call, yield* watch(server, call, served, representer));
    case 'create': {
      checkWriteOptions(call, 'CreateOptions');
      return write(201, served.fromStorage(yield* create(server, call, served, readServed(call, served))));
    }
    case 'update': {
      checkWriteOptions(call, 'UpdateOptions');
      const result = yield* replace(server, call, served, readServed(call, served));
      return write(result.created ? 201 : 200, served.fromStorage(result.object));
    }
    case 'patch': {
      const result = yield* patch(server, call, served, contentTypeOf(call));
      return write(result.created ? 201 : 200, served.fromStorage(result.object));
    }
    case 'delete':
      return write(200, deletionAnswer(served, yield* deleteNamed(server, call, served)));
    case 'deletecollection':
      return write(200, yield* deleteCollection(server, call, served));
    default:
      throw methodNotAllowed();
  }
}

/** The object where the kind says so or something still holds it, a Status that stands for it otherwise. */
function deletionAnswer(served: Served, { object, gone }: Deletion): KubeObject {
  if (!gone || served.resource.behaviour.returnsDeleted) return served.fromStorage(object);
  const { group, resource } = served.kind;
  const { name, uid } = object.metadata!;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group && { group }), kind: resource, uid },
  };
}
