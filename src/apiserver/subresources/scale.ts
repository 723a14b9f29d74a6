import { badRequest, modified } from '../../api/status.ts';
import { selectorFrom, selectorFromMap } from '../../api/labels.ts';
import { AccessorError, readScale, withReplicas } from '../../api/custom/scale.ts';
import { changed } from '../verbs/update.ts';
import { internalError, unclassified } from '../errors.ts';
import type { ScalePaths } from '../../api/custom/definition-types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Served } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** The `autoscaling/v1 Scale` of an object with replicas. */
export function scaleOf(object: KubeObject, paths?: ScalePaths): KubeObject {
  if (paths) return customScale(object, paths);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata!;
  const replicas = object.spec?.replicas ?? 0;
  const selector = object.spec?.selector;
  const text = object.kind === 'ReplicationController' ? selectorFromMap(selector).toString() : selectorFrom(selector).toString();
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: object.status?.replicas ?? 0, ...(text && { selector: text }) },
  };
}

/** Stands in a Scale for replicas that the object does not have. */
const ABSENT = -(2 ** 31);

function customScale(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata!;
  const { replicas, statusReplicas, selector } = accessing(() => readScale(object, paths));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas: replicas ?? ABSENT },
    status: { replicas: statusReplicas, ...(selector && { selector }) },
  };
}

function accessing<T>(access: () => T): T {
  try {
    return access();
  } catch (error) {
    throw error instanceof AccessorError ? unclassified(error.message) : error;
  }
}

/** The Scale that a GET is answered with. Throws InternalError when a custom resource has no replicas. */
export function presentScale(object: KubeObject, paths?: ScalePaths): KubeObject {
  const scale = scaleOf(object, paths);
  if (scale.spec.replicas === ABSENT)
    throw internalError(`the spec replicas field ${JSON.stringify(paths!.specReplicasPath)} does not exist`);
  return scale;
}

/** Sets the replicas of an object as a Scale says; `edit` makes the new Scale of the present one. */
export function* rescale(server: ServerContext, call: Call, served: Served, edit: (scale: KubeObject) => KubeObject): Task<KubeObject> {
  const { resource } = served;
  const { namespace, name } = call.info;
  const updated = yield* server.objects.update(
    resource,
    namespace,
    name,
    function* (old) {
      const scale = edit(scaleOf(old, served.scale));
      const { metadata } = scale;
      if (metadata?.name && metadata.name !== name)
        throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
      if (metadata?.resourceVersion && metadata.resourceVersion !== old.metadata!.resourceVersion) throw modified(resource, name);
      const replicas = scale.spec?.replicas ?? 0;
      if (replicas === ABSENT)
        throw badRequest(`the spec replicas field ${JSON.stringify(served.scale!.specReplicasPath)} cannot be empty`);
      const paths = served.scale;
      const given = paths ? accessing(() => withReplicas(old, paths, replicas)) : { ...old, spec: { ...old.spec, replicas } };
      return yield* changed(server, call, served, given, old);
    },
    { dryRun: call.dryRun },
  );
  return scaleOf(updated.object, served.scale);
}
