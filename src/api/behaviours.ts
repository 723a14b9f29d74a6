import { validatingAdmissionPolicyBehaviour, validatingAdmissionPolicyBindingBehaviour } from './admissionregistration/policies.ts';
import { mutatingWebhookBehaviour, validatingWebhookBehaviour } from './admissionregistration/webhooks.ts';
import { apiServiceBehaviour } from './apiregistration/api-service.ts';
import { controllerRevisionBehaviour } from './apps/controller-revision.ts';
import { daemonSetBehaviour } from './apps/daemon-set.ts';
import { deploymentBehaviour } from './apps/deployment.ts';
import { replicaSetBehaviour } from './apps/replica-set.ts';
import { statefulSetBehaviour } from './apps/stateful-set.ts';
import { horizontalPodAutoscalerBehaviour, horizontalPodAutoscalerV1Behaviour } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJobBehaviour } from './batch/cron-job.ts';
import { jobBehaviour } from './batch/job.ts';
import { certificateSigningRequestBehaviour } from './certificates/certificate-signing-request.ts';
import { leaseBehaviour } from './coordination/lease.ts';
import { configMapBehaviour } from './core/config-map.ts';
import { endpointsBehaviour } from './core/endpoints.ts';
import { eventBehaviour } from './core/event.ts';
import { limitRangeBehaviour } from './core/limit-range.ts';
import { namespaceBehaviour } from './core/namespace.ts';
import { newEventBehaviour } from './core/new-event.ts';
import { nodeBehaviour } from './core/node.ts';
import { persistentVolumeClaimBehaviour } from './core/persistent-volume-claim.ts';
import { persistentVolumeBehaviour } from './core/persistent-volume.ts';
import { podTemplateBehaviour } from './core/pod-template.ts';
import { podBehaviour } from './core/pod/pod.ts';
import { replicationControllerBehaviour } from './core/replication-controller.ts';
import { resourceQuotaBehaviour } from './core/resource-quota.ts';
import { secretBehaviour } from './core/secret.ts';
import { serviceAccountBehaviour } from './core/service-account.ts';
import { serviceBehaviour } from './core/service/service.ts';
import { definitionBehaviour } from './custom/definition.ts';
import { endpointSliceBehaviour } from './discovery/endpoint-slice.ts';
import { flowSchemaBehaviour, priorityLevelBehaviour } from './flowcontrol/flowcontrol.ts';
import { ipAddressBehaviour, serviceCidrBehaviour } from './networking/addresses.ts';
import { ingressClassBehaviour } from './networking/ingress-class.ts';
import { ingressBehaviour } from './networking/ingress.ts';
import { networkPolicyBehaviour } from './networking/network-policy.ts';
import { runtimeClassBehaviour } from './node/runtime-class.ts';
import { podDisruptionBudgetBehaviour } from './policy/pod-disruption-budget.ts';
import { clusterRoleBehaviour, clusterRoleBindingBehaviour, roleBehaviour, roleBindingBehaviour } from './rbac/rbac.ts';
import {
  deviceClassBehaviour,
  resourceClaimBehaviour,
  resourceClaimTemplateBehaviour,
  resourceSliceBehaviour,
} from './resource/devices.ts';
import { priorityClassBehaviour } from './scheduling/priority-class.ts';
import {
  csiDriverBehaviour,
  csiNodeBehaviour,
  csiStorageCapacityBehaviour,
  volumeAttachmentBehaviour,
  volumeAttributesClassBehaviour,
} from './storage/csi.ts';
import { storageClassBehaviour } from './storage/storage-class.ts';
import { completeBehaviour } from './complete-behaviour.ts';
import { BUILTIN_KINDS, type Kind } from './kind.ts';
import type { Behaviour, KindBehaviour } from './behaviour.ts';
import type { KubeObject } from './object.ts';

/** The behaviours of all kinds that have one of their own. */
const OWN: readonly KindBehaviour[] = [
  apiServiceBehaviour,
  certificateSigningRequestBehaviour,
  clusterRoleBehaviour,
  clusterRoleBindingBehaviour,
  configMapBehaviour,
  controllerRevisionBehaviour,
  cronJobBehaviour,
  csiDriverBehaviour,
  csiNodeBehaviour,
  csiStorageCapacityBehaviour,
  definitionBehaviour,
  daemonSetBehaviour,
  deploymentBehaviour,
  deviceClassBehaviour,
  endpointSliceBehaviour,
  endpointsBehaviour,
  eventBehaviour,
  flowSchemaBehaviour,
  horizontalPodAutoscalerBehaviour,
  horizontalPodAutoscalerV1Behaviour,
  ingressBehaviour,
  ingressClassBehaviour,
  ipAddressBehaviour,
  jobBehaviour,
  leaseBehaviour,
  limitRangeBehaviour,
  mutatingWebhookBehaviour,
  namespaceBehaviour,
  networkPolicyBehaviour,
  newEventBehaviour,
  nodeBehaviour,
  persistentVolumeBehaviour,
  persistentVolumeClaimBehaviour,
  podBehaviour,
  podDisruptionBudgetBehaviour,
  podTemplateBehaviour,
  priorityClassBehaviour,
  priorityLevelBehaviour,
  replicaSetBehaviour,
  replicationControllerBehaviour,
  resourceClaimBehaviour,
  resourceClaimTemplateBehaviour,
  resourceQuotaBehaviour,
  resourceSliceBehaviour,
  roleBehaviour,
  roleBindingBehaviour,
  runtimeClassBehaviour,
  secretBehaviour,
  serviceAccountBehaviour,
  serviceBehaviour,
  serviceCidrBehaviour,
  statefulSetBehaviour,
  storageClassBehaviour,
  validatingAdmissionPolicyBehaviour,
  validatingAdmissionPolicyBindingBehaviour,
  validatingWebhookBehaviour,
  volumeAttachmentBehaviour,
  volumeAttributesClassBehaviour,
];

const place = (kind: Kind) => `${kind.apiVersion}/${kind.resource}`;

const known = new Map<string, Behaviour>();
for (const own of OWN) known.set(place(own.kind), completeBehaviour(own));
for (const [key, kind] of BUILTIN_KINDS) if (!known.has(key)) known.set(key, completeBehaviour({ kind }));

/** Every built-in kind's behaviour, keyed `apps/v1/deployments`. */
export const BEHAVIOURS: ReadonlyMap<string, Behaviour> = known;

/** How objects of `kind` behave; kinds that are not built in behave as kinds in general do. */
export function behaviourOf<T extends KubeObject>(kind: Kind<T>): Behaviour<T> {
  return (known.get(place(kind)) ?? completeBehaviour({ kind })) as Behaviour<T>;
}
