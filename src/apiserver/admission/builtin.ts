import { claimResize, defaultStorageClass, storageObjectInUse } from './storage.ts';
import { defaultIngressClass, runtimeClass } from './ingress-class.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podSecurity } from './pod-security.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';
import { taintNodesByCondition } from './taint-nodes.ts';
import { validatingPolicies } from './validating-policy.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { Lookup } from './lookup.ts';
import type { Rng } from '../../sim/rng.ts';
import type { ServerContext } from '../server-context.ts';

/** The plugins in kube-apiserver's order (kubeapiserver/options/plugins.go). */
export function builtinAdmission(lookup: Lookup, names: Rng, server: () => ServerContext): readonly AdmissionPlugin[] {
  return [
    namespaceLifecycle(lookup),
    limitRanger(lookup),
    serviceAccount(lookup, names),
    taintNodesByCondition,
    podSecurity(lookup),
    priority(lookup),
    defaultTolerations,
    defaultStorageClass(lookup),
    storageObjectInUse,
    claimResize(lookup),
    runtimeClass(lookup),
    defaultIngressClass(lookup),
    rbacEscalation(() => server().authorizer),
    validatingPolicies(lookup, server),
    resourceQuota(lookup, server),
  ];
}
