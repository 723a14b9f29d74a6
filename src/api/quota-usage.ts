import { addQuantities, compareQuantities, wholeQuantity } from './quantity.ts';
import type { Container, Pod, PersistentVolumeClaim, ResourceQuota, Service } from 'kubernetes-types/core/v1';
import type { KubeObject } from './object.ts';

/** Amounts by the names that quotas use: `pods`, `requests.cpu`, `count/deployments.apps`. */
export type Amounts = Record<string, string>;

type Resources = Readonly<Record<string, string>>;

interface Resource {
  readonly group: string;
  readonly resource: string;
}

/** Kinds of the core group that are counted under their bare name too. */
const BARE_COUNTS = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas', 'services', 'persistentvolumeclaims']);

/** `count/pods`, `count/deployments.apps`. */
export function countName({ group, resource }: Resource): string {
  return group ? `count/${resource}.${group}` : `count/${resource}`;
}

/**
 * What an object uses of a quota (pkg/quota/v1/evaluator/core). Pods that have ended use nothing but
 * their own count as objects.
 */
export function quotaUsage(kind: Resource, object: KubeObject): Amounts {
  const usage: Amounts = { [countName(kind)]: '1' };
  if (kind.group !== '') return usage;
  if (BARE_COUNTS.has(kind.resource)) usage[kind.resource] = '1';
  if (kind.resource === 'pods') Object.assign(usage, podUsage(object as Pod));
  else if (kind.resource === 'services') Object.assign(usage, serviceUsage(object as Service));
  else if (kind.resource === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object as PersistentVolumeClaim));
  return usage;
}

function podUsage(pod: Pod): Amounts {
  if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return {};
  const usage: Amounts = { pods: '1' };
  for (const [name, amount] of Object.entries(podTotals(pod, 'requests'))) {
    usage[`requests.${name}`] = amount;
    if (['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-')) usage[name] = amount;
  }
  for (const [name, amount] of Object.entries(podTotals(pod, 'limits'))) usage[`limits.${name}`] = amount;
  return usage;
}

/** The sum over containers that run side by side, or what an init container needs if that is more; and the overhead. */
function podTotals(pod: Pod, field: 'requests' | 'limits'): Amounts {
  const of = (container: Container): Resources => (container.resources?.[field] ?? {}) as Resources;
  const isSidecar = (container: Container): boolean => (container as { restartPolicy?: string }).restartPolicy === 'Always';
  let totals: Amounts = {};
  for (const container of pod.spec?.containers ?? []) totals = added(totals, of(container));
  let sidecars: Amounts = {};
  let peak: Amounts = {};
  for (const container of pod.spec?.initContainers ?? []) {
    if (isSidecar(container)) {
      sidecars = added(sidecars, of(container));
      peak = largest(peak, sidecars);
    } else peak = largest(peak, added(sidecars, of(container)));
  }
  totals = largest(added(totals, sidecars), peak);
  const overhead = pod.spec?.overhead as Resources | undefined;
  return overhead && (field === 'requests' || Object.keys(totals).length > 0) ? added(totals, overhead) : totals;
}

function serviceUsage(service: Service): Amounts {
  const ports = String((service.spec?.ports ?? []).length);
  const { type } = service.spec ?? {};
  if (type === 'NodePort') return { 'services.nodeports': ports, 'services.loadbalancers': '0' };
  if (type !== 'LoadBalancer') return { 'services.nodeports': '0', 'services.loadbalancers': '0' };
  const allocates = service.spec?.allocateLoadBalancerNodePorts !== false;
  return { 'services.nodeports': allocates ? ports : '0', 'services.loadbalancers': '1' };
}

function claimUsage(claim: PersistentVolumeClaim): Amounts {
  const storage = (claim.spec?.resources?.requests as Resources | undefined)?.['storage'] ?? '0';
  const usage: Amounts = { 'requests.storage': storage };
  const storageClass = claim.spec?.storageClassName;
  if (storageClass) {
    usage[`${storageClass}.storageclass.storage.k8s.io/requests.storage`] = storage;
    usage[`${storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`] = '1';
  }
  return usage;
}

/** Amount by amount `a + b`. */
export function added(a: Resources, b: Resources): Amounts {
  const result: Amounts = { ...a };
  for (const [name, amount] of Object.entries(b)) result[name] = result[name] === undefined ? amount : addQuantities(result[name], amount);
  return result;
}

function largest(a: Resources, b: Resources): Amounts {
  const result: Amounts = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    if (result[name] === undefined || compareQuantities(amount, result[name]) > 0) result[name] = amount;
  }
  return result;
}

/** Whether a quota speaks of an object at all: scopes narrow it to some pods (evaluator/core/pods.go podMatchesScopeFunc). */
export function isInScope(quota: ResourceQuota, kind: Resource, object: KubeObject): boolean {
  const scopes = (quota.spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists', values: [] as string[] }));
  const expressions = [...scopes, ...(quota.spec?.scopeSelector?.matchExpressions ?? [])];
  if (expressions.length === 0) return true;
  if (kind.group !== '' || kind.resource !== 'pods') return false;
  return expressions.every(({ scopeName, operator, values }) => podInScope(object as Pod, scopeName, operator, values ?? []));
}

function podInScope(pod: Pod, scope: string, operator: string, values: readonly string[]): boolean {
  switch (scope) {
    case 'Terminating':
      return pod.spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return byOperator(pod.spec?.priorityClassName || undefined, operator, values);
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

function byOperator(value: string | undefined, operator: string, values: readonly string[]): boolean {
  if (operator === 'In') return value !== undefined && values.includes(value);
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  return (operator === 'Exists') === (value !== undefined);
}

function isBestEffort(pod: Pod): boolean {
  const named = (resources: unknown): boolean =>
    ['cpu', 'memory'].some((name) => ((resources as Resources | undefined)?.[name] ?? '0') !== '0');
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  return !containers.some(({ resources }) => named(resources?.requests) || named(resources?.limits));
}

function crossesNamespaces(pod: Pod): boolean {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  const terms = [podAffinity, podAntiAffinity].flatMap((each) => [
    ...(each?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(each?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((weighted) => weighted.podAffinityTerm),
  ]);
  return terms.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
}

/** What `objects` use of the resources that a quota limits; resources that nothing uses are `0`. */
export function usedOf(quota: ResourceQuota, objects: Iterable<{ readonly kind: Resource; readonly object: KubeObject }>): Amounts {
  const used: Amounts = {};
  for (const name of Object.keys(quota.spec?.hard ?? {})) used[name] = wholeQuantity(0, 'DecimalSI');
  for (const { kind, object } of objects) {
    if (!isInScope(quota, kind, object)) continue;
    for (const [name, amount] of Object.entries(quotaUsage(kind, object))) {
      if (used[name] !== undefined) used[name] = addQuantities(used[name], amount);
    }
  }
  return used;
}
