import { compact, ruleText, uncovered, type PolicyRule } from '../rbac/rules.ts';
import { forbidden } from '../../api/status.ts';
import { deepEqual } from '../../base/equal.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { Authorizer } from '../rbac/authorizer.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES = new Set([`roles.${GROUP}`, `clusterroles.${GROUP}`]);

/**
 * Nobody grants what they do not have, unless they may escalate or bind (registry/rbac policybased
 * storage). It is no admission plugin of Kubernetes but runs at the same place.
 */
export function rbacEscalation(authorizer: () => Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    resources: [...ROLES, `rolebindings.${GROUP}`, `clusterrolebindings.${GROUP}`],
    operations: ['CREATE', 'UPDATE'],
    mutate(request) {
      const { user } = request.call;
      if (user.groups.includes('system:masters')) return;
      const isRole = ROLES.has(request.resource.name);
      if (
        !isRole &&
        request.old &&
        deepEqual(request.old.roleRef, request.object!.roleRef) &&
        deepEqual(request.old.subjects, request.object!.subjects)
      )
        return;
      if (isRole && request.old && deepEqual(request.old.rules, request.object!.rules)) return;
      if (mayAnyway(request, authorizer(), isRole)) return;
      const wanted = isRole ? ((request.object!.rules ?? []) as PolicyRule[]) : (authorizer().rulesOf(request.object!) ?? []);
      const missing = uncovered(authorizer().rulesFor(user, request.namespace), wanted);
      if (missing.length === 0) return;
      const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(' ')}]`;
      const lines = compact(missing).map(ruleText).sort();
      throw forbidden(
        request.resource,
        request.object!.metadata?.name ?? '',
        `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}`,
      );
    },
  };
}

/** `escalate` on the role, or `bind` on the role that is referred to. */
function mayAnyway(request: AdmissionRequest, authorizer: Authorizer, isRole: boolean): boolean {
  const { user } = request.call;
  const name = request.object!.metadata?.name ?? '';
  const base = { isResource: true, group: GROUP, subresource: '', namespace: request.namespace, path: '' };
  if (isRole) return authorizer.authorize(user, { ...base, verb: 'escalate', resource: request.resource.resource, name }).allowed;
  const ref = request.object!.roleRef as { kind?: string; name?: string } | undefined;
  const resource = ref?.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  return authorizer.authorize(user, { ...base, verb: 'bind', resource, name: ref?.name ?? '' }).allowed;
}
