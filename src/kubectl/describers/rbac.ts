import { goList } from './format.ts';
import type { Describer } from './describer.ts';
import type { DescriptionWriter } from './writer.ts';
import type { PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';

interface SimpleRule {
  readonly verbs: string[];
  readonly apiGroup: string | undefined;
  readonly resource: string | undefined;
  readonly resourceName: string | undefined;
  readonly url: string | undefined;
}

/** Rules for one resource, name or URL each, verbs together, in a fixed order (kubectl BreakdownRule, CompactRules). */
export function simpleRules(rules: readonly PolicyRule[] | null | undefined): SimpleRule[] {
  const found = new Map<string, SimpleRule>();
  const add = (rule: Omit<SimpleRule, 'verbs'>, verbs: readonly string[]) => {
    const key = JSON.stringify([rule.apiGroup, rule.resource, rule.resourceName, rule.url]);
    const known = found.get(key);
    if (!known) found.set(key, { ...rule, verbs: [...verbs] });
    else known.verbs.push(...verbs.filter((verb) => !known.verbs.includes(verb)));
  };
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules ?? []) {
    for (const apiGroup of apiGroups) {
      for (const resource of resources) {
        const names = resourceNames.length > 0 ? resourceNames : [undefined];
        for (const resourceName of names) add({ apiGroup, resource, resourceName, url: undefined }, verbs);
      }
    }
    for (const url of nonResourceURLs) add({ apiGroup: undefined, resource: undefined, resourceName: undefined, url }, verbs);
  }
  const text = (rule: SimpleRule) =>
    `Verbs:${goList(rule.verbs)},APIGroups:[${rule.apiGroup ?? ''}],Resources:[${rule.resource ?? ''}],ResourceNames:[${rule.resourceName ?? ''}],NonResourceURLs:[${rule.url ?? ''}]`;
  return [...found.values()].sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}

/** `deployments.apps/scale`. */
function resourceText({ apiGroup, resource }: SimpleRule): string {
  if (resource === undefined) return '';
  const [name, ...sub] = resource.split('/');
  return `${name}${apiGroup ? `.${apiGroup}` : ''}${sub.length > 0 ? `/${sub.join('/')}` : ''}`;
}

export const describeRole: Describer<Role> = function* (w, role) {
  describeUnplacedHead(w, role);
  w.line(0, 'PolicyRule:');
  w.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  w.line(1, '---------\t-----------------\t--------------\t-----');
  for (const rule of simpleRules(role.rules)) {
    w.line(1, `${resourceText(rule)}\t[${rule.url ?? ''}]\t[${rule.resourceName ?? ''}]\t${goList(rule.verbs)}`);
  }
};

export const describeRoleBinding: Describer<RoleBinding> = function* (w, binding) {
  describeUnplacedHead(w, binding);
  w.line(0, 'Role:');
  w.line(1, `Kind:\t${binding.roleRef.kind}`);
  w.line(1, `Name:\t${binding.roleRef.name}`);
  w.line(0, 'Subjects:');
  w.line(1, 'Kind\tName\tNamespace');
  w.line(1, '----\t----\t---------');
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) w.line(1, `${kind}\t${name}\t${namespace}`);
};

function describeUnplacedHead(w: DescriptionWriter, { metadata }: Role | RoleBinding): void {
  w.field('Name', metadata?.name);
  w.labels('Labels', metadata?.labels);
  w.annotations('Annotations', metadata?.annotations);
}
