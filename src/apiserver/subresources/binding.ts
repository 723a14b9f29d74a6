import { badRequest, conflict, forbidden } from '../../api/status.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** Binds a pod to a node: `pods/binding` and `bindings` (registry/core/pod/storage.assignPod). */
export function* bind(server: ServerContext, call: Call, pods: Resource, name: string, binding: KubeObject): Task<KubeObject> {
  const target = binding.target as { kind?: string; name?: string } | undefined;
  if (target?.kind && target.kind !== 'Node') throw badRequest('must be empty or \'Node\'');
  if (!target?.name) throw badRequest('target.name: Required value');
  const node = target.name;
  const { namespace } = call.info;
  const { labels, annotations, uid, resourceVersion } = binding.metadata ?? {};
  yield* server.objects.update(
    pods,
    namespace,
    name,
    function* (old) {
      if (uid && uid !== old.metadata!.uid) {
        throw conflict(pods, name, `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata!.uid}`);
      }
      if (resourceVersion && resourceVersion !== old.metadata!.resourceVersion) {
        throw conflict(pods, name, `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${old.metadata!.resourceVersion}`);
      }
      refuseUnbindable(pods, old, name);
      return bound(server, old, node, labels, annotations);
    },
    { dryRun: call.dryRun },
  );
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' as unknown as undefined, code: 201 };
}

function refuseUnbindable(pods: Resource, pod: KubeObject, name: string): void {
  if (pod.metadata!.deletionTimestamp) throw conflict(pods, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw conflict({ group: '', resource: 'pods/binding' }, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if (pod.spec.schedulingGates?.length > 0) throw forbidden(pods, name, 'pod has non-empty .spec.schedulingGates');
}

function bound(server: ServerContext, pod: KubeObject, node: string, labels: Record<string, string> | undefined, annotations: Record<string, string> | undefined): KubeObject {
  const conditions = (pod.status?.conditions ?? []) as { type: string }[];
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: server.kernel.timestamp() };
  const metadata = { ...pod.metadata };
  if (annotations) metadata.annotations = { ...metadata.annotations, ...annotations };
  if (labels) metadata.labels = { ...metadata.labels, ...labels };
  return {
    ...pod,
    metadata,
    spec: { ...pod.spec, nodeName: node },
    status: { ...pod.status, conditions: [...conditions.filter((condition) => condition.type !== 'PodScheduled'), scheduled] },
  };
}

