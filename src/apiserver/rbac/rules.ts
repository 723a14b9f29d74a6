/** A rule of a role (rbac/v1 PolicyRule). */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What somebody wants to do (authorizer.Attributes). */
export interface Attributes {
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
  /** Of requests that are for no resource. */
  readonly path: string;
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

function resourceMatches(rule: PolicyRule, resource: string, subresource: string): boolean {
  const { resources } = rule;
  if (!resources) return false;
  const combined = subresource ? `${resource}/${subresource}` : resource;
  for (const allowed of resources) {
    if (allowed === '*' || allowed === combined) return true;
    if (subresource && allowed.startsWith('*/') && allowed.slice(2) === subresource) return true;
  }
  return false;
}

function pathMatches(rule: PolicyRule, path: string): boolean {
  for (const allowed of rule.nonResourceURLs ?? []) {
    if (allowed === '*' || allowed === path) return true;
    if (allowed.endsWith('*') && path.startsWith(allowed.replace(/\*+$/, ''))) return true;
  }
  return false;
}

/** Whether a rule allows something (rbac/v1 evaluation_helpers.go). */
export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if (!asked.isResource) return pathMatches(rule, asked.path);
  if (!has(rule.apiGroups, asked.group) || !resourceMatches(rule, asked.resource, asked.subresource)) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(asked.name);
}

/** One verb on one thing: rules are broken down to these to be compared. */
function breakdown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (rule.resourceNames?.length) for (const name of rule.resourceNames) parts.push({ ...part, resourceNames: [name] });
        else parts.push(part);
      }
    }
    for (const path of rule.nonResourceURLs ?? []) parts.push({ verbs: [verb], nonResourceURLs: [path] });
  }
  return parts;
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  if (!has(owner.verbs, part.verbs[0]!)) return false;
  const path = part.nonResourceURLs?.[0];
  if (path !== undefined)
    return (
      pathMatches(owner, path) || (owner.nonResourceURLs ?? []).some((given) => given.endsWith('*') && path.startsWith(given.slice(0, -1)))
    );
  if (!has(owner.apiGroups, part.apiGroups![0]!)) return false;
  const [resource] = part.resources!;
  const slash = resource!.indexOf('/');
  const resourceCovered =
    slash < 0 ? has(owner.resources, resource!) : resourceMatches(owner, resource!.slice(0, slash), resource!.slice(slash + 1));
  if (!resourceCovered) return false;
  if (!owner.resourceNames?.length) return true;
  return part.resourceNames !== undefined && owner.resourceNames.includes(part.resourceNames[0]!);
}

/** Which parts of `wanted` are not covered by `owned` (rbac/validation policy_comparator.go). */
export function uncovered(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakdown).filter((part) => !owned.some((rule) => covers(rule, part)));
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`.replaceAll('" "', '", "');
}

/** A rule as messages show it: `{APIGroups:["*"], Resources:["*"], Verbs:["*"]}` (rbac/v1 CompactString). */
export function ruleText(rule: PolicyRule): string {
  const parts: string[] = [];
  if (rule.apiGroups?.length) parts.push(`APIGroups:${list(rule.apiGroups)}`);
  if (rule.resources?.length) parts.push(`Resources:${list(rule.resources)}`);
  if (rule.nonResourceURLs?.length) parts.push(`NonResourceURLs:${list(rule.nonResourceURLs)}`);
  if (rule.resourceNames?.length) parts.push(`ResourceNames:${list(rule.resourceNames)}`);
  if (rule.verbs.length) parts.push(`Verbs:${list(rule.verbs)}`);
  return `{${parts.join(', ')}}`;
}

/** Parts with the same verbs' places are joined again: what differs only in the verb becomes one rule. */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule & { verbs: string[] }>();
  for (const { verbs, ...place } of rules) {
    const key = JSON.stringify(place);
    const known = joined.get(key);
    if (known) for (const verb of verbs) if (!known.verbs.includes(verb)) known.verbs.push(verb);
    if (!known) joined.set(key, { ...place, verbs: [...verbs] });
  }
  return [...joined.values()];
}
