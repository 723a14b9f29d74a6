import { defaultTolerations } from './default-tolerations.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbac-escalation.ts';
import { serviceAccount } from './service-account.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Lookup } from './lookup.ts';

/** The plugins in kube-apiserver's order (kubeapiserver/options/plugins.go). */
export function builtinAdmission(lookup: Lookup, names: Rng, authorizer: () => Authorizer): readonly AdmissionPlugin[] {
  return [namespaceLifecycle(lookup), serviceAccount(lookup, names), priority(lookup), defaultTolerations, rbacEscalation(authorizer)];
}
