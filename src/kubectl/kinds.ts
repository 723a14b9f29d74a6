import { builtin } from '../api/kind.ts';
import type { LimitRange, ResourceQuota } from '../api/kinds.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { CertificateSigningRequest } from 'kubernetes-types/certificates/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';

/* Kinds that only kubectl speaks of by name. */

export const RESOURCE_QUOTAS = builtin<ResourceQuota>('v1', 'resourcequotas');
export const LIMIT_RANGES = builtin<LimitRange>('v1', 'limitranges');
export const ROLES = builtin<Role>('rbac.authorization.k8s.io/v1', 'roles');
export const CLUSTER_ROLES = builtin<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles');
export const ROLE_BINDINGS = builtin<RoleBinding>('rbac.authorization.k8s.io/v1', 'rolebindings');
export const CLUSTER_ROLE_BINDINGS = builtin<ClusterRoleBinding>('rbac.authorization.k8s.io/v1', 'clusterrolebindings');
export const INGRESSES = builtin<Ingress>('networking.k8s.io/v1', 'ingresses');
export const POD_DISRUPTION_BUDGETS = builtin<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets');
export const PRIORITY_CLASSES = builtin<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses');
export const AUTOSCALERS = builtin<HorizontalPodAutoscaler>('autoscaling/v2', 'horizontalpodautoscalers');
export const CERTIFICATE_SIGNING_REQUESTS = builtin<CertificateSigningRequest>('certificates.k8s.io/v1', 'certificatesigningrequests');
