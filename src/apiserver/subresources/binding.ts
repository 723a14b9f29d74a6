import { conflict } from '../../api/status.ts';
import { unclassified } from '../errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** Binds a pod to a node: `pods/binding` and `bindings` (registry/core/pod/storage.assignPod). */
export function* bind(server: ServerContext, call: Call, pods: Resource, name: string, binding: KubeObject): Task<KubeObject> {
  const target = binding.target as { kind?: string; name?: string } | undefined;
  if (target?.kind && target.kind !== 'Node')
    throw unclassified(`target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`);
  if (!target?.name) throw unclassified('target.name: Required value');
  const node = target.name;
  const { namespace } = call.info;
  const { labels, annotations, uid, resourceVersion } = binding.metadata ?? {};
  yield* server.objects.update(
    pods,
    namespace,
    name,
    function* (old) {
      if (uid && uid !== old.metadata!.uid) {
        throw storageConflict(
          pods,
          namespace,
          name,
          `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata!.uid}`,
        );
      }
      if (resourceVersion && resourceVersion !== old.metadata!.resourceVersion) {
        throw storageConflict(
          pods,
          namespace,
          name,
          `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${old.metadata!.resourceVersion}`,
        );
      }
      refuseUnbindable(old, name);
      return bound(server, old, node, labels, annotations);
    },
    { dryRun: call.dryRun },
  );
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' as unknown as undefined, code: 201 };
}

const BINDINGS = { group: '', resource: 'pods/binding' };

function storageConflict(pods: Resource, namespace: string, name: string, why: string): Error {
  const key = pods.storeKey(namespace, name);
  return conflict(pods, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`);
}

function refuseUnbindable(pod: KubeObject, name: string): void {
  if (pod.metadata!.deletionTimestamp) throw conflict(BINDINGS, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw conflict(BINDINGS, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if (pod.spec.schedulingGates?.length > 0) throw conflict(BINDINGS, name, `pod ${name} has non-empty .spec.schedulingGates`);
}

function bound(
  server: ServerContext,
  pod: KubeObject,
  node: string,
  labels: Record<string, string> | undefined,
  annotations: Record<string, string> | undefined,
): KubeObject {
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
