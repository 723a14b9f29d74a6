import { cpuMillis, quantityValue } from '../../api/quantity.ts';
import { Pool } from './intern.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import type { ContainerSpec } from './container-status.ts';

/** What a pod takes of a node, or a node offers. */
export interface Amounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

const NOTHING: Amounts = { cpuMillis: 0, memoryBytes: 0 };
const amounts = new Pool<Amounts>();

/** A pod's effective requests: its containers and sidecars together, or its largest init container if that is more. */
export function podRequests(pod: Pod): Amounts {
  let cpu = 0;
  let memory = 0;
  let initCpu = 0;
  let initMemory = 0;
  for (const spec of pod.spec?.containers ?? []) {
    const requests = requestsOf(spec);
    cpu += requests.cpuMillis;
    memory += requests.memoryBytes;
  }
  let sidecarCpu = 0;
  let sidecarMemory = 0;
  for (const spec of pod.spec?.initContainers ?? []) {
    const requests = requestsOf(spec);
    if ((spec as { restartPolicy?: string }).restartPolicy === 'Always') {
      sidecarCpu += requests.cpuMillis;
      sidecarMemory += requests.memoryBytes;
      initCpu = Math.max(initCpu, sidecarCpu);
      initMemory = Math.max(initMemory, sidecarMemory);
    } else {
      initCpu = Math.max(initCpu, sidecarCpu + requests.cpuMillis);
      initMemory = Math.max(initMemory, sidecarMemory + requests.memoryBytes);
    }
  }
  cpu = Math.max(cpu + sidecarCpu, initCpu);
  memory = Math.max(memory + sidecarMemory, initMemory);
  return cpu === 0 && memory === 0 ? NOTHING : amounts.get(`${cpu} ${memory}`, () => ({ cpuMillis: cpu, memoryBytes: memory }));
}

function requestsOf({ resources }: ContainerSpec): Amounts {
  const requests = resources?.requests;
  if (!requests) return NOTHING;
  return {
    cpuMillis: requests['cpu'] === undefined ? 0 : cpuMillis(String(requests['cpu'])),
    memoryBytes: requests['memory'] === undefined ? 0 : quantityValue(String(requests['memory'])),
  };
}

/** Whether a pod bound to this node can run on it, beside what runs there (lifecycle/predicate.go). */
export function admit(pod: Pod, node: Node, wanted: Amounts, used: Amounts & { readonly pods: number }): Rejection | undefined {
  const { allocatable = {} } = node.status ?? {};
  const most = Number(allocatable['pods'] ?? 110);
  if (used.pods + 1 > most) return outOf('pods', 1, used.pods, most);
  const cpu = cpuMillis(String(allocatable['cpu'] ?? '0'));
  if (wanted.cpuMillis > 0 && used.cpuMillis + wanted.cpuMillis > cpu) return outOf('cpu', wanted.cpuMillis, used.cpuMillis, cpu);
  const memory = quantityValue(String(allocatable['memory'] ?? '0'));
  if (wanted.memoryBytes > 0 && used.memoryBytes + wanted.memoryBytes > memory)
    return outOf('memory', wanted.memoryBytes, used.memoryBytes, memory);
  const labels = node.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {})) {
    if (labels[key] === value) continue;
    return { reason: 'NodeAffinity', message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector" };
  }
  return undefined;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Rejection {
  return {
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  };
}
