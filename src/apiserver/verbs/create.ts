import { copyOf, copyWith, copyWithout } from '../../base/copy.ts';
import { badRequest, invalid, alreadyExists, isApiError } from '../../api/status.ts';
import { tracked } from '../tracking.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Call } from '../call.ts';
import { writing, type Resource, type Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** A generated name is the prefix, cut to this many characters, and five random ones (apiserver names.SimpleNameGenerator). */
const LONGEST_GENERATED_PREFIX = 58;
const GENERATE_NAME_ATTEMPTS = 8;

/**
 * Creates an object of the served version's kind in the request's namespace. Answers the stored
 * object in the storage version. An applied object brings its managed fields.
 */
export function* create(server: ServerContext, call: Call, served: Served, body: KubeObject, isApplied = false): Task<KubeObject> {
  const { resource } = served;
  let object = writing(served).defaults(served.toStorage(body));
  object = placed(object, call, served);
  if (!isApplied) object = tracked(server, call, served, object, undefined);
  const request = creation(call, resource, object);
  server.admission.mutate(request);
  object = request.object!;
  for (let attempt = 1; ; attempt++) {
    const named = withSystemFields(server, object);
    try {
      return yield* createNamed(server, served, creation(call, resource, named));
    } catch (error) {
      const generated = !object.metadata!.name && isApiError(error, 'AlreadyExists');
      if (!generated || attempt === GENERATE_NAME_ATTEMPTS) throw error;
    }
  }
}

function creation(call: Call, resource: Resource, object: KubeObject): AdmissionRequest {
  const { namespace = '', name = '' } = object.metadata!;
  return { call, operation: 'CREATE', resource, subresource: '', namespace, name, object, old: undefined, dryRun: call.dryRun };
}

/** Allocates, prepares, checks and stores; what was allocated is given back when the object is not stored. */
function* createNamed(server: ServerContext, served: Served, request: AdmissionRequest): Task<KubeObject> {
  const { resource } = served;
  const context = { nowMs: server.kernel.epochMs() };
  const begin = resource.hooks.beginCreate;
  if (!begin) return yield* store(server, served, { ...request, object: writing(served).prepareForCreate(request.object!, context) });
  const prepared = yield* begin(request.call, request.object!);
  let stored: KubeObject | undefined;
  try {
    stored = yield* store(server, served, { ...request, object: writing(served).prepareForCreate(prepared.object, context) });
  } finally {
    if ((!stored || request.dryRun) && prepared.rollback) server.group.spawn('give back', prepared.rollback());
  }
  if (!request.dryRun && prepared.commit) yield* prepared.commit(stored);
  return stored;
}

function* store(server: ServerContext, served: Served, request: AdmissionRequest): Task<KubeObject> {
  const { resource } = served;
  const object = request.object!;
  const errors = writing(served).validate(object);
  if (errors.length > 0) throw invalid(served.kind, object.metadata!.name ?? '', errors);
  for (const warning of writing(served).warnings(object, undefined)) request.call.warn(warning);
  server.admission.validate(request);
  if (request.dryRun) {
    if (yield* server.objects.find(resource, request.namespace, request.name)) throw alreadyExists(resource, request.name);
    return object;
  }
  yield* server.admission.reserve(request);
  return yield* server.objects.create(resource, object);
}

/** The object in the namespace of the request. Throws BadRequest when it says another. */
export function placed(object: KubeObject, call: Call, served: Served): KubeObject {
  const { namespace } = call.info;
  const metadata = object.metadata ?? {};
  if (!served.kind.namespaced) {
    if (!metadata.namespace) return object.metadata ? object : { ...object, metadata };
    const { namespace: _dropped, ...rest } = metadata;
    return { ...object, metadata: rest };
  }
  if (metadata.namespace === namespace) return object;
  if (metadata.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return { ...object, metadata: { ...metadata, namespace } };
}

/** Name, uid and creation time; what only the server may set is dropped (rest.FillObjectMetaSystemFields). */
function withSystemFields(server: ServerContext, object: KubeObject): KubeObject {
  let given = object.metadata!;
  for (const field of SERVERS_OWN) if (given[field] !== undefined) given = copyWithout(given, field);
  const metadata = copyOf(given);
  if (!metadata.name && metadata.generateName) {
    metadata.name = metadata.generateName.slice(0, LONGEST_GENERATED_PREFIX) + server.names.suffix();
  }
  metadata.uid = server.uids.uuid();
  metadata.creationTimestamp = server.kernel.timestamp();
  return copyWith(object, 'metadata', metadata);
}

const SERVERS_OWN = ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink'] as const;
