import { badRequest, modified } from '../../api/status.ts';
import { selectorFrom, selectorFromMap } from '../../api/labels.ts';
import { valueAt, withValueAt } from '../crd/field-value.ts';
import { changed } from '../verbs/update.ts';
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

function customScale(object: KubeObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata!;
  const replicas = valueAt(object, paths.specReplicasPath) as number | undefined;
  const selector = paths.labelSelectorPath ? (valueAt(object, paths.labelSelectorPath) as string | undefined) : undefined;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: replicas ? { replicas } : {},
    status: { replicas: (valueAt(object, paths.statusReplicasPath) as number | undefined) ?? 0, ...(selector && { selector }) },
  };
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
      if (metadata?.name && metadata.name !== name) throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
      if (metadata?.resourceVersion && metadata.resourceVersion !== old.metadata!.resourceVersion) throw modified(resource, name);
      const replicas = scale.spec?.replicas ?? 0;
      const given = served.scale ? withValueAt(old, served.scale.specReplicasPath, replicas) : { ...old, spec: { ...old.spec, replicas } };
      return yield* changed(server, call, served, given, old);
    },
    { dryRun: call.dryRun },
  );
  return scaleOf(updated.object, served.scale);
}
