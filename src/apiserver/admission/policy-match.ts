import { selectorFrom } from '../../api/labels.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { KubeObject, LabelSelector } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';

interface ResourceRule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

/** Which requests a policy or a binding speaks of (admissionregistration/v1 MatchResources). */
export interface MatchResources {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly ResourceRule[];
  readonly excludeResourceRules?: readonly ResourceRule[];
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

function ruleMatches(rule: ResourceRule, request: AdmissionRequest): boolean {
  const { kind } = request.resource;
  if (!has(rule.apiGroups, kind.group) || !has(rule.apiVersions, kind.version) || !has(rule.operations, request.operation)) return false;
  if (rule.scope === 'Namespaced' && !kind.namespaced) return false;
  if (rule.scope === 'Cluster' && kind.namespaced) return false;
  if (rule.resourceNames?.length && !rule.resourceNames.includes(request.name)) return false;
  return (rule.resources ?? []).some((pattern) => resourceMatches(pattern, kind.resource, request.subresource));
}

/** `pods`, `pods/status`, `*`, `pods/*`, `*∕scale`. */
function resourceMatches(pattern: string, resource: string, subresource: string): boolean {
  const [main, sub] = pattern.split('/', 2) as [string, string | undefined];
  if (main === '*' && sub === '*') return true;
  if (main !== '*' && main !== resource) return false;
  return sub === undefined ? subresource === '' : sub === '*' || sub === subresource;
}

function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> | undefined): boolean {
  return selector === undefined || selectorFrom(selector).matches(labels);
}

function objectsMatch(selector: LabelSelector | undefined, request: AdmissionRequest): boolean {
  if (selector === undefined) return true;
  const candidates = [request.object, request.old].filter((object): object is KubeObject => object !== undefined);
  return candidates.length === 0 || candidates.some((object) => selects(selector, object.metadata?.labels));
}

function namespaceMatches(selector: LabelSelector | undefined, request: AdmissionRequest, lookup: Lookup): boolean {
  if (selector === undefined) return true;
  if (request.resource.name === 'namespaces') return selects(selector, (request.object ?? request.old)?.metadata?.labels);
  if (request.namespace === '') return true;
  return selects(selector, lookup.get('namespaces', '', request.namespace)?.metadata?.labels);
}

/** Whether a request is spoken of. Without rules, all are (bindings narrow what their policy says). */
export function matches(constraints: MatchResources | undefined, request: AdmissionRequest, lookup: Lookup, withoutRules: boolean): boolean {
  if (!constraints) return withoutRules;
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = constraints;
  if (excludeResourceRules?.some((rule) => ruleMatches(rule, request))) return false;
  if (!(resourceRules?.length ? resourceRules.some((rule) => ruleMatches(rule, request)) : withoutRules)) return false;
  return namespaceMatches(namespaceSelector, request, lookup) && objectsMatch(objectSelector, request);
}
