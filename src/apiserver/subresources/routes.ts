import { applyPatch, readPatch } from '../patching.ts';
import { JsonSyntaxError } from '../../api/json.ts';
import { decode } from '../../api/decode.ts';
import { evict } from './eviction.ts';
import { podConnect, podLog } from './pod-connect.ts';
import { proxy } from './proxy.ts';
import { requestToken } from './token.ts';
import { bind } from './binding.ts';
import { contentTypeOf, readBody, readObject } from '../body.ts';
import { finalizeNamespace } from '../namespaces.ts';
import { get } from '../verbs/read.ts';
import { methodNotAllowed } from '../errors.ts';
import { presentScale, rescale } from './scale.ts';
import { respond } from '../respond.ts';
import { typeOf } from '../../api/schema.ts';
import type { HttpResponse } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Kind } from '../../api/kind.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** Answers a request for a subresource other than status. Throws ApiError. */
export function* serveSubresource(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  const { info } = call;
  const { resource } = served;
  if (info.subresource === 'scale') return yield* serveScale(server, call, served);
  if (!served.kind.subresources[info.subresource]!.verbs.includes(info.verb)) throw methodNotAllowed();
  switch (`${resource.name}/${info.subresource}`) {
    case 'pods/eviction':
      return respond(call, 201, yield* evict(server, call, resource, readEviction(call, served)));
    case 'pods/log':
      return yield* podLog(server, call, resource);
    case 'pods/exec':
    case 'pods/attach':
    case 'pods/portforward':
      return yield* podConnect(server, call, resource);
    case 'pods/proxy':
    case 'services/proxy':
    case 'nodes/proxy':
      return yield* proxy(server, call, resource);
    case 'serviceaccounts/token':
      return respond(call, 201, yield* requestToken(server, call, resource, readObject(call, subKind(served, 'token'))));
  }
  if (info.subresource === 'binding' && info.verb === 'create') {
    return respond(call, 201, yield* bind(server, call, resource, info.name, readObject(call, subKind(served, 'binding'))));
  }
  if (info.subresource === 'finalize' && info.verb === 'update') {
    return respond(call, 200, yield* finalizeNamespace(server, resource, info.name, readObject(call, served.kind)));
  }
  throw methodNotAllowed();
}

/** Evictions may still be written in `policy/v1beta1`. */
function readEviction(call: Call, served: Served): KubeObject {
  const kind = subKind(served, 'eviction');
  const isOld = (readLeniently(call) as KubeObject | undefined)?.apiVersion === OLD_EVICTION;
  return readObject(call, isOld ? { ...kind, version: 'v1beta1', apiVersion: OLD_EVICTION } : kind);
}

/** The body as a value; undefined where {@link readObject} will say what is wrong with it. */
function readLeniently(call: Call): unknown {
  try {
    return readBody(call).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

const OLD_EVICTION = 'policy/v1beta1';

function* serveScale(server: ServerContext, call: Call, served: Served): Task<HttpResponse> {
  const { info } = call;
  switch (info.verb) {
    case 'get':
      return respond(call, 200, presentScale(yield* get(server, call, served), served.scale));
    case 'update': {
      const given = readObject(call, subKind(served, 'scale'));
      return respond(call, 200, yield* rescale(server, call, served, () => given));
    }
    case 'patch': {
      const kind = subKind(served, 'scale');
      const type = typeOf(kind.apiVersion, kind.kind)!;
      const patch = readPatch(call, contentTypeOf(call), type);
      return respond(
        call,
        200,
        yield* rescale(server, call, served, (scale) =>
          applyPatch(call, patch, scale, kind, (object, options) => decode(type, object, options)),
        ),
      );
    }
    default:
      throw methodNotAllowed();
  }
}

/** The kind that a subresource takes: `autoscaling/v1 Scale`, `v1 Binding`. */
export function subKind(served: Served, subresource: string): Kind {
  let kinds = subKinds.get(served);
  if (!kinds) subKinds.set(served, (kinds = new Map()));
  let kind = kinds.get(subresource);
  if (!kind) kinds.set(subresource, (kind = makeSubKind(served, subresource)));
  return kind;
}

const subKinds = new WeakMap<Served, Map<string, Kind>>();

function makeSubKind(served: Served, subresource: string): Kind {
  const facts = served.kind.subresources[subresource]!;
  const group = facts.group ?? served.kind.group;
  const version = facts.version ?? served.kind.version;
  return { ...served.kind, group, version, apiVersion: group ? `${group}/${version}` : version, kind: facts.kind };
}
