import { badRequest, conflict, isApiError, notFound } from '../../api/status.ts';
import { changed, settling, type WriteResult } from './update.ts';
import { checkPlace } from './place.ts';
import { create } from './create.ts';
import { decodeObject, bodyText } from '../body.ts';
import { ignoredFields, writerOf } from '../tracking.ts';
import { isTrue } from '../list-options.ts';
import { JsonSyntaxError } from '../../api/json.ts';
import { readYaml } from '../yaml-body.ts';
import { serverSideApply } from '../../api/apply.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import { writing, type Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

const ATTEMPTS = 5;

/** Reads an applied configuration. Throws BadRequest. */
function readConfiguration(call: Call, served: Served): KubeObject {
  const text = bodyText(call);
  let value: unknown = call.request.body;
  if (text !== undefined) {
    try {
      ({ value } = readYaml(text));
    } catch (error) {
      throw error instanceof JsonSyntaxError
        ? badRequest(error.message.replace('error converting YAML to JSON', 'error decoding YAML'))
        : error;
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badRequest('error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}');
  const configuration = value as KubeObject;
  const apiVersion = textOr(configuration.apiVersion);
  const kind = textOr(configuration.kind);
  if (apiVersion !== served.kind.apiVersion || kind !== served.kind.kind) {
    throw badRequest(`invalid object type: ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`);
  }
  return configuration;
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Applies a configuration on the server's side, creating the object if there is none. Throws Conflict, Invalid, BadRequest. */
export function* apply(server: ServerContext, call: Call, served: Served): Task<WriteResult> {
  const configuration = readConfiguration(call, served);
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* applyOnce(server, call, served, configuration);
    } catch (error) {
      // Somebody created the object in between.
      if (!isApiError(error, 'AlreadyExists') || attempt === ATTEMPTS) throw error;
    }
  }
}

function* applyOnce(server: ServerContext, call: Call, served: Served, configuration: KubeObject): Task<WriteResult> {
  const { resource } = served;
  const { name, namespace, subresource } = call.info;
  const merged = (live: KubeObject | undefined) =>
    serverSideApply(served.type ?? served.managed, live, configuration, writerOf(server, call, served), {
      force: isTrue(call.query('force')),
      ignored: ignoredFields(call, served),
    });
  const present = yield* server.objects.find(resource, namespace, name);
  if (!present) {
    if (subresource !== '') throw notFound(resource, name);
    const object = complete(call, served, merged(undefined).object);
    const { uid, resourceVersion } = configuration.metadata ?? {};
    if (uid) throw conflict(resource, name, `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`);
    if (resourceVersion) throw notFound(resource, name);
    return { object: yield* create(server, call, served, object, true), created: true };
  }
  const updated = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      const result = merged(served.fromStorage(old));
      const given = writing(served).defaults(served.toStorage(complete(call, served, result.object)));
      return yield* changed(server, call, served, given, old, true);
    },
    settling(call),
  );
  return { object: updated.object, created: false };
}

/** The merged object in canonical form, at its place. */
function complete(call: Call, served: Served, merged: KubeObject): KubeObject {
  const { name, namespace } = call.info;
  const object = decodeObject(call, merged, served.kind, served.decode);
  checkPlace(object, name, namespace, served);
  return object;
}
