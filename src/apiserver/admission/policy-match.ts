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
  /** `Equivalent` also means the same objects in other versions. */
  readonly matchPolicy?: string;
}

/** A version of the resource that a request is about. */
export interface Place {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(value));
}

function ruleMatches(rule: ResourceRule, { group, version, resource }: Place, request: AdmissionRequest): boolean {
  const { namespaced } = request.resource.kind;
  if (!has(rule.apiGroups, group) || !has(rule.apiVersions, version) || !has(rule.operations, request.operation)) return false;
  if (rule.scope === 'Namespaced' && !namespaced) return false;
  if (rule.scope === 'Cluster' && namespaced) return false;
  if (rule.resourceNames?.length && !rule.resourceNames.includes(request.name)) return false;
  return (rule.resources ?? []).some((pattern) => resourceMatches(pattern, resource, request.subresource));
}

/** The first of the places of which a rule speaks; of the first only unless equivalents count. */
function placeOf(
  rules: readonly ResourceRule[] | undefined,
  { matchPolicy }: MatchResources,
  places: readonly Place[],
  request: AdmissionRequest,
): Place | undefined {
  const candidates = matchPolicy === 'Exact' ? places.slice(0, 1) : places;
  return candidates.find((place) => rules?.some((rule) => ruleMatches(rule, place, request)));
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

/**
 * The version of a request's resource that is spoken of; undefined if none is. `places` begins with
 * the one that was asked for. Without rules all are spoken of where `withoutRules` says so: bindings
 * narrow what their policy says.
 */
export function matchedPlace(
  constraints: MatchResources | undefined,
  request: AdmissionRequest,
  places: readonly Place[],
  lookup: Lookup,
  withoutRules: boolean,
): Place | undefined {
  if (!constraints) return withoutRules ? places[0] : undefined;
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = constraints;
  if (!namespaceMatches(namespaceSelector, request, lookup) || !objectsMatch(objectSelector, request)) return undefined;
  if (placeOf(excludeResourceRules, constraints, places, request)) return undefined;
  if (!resourceRules?.length) return withoutRules ? places[0] : undefined;
  return placeOf(resourceRules, constraints, places, request);
}
