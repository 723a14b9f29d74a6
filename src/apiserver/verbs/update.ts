import { badRequest, conflict, invalid, notFound, type FieldError } from '../../api/status.ts';
import { validateMetaUpdate } from '../../api/object-meta.ts';
import { checkResourceVersion, Finished, type Outcome } from '../objects.ts';
import { tracked } from '../tracking.ts';
import { create, placed } from './create.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Call } from '../call.ts';
import { writing, type Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

export interface WriteResult {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** Replaces an object (PUT), or its status. */
export function* replace(server: ServerContext, call: Call, served: Served, body: KubeObject): Task<WriteResult> {
  const { resource } = served;
  const { name, namespace, subresource } = call.info;
  const sent = placed(served.toStorage(body), call, served);
  const named = sent.metadata!.name;
  if (!named) throw badRequest('name must be provided');
  if (named !== name) throw badRequest(`the name of the object (${named}) does not match the name on the URL (${name})`);
  const given = writing(served).defaults(sent);
  if (subresource === '' && writing(served).allowsCreateOnUpdate) {
    const present = yield* server.objects.find(resource, namespace, name);
    if (!present) {
      if (sent.metadata!.uid || (sent.metadata!.resourceVersion && sent.metadata!.resourceVersion !== '0')) throw notFound(resource, name);
      return { object: yield* create(server, call, served, body), created: true };
    }
  }
  const updated = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      checkUid(resource, given, old);
      return yield* changed(server, call, served, given, old);
    },
    settling(call),
  );
  return { object: updated.object, created: false };
}

/**
 * The checks and steps between an object as a client wants it and as it is stored: versions,
 * preparation, admission, validation, deletion of what only its finalizers held. An applied object
 * brings its managed fields.
 */
export function* changed(
  server: ServerContext,
  call: Call,
  served: Served,
  given: KubeObject,
  old: KubeObject,
  isApplied = false,
): Task<Outcome> {
  const { resource } = served;
  const { subresource, name } = call.info;
  const conventions = writing(served);
  if (!conventions.allowsUnconditionalUpdate && call.info.verb === 'update' && isUnconditional(given)) {
    const error = {
      reason: 'FieldValueInvalid',
      field: 'metadata.resourceVersion',
      message: 'Invalid value: 0: must be specified for an update',
    } as const;
    throw invalid({ group: resource.group, kind: resource.resource }, name, [error]);
  }
  checkResourceVersion(resource, given, old);
  const kept = withKeptMetadata(given, old);
  const object = isApplied ? kept : tracked(server, call, served, kept, old);
  if (subresource !== '' || !resource.hooks.beginUpdate) return yield* checked(server, call, served, object, old);
  const prepared = yield* resource.hooks.beginUpdate(call, object, old);
  let outcome: Outcome | undefined;
  try {
    outcome = yield* checked(server, call, served, prepared.object, old);
  } finally {
    if (!outcome && prepared.rollback) server.group.spawn('give back', prepared.rollback());
  }
  call.prepared = prepared;
  return outcome;
}

/** What an update does once it is known whether it was stored: keeps or gives back what hooks allocated. */
export function settling(call: Call): { dryRun: boolean; settled(stored: KubeObject | undefined): Task<void> } {
  return {
    dryRun: call.dryRun,
    *settled(stored) {
      const { prepared } = call;
      call.prepared = undefined;
      if (stored) yield* prepared?.commit?.(stored) ?? nothing();
      else yield* prepared?.rollback?.() ?? nothing();
    },
  };
}

function* nothing(): Task<void> {}

function* checked(server: ServerContext, call: Call, served: Served, given: KubeObject, old: KubeObject): Task<Outcome> {
  const { resource } = served;
  const behaviour = writing(served);
  const { subresource, namespace, name } = call.info;
  let object = behaviour.prepareForUpdate(given, old, subresource, { nowMs: server.kernel.epochMs() });
  const request: AdmissionRequest = { call, operation: 'UPDATE', resource, subresource, namespace, name, object, old, dryRun: call.dryRun };
  server.admission.mutate(request);
  object = request.object!;
  const errors = behaviour.validateUpdate(object, old, subresource);
  if (errors.length > 0) throw invalid(served.kind, name, withMetadataTwice(object, old, errors));
  for (const warning of behaviour.warnings(object, old)) call.warn(warning);
  server.admission.validate(request);
  if (!call.dryRun) yield* server.admission.reserve(request);
  return isFinished(object, old) ? new Finished(object) : object;
}

/** Metadata is checked for all kinds and by each kind, and both name what they find. */
function withMetadataTwice(object: KubeObject, old: KubeObject, errors: readonly FieldError[]): FieldError[] {
  const metadataErrors: FieldError[] = [];
  validateMetaUpdate(metadataErrors, object.metadata!, old.metadata!);
  return [...metadataErrors, ...errors];
}

/** An object that only its finalizers held, the last of which has gone (registry Store.ShouldDeleteDuringUpdate). */
function isFinished(object: KubeObject, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata!;
  if (!deletionTimestamp || object.metadata!.finalizers?.length || deletionGracePeriodSeconds) return false;
  // Namespaces have finalizers of another sort, too.
  return !(object.kind === 'Namespace' && object.apiVersion === 'v1' && object.spec?.finalizers?.length);
}

function isUnconditional({ metadata }: KubeObject): boolean {
  return !metadata?.resourceVersion || metadata.resourceVersion === '0';
}

function checkUid(resource: { group: string; resource: string }, given: KubeObject, old: KubeObject): void {
  const uid = given.metadata?.uid;
  if (uid && uid !== old.metadata!.uid) {
    throw conflict(
      resource,
      old.metadata!.name!,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata!.uid}`,
    );
  }
}

/** What an update leaves as it is, whatever the client sent (rest.BeforeUpdate). */
export function withKeptMetadata(given: KubeObject, old: KubeObject): KubeObject {
  const kept = old.metadata!;
  const metadata = { ...given.metadata, creationTimestamp: kept.creationTimestamp, resourceVersion: kept.resourceVersion };
  if (!metadata.uid) metadata.uid = kept.uid;
  if (kept.generation !== undefined) metadata.generation = kept.generation;
  else if (metadata.generation !== undefined) delete metadata.generation;
  if (kept.deletionTimestamp) metadata.deletionTimestamp = kept.deletionTimestamp;
  if (kept.deletionGracePeriodSeconds !== undefined) metadata.deletionGracePeriodSeconds ??= kept.deletionGracePeriodSeconds;
  if (metadata.selfLink !== undefined) delete metadata.selfLink;
  return { ...given, metadata };
}
