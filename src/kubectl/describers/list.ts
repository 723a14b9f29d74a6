import { presentKind } from '../legacy-kinds.ts';
import { groupResource, type Kind } from '../../api/kind.ts';
import { describeConfigMap, describeSecret, describeServiceAccount } from './config.ts';
import { describeDaemonSet } from './daemon-set.ts';
import { describeDeployment } from './deployment.ts';
import type { Describer } from './describer.ts';
import { describeAnything } from './generic.ts';
import { describeCronJob, describeJob } from './job.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeAutoscaler, describeBudget, describeIngress, describeNetworkPolicy, describePriorityClass } from './policies.ts';
import { describeLimitRange, describeNamespace, describeResourceQuota } from './quotas.ts';
import { describeRole, describeRoleBinding } from './rbac.ts';
import { describeReplicaSet, describeReplicationController } from './replica-set.ts';
import { describeEndpoints, describeEndpointSlice, describeService } from './service.ts';
import { describeStatefulSet } from './stateful-set.ts';
import { describeClaim, describeStorageClass, describeVolume } from './storage.ts';

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  pods: describePod,
  nodes: describeNode,
  namespaces: describeNamespace,
  replicationcontrollers: describeReplicationController,
  services: describeService,
  endpoints: describeEndpoints,
  configmaps: describeConfigMap,
  secrets: describeSecret,
  serviceaccounts: describeServiceAccount,
  persistentvolumes: describeVolume,
  persistentvolumeclaims: describeClaim,
  resourcequotas: describeResourceQuota,
  limitranges: describeLimitRange,
  'deployments.apps': describeDeployment,
  'replicasets.apps': describeReplicaSet,
  'daemonsets.apps': describeDaemonSet,
  'statefulsets.apps': describeStatefulSet,
  'jobs.batch': describeJob,
  'cronjobs.batch': describeCronJob,
  'endpointslices.discovery.k8s.io': describeEndpointSlice,
  'storageclasses.storage.k8s.io': describeStorageClass,
  'roles.rbac.authorization.k8s.io': describeRole,
  'clusterroles.rbac.authorization.k8s.io': describeRole,
  'rolebindings.rbac.authorization.k8s.io': describeRoleBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': describeRoleBinding,
  'ingresses.networking.k8s.io': describeIngress,
  'networkpolicies.networking.k8s.io': describeNetworkPolicy,
  'poddisruptionbudgets.policy': describeBudget,
  'priorityclasses.scheduling.k8s.io': describePriorityClass,
  'horizontalpodautoscalers.autoscaling': describeAutoscaler,
};

/** How objects of a kind are described. */
export function describerOf(kind: Kind): Describer {
  return DESCRIBERS[groupResource(presentKind(kind))] ?? describeAnything;
}
