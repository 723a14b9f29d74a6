import { addQuantities, compareQuantities, subtractQuantities } from '../../api/quantity.ts';
import { forbidden } from '../../api/status.ts';
import { isInScope, quotaUsage } from '../../api/quota-usage.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { ResourceQuota } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';
import type { ServerContext } from '../server-context.ts';
import type { Task } from '../../sim/wait.ts';

type Amounts = Readonly<Record<string, string>>;

/** Counts what is created against the quotas of its namespace (apiserver resourcequota admission). */
export function resourceQuota(lookup: Lookup, server: () => ServerContext): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    operations: ['CREATE', 'UPDATE'],
    *reserve(request) {
      if (request.subresource !== '' && request.subresource !== 'resize') return;
      if (!request.resource.namespaced || request.resource.name === 'resourcequotas') return;
      const quotas = lookup.list('resourcequotas', request.namespace);
      if (quotas.length === 0) return;
      const object = request.object!;
      const before = request.old ? quotaUsage(request.resource, request.old) : {};
      const increase = increaseOf(before, quotaUsage(request.resource, object));
      const concerned = quotas.filter((quota) => isInScope(quota as ResourceQuota, request.resource, object) && concerns(quota, increase));
      for (const quota of concerned) requireConstraints(request, quota);
      for (const quota of concerned) checked(request, quota, increase);
      for (const quota of concerned) yield* charge(server(), request, quota, increase);
    },
  };
}

/** Which of `after` is more than `before`, and by how much. */
function increaseOf(before: Amounts, after: Amounts): Amounts {
  const increase: Record<string, string> = {};
  for (const [name, amount] of Object.entries(after)) {
    const more = before[name] === undefined ? amount : subtractQuantities(amount, before[name]!);
    if (compareQuantities(more, '0') > 0) increase[name] = more;
  }
  return increase;
}

function hardOf(quota: KubeObject): Amounts {
  return (quota.status?.hard ?? {}) as Amounts;
}

function concerns(quota: KubeObject, increase: Amounts): boolean {
  const hard = hardOf(quota);
  return Object.keys(increase).some((name) => hard[name] !== undefined);
}

function listed(amounts: Amounts, names: readonly string[]): string {
  return names.map((name) => `${name}=${amounts[name] ?? '0'}`).join(',');
}

/** The quota's usage with the increase. Throws Forbidden if that is too much. */
function checked(request: AdmissionRequest, quota: KubeObject, increase: Amounts): Record<string, string> {
  const hard = hardOf(quota);
  const used = (quota.status?.used ?? {}) as Amounts;
  const name = request.object!.metadata?.name ?? '';
  const names = Object.keys(increase)
    .filter((resource) => hard[resource] !== undefined)
    .sort();
  const unknown = names.filter((resource) => used[resource] === undefined);
  if (unknown.length > 0)
    throw forbidden(request.resource, name, `status unknown for quota: ${quota.metadata!.name}, resources: ${unknown.join(',')}`);
  const total: Record<string, string> = { ...used };
  for (const resource of names) total[resource] = addQuantities(used[resource]!, increase[resource]!);
  const exceeded = names.filter((resource) => compareQuantities(total[resource]!, hard[resource]!) > 0);
  if (exceeded.length === 0) return total;
  throw forbidden(
    request.resource,
    name,
    `exceeded quota: ${quota.metadata!.name}, requested: ${listed(increase, exceeded)}, used: ${listed(used, exceeded)}, limited: ${listed(hard, exceeded)}`,
  );
}

/** A quota on an amount wants every container to name it. */
function requireConstraints(request: AdmissionRequest, quota: KubeObject): void {
  if (request.resource.name !== 'pods' || request.operation !== 'CREATE') return;
  const pod = request.object!;
  const containers = (pod.spec?.containers ?? []) as { name: string; resources?: { requests?: Amounts; limits?: Amounts } }[];
  const missing: string[] = [];
  for (const resource of Object.keys(hardOf(quota)).sort()) {
    const match = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/.exec(resource);
    if (!match) continue;
    const of = match[1] === 'limits' ? 'limits' : 'requests';
    const lacking = containers.filter((container) => container.resources?.[of]?.[match[2]!] === undefined).map(({ name }) => name);
    if (lacking.length > 0) missing.push(`${resource} for: ${lacking.sort().join(',')}`);
  }
  if (missing.length > 0)
    throw forbidden(
      request.resource,
      pod.metadata?.name ?? '',
      `failed quota: ${quota.metadata!.name}: must specify ${missing.join('; ')}`,
    );
}

function* charge(server: ServerContext, request: AdmissionRequest, quota: KubeObject, increase: Amounts): Task<void> {
  const quotas = server.resources.byName('resourcequotas')!;
  yield* server.objects.update(quotas, request.namespace, quota.metadata!.name!, function* (current) {
    return { ...current, status: { ...current.status, used: checked(request, current, increase) } };
  });
}
