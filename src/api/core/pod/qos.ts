import { parseQuantity } from '../../quantity.ts';
import type { Container, PodSpec } from 'kubernetes-types/core/v1';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

interface Amounts {
  cpu: bigint;
  memory: bigint;
}

type Lists = { readonly limits?: Record<string, unknown>; readonly requests?: Record<string, unknown> };

function amount(list: Record<string, unknown> | undefined, name: string): bigint {
  const text = list?.[name];
  if (text === undefined) return 0n;
  const { nanos } = parseQuantity(text as string);
  return nanos > 0n ? nanos : 0n;
}

function says(resources: Lists | undefined): boolean {
  return resources !== undefined && (resources.limits !== undefined || resources.requests !== undefined);
}

/** The quality of service a pod's requests and limits of CPU and memory earn (helper/qos.ComputePodQOS). */
export function qosClassOf(spec: PodSpec & { resources?: Lists }): QosClass {
  const containers: readonly Container[] = spec.initContainers ? [...spec.containers, ...spec.initContainers] : (spec.containers ?? []);
  const parts: readonly (Lists | undefined)[] = says(spec.resources)
    ? [spec.resources]
    : containers.map(({ resources }) => resources as Lists | undefined);
  if (!parts.some(says)) return 'BestEffort';
  const requests: Amounts = { cpu: 0n, memory: 0n };
  const limits: Amounts = { cpu: 0n, memory: 0n };
  let allLimited = true;
  for (const part of parts) {
    for (const name of ['cpu', 'memory'] as const) {
      requests[name] += amount(part?.requests, name);
      const limit = amount(part?.limits, name);
      limits[name] += limit;
      if (limit === 0n) allLimited = false;
    }
  }
  if (requests.cpu === 0n && requests.memory === 0n && limits.cpu === 0n && limits.memory === 0n) return 'BestEffort';
  return allLimited && requests.cpu === limits.cpu && requests.memory === limits.memory ? 'Guaranteed' : 'Burstable';
}
