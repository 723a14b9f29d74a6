import { MASTERS } from '../users.ts';
import { ruleAllows, type Attributes, type PolicyRule } from './rules.ts';
import type { Identity } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Resources } from '../resource.ts';
import type { WatchCache } from '../watch-cache.ts';

export interface Decision {
  readonly allowed: boolean;
  /** Why, where there is something to say. */
  readonly reason: string;
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const GROUP = 'rbac.authorization.k8s.io';
const CONTROLLER_MANAGER = 'system:kube-controller-manager';
const NODES = 'system:nodes';
/** The memory of decisions is emptied when it is this large. */
const MOST_REMEMBERED = 20_000;

function subjectKey({ kind, name, namespace = '' }: Subject, bindingNamespace: string): string {
  if (kind === 'ServiceAccount') return `User system:serviceaccount:${namespace || bindingNamespace}:${name}`;
  return `${kind} ${name}`;
}

/**
 * Role-based access control: bindings are found by their subjects, decisions are remembered until a
 * role or a binding changes. Nodes have the rules of the role `system:node`. The controller manager
 * acts with the rules of all controllers, since its controllers share one identity here.
 */
export class Authorizer {
  private readonly clusterRoles: WatchCache;
  private readonly roles: WatchCache;
  private readonly clusterRoleBindings: WatchCache;
  private readonly roleBindings: WatchCache;
  private bySubject: Map<string, KubeObject[]> | undefined;
  private remembered = new Map<string, Decision>();

  constructor(resources: Resources) {
    const cache = (resource: string): WatchCache => resources.byName(`${resource}.${GROUP}`)!.cache;
    this.clusterRoles = cache('clusterroles');
    this.roles = cache('roles');
    this.clusterRoleBindings = cache('clusterrolebindings');
    this.roleBindings = cache('rolebindings');
    const forget = (): void => {
      this.bySubject = undefined;
      this.remembered = new Map();
    };
    for (const watched of [this.clusterRoles, this.roles, this.clusterRoleBindings, this.roleBindings])
      watched.watch({}, { notify: forget, lost: forget });
  }

  authorize(user: Identity, asked: Attributes): Decision {
    if (user.groups.includes(MASTERS)) return ALLOWED;
    // Whoever may do it to any object may do it to this one: those decisions are few and worth remembering.
    const key = `${user.name} ${asked.verb} ${asked.group} ${asked.resource} ${asked.subresource} ${asked.namespace} ${asked.isResource ? '' : asked.path} ${user.groups.join(' ')}`;
    let toAny = this.remembered.get(key);
    if (!toAny) {
      if (this.remembered.size >= MOST_REMEMBERED) this.remembered = new Map();
      this.remembered.set(key, (toAny = this.decide(user, { ...asked, name: '' })));
    }
    return toAny.allowed || asked.name === '' ? toAny : this.decide(user, asked);
  }

  /** Every rule a user has in a namespace, those for the whole cluster included. */
  rulesFor(user: Identity, namespace: string): PolicyRule[] {
    if (user.groups.includes(MASTERS))
      return [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ];
    const rules: PolicyRule[] = [];
    for (const binding of this.bindingsOf(user)) {
      const at = binding.metadata!.namespace;
      if (at === undefined || at === namespace) rules.push(...(this.rulesOf(binding) ?? []));
    }
    if (user.groups.includes(NODES)) rules.push(...this.clusterRoleRules('system:node'));
    return rules;
  }

  /** The rules of the role that a binding refers to; undefined if there is no such role. */
  rulesOf(binding: KubeObject): readonly PolicyRule[] | undefined {
    const { kind, name } = binding.roleRef as { kind: string; name: string };
    const role = kind === 'ClusterRole' ? this.clusterRoles.get(name) : this.roles.get(`${binding.metadata!.namespace}/${name}`);
    return role && ((role.rules ?? []) as PolicyRule[]);
  }

  private clusterRoleRules(name: string): readonly PolicyRule[] {
    return (this.clusterRoles.get(name)?.rules ?? []) as PolicyRule[];
  }

  private decide(user: Identity, asked: Attributes): Decision {
    const problems: string[] = [];
    for (const binding of this.bindingsOf(user)) {
      const at = binding.metadata!.namespace;
      if (at !== undefined && (at !== asked.namespace || !asked.isResource)) continue;
      const rules = this.rulesOf(binding);
      if (!rules) problems.push(missingRole(binding));
      else if (rules.some((rule) => ruleAllows(rule, asked))) return { allowed: true, reason: allowedBy(binding, user) };
    }
    if (user.groups.includes(NODES) && this.clusterRoleRules('system:node').some((rule) => ruleAllows(rule, asked))) return ALLOWED;
    if (user.name === CONTROLLER_MANAGER && this.controllersAllow(asked)) return ALLOWED;
    return {
      allowed: false,
      reason: problems.length === 0 ? '' : `RBAC: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`,
    };
  }

  private controllersAllow(asked: Attributes): boolean {
    for (const role of this.clusterRoles.list()) {
      if (
        role.metadata!.name!.startsWith('system:controller:') &&
        ((role.rules ?? []) as PolicyRule[]).some((rule) => ruleAllows(rule, asked))
      )
        return true;
    }
    return false;
  }

  private *bindingsOf(user: Identity): Generator<KubeObject> {
    const bySubject = (this.bySubject ??= this.indexed());
    yield* bySubject.get(`User ${user.name}`) ?? [];
    for (const group of user.groups) yield* bySubject.get(`Group ${group}`) ?? [];
  }

  private indexed(): Map<string, KubeObject[]> {
    const bySubject = new Map<string, KubeObject[]>();
    for (const binding of [...this.clusterRoleBindings.list(), ...this.roleBindings.list()]) {
      for (const subject of (binding.subjects ?? []) as Subject[]) {
        const key = subjectKey(subject, binding.metadata!.namespace ?? '');
        const known = bySubject.get(key);
        if (known) known.push(binding);
        else bySubject.set(key, [binding]);
      }
    }
    return bySubject;
  }
}

const ALLOWED: Decision = { allowed: true, reason: '' };

function missingRole(binding: KubeObject): string {
  const { kind, name } = binding.roleRef as { kind: string; name: string };
  return `${kind.toLowerCase()}.${GROUP} "${name}" not found`;
}

function allowedBy(binding: KubeObject, user: Identity): string {
  const { kind, name } = binding.roleRef as { kind: string; name: string };
  const subject = ((binding.subjects ?? []) as Subject[]).find(
    (candidate) =>
      subjectKey(candidate, binding.metadata!.namespace ?? '') === `User ${user.name}` ||
      (candidate.kind === 'Group' && user.groups.includes(candidate.name)),
  );
  const bindingName =
    binding.metadata!.namespace === undefined ? binding.metadata!.name! : `${binding.metadata!.name!}/${binding.metadata!.namespace}`;
  const who =
    subject?.kind === 'ServiceAccount'
      ? `ServiceAccount ${JSON.stringify(`${subject.name}/${subject.namespace ?? ''}`)}`
      : `${subject?.kind} ${JSON.stringify(subject?.name)}`;
  return `RBAC: allowed by ${binding.kind} ${JSON.stringify(bindingName)} of ${kind} ${JSON.stringify(name)} to ${who}`;
}
