import { MAX_SCORE, type Plugin, type Refusal } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';

function insufficient(pod: PodInfo, node: NodeInfo): Refusal | undefined {
  const { requests } = pod;
  const { allocatable, requested } = node;
  let reasons: string[] | undefined;
  let unresolvable = false;
  const check = (name: string, wanted: number, taken: number, total: number): void => {
    if (wanted <= total - taken) return;
    (reasons ??= []).push(`Insufficient ${name}`);
    if (wanted > total) unresolvable = true;
  };
  if (requested.pods + 1 > allocatable.pods) (reasons ??= []).push('Too many pods');
  if (requests.cpuMillis > 0) check('cpu', requests.cpuMillis, requested.cpuMillis, allocatable.cpuMillis);
  if (requests.memoryBytes > 0) check('memory', requests.memoryBytes, requested.memoryBytes, allocatable.memoryBytes);
  if (requests.storageBytes > 0) check('ephemeral-storage', requests.storageBytes, requested.storageBytes, allocatable.storageBytes);
  if (requests.others) {
    for (const [name, wanted] of requests.others) {
      if (wanted > 0) check(name, wanted, requested.others?.get(name) ?? 0, allocatable.others?.get(name) ?? 0);
    }
  }
  return reasons && { unresolvable, reasons };
}

function free(capacity: number, requested: number): number {
  return capacity === 0 || requested > capacity ? 0 : Math.trunc(((capacity - requested) * MAX_SCORE) / capacity);
}

/** A node must have what the pod requests; emptier nodes are better (LeastAllocated, cpu and memory alike). */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  retriesAfter: ['node-added', 'node-allocatable', 'pod-removed'],
  filter: insufficient,
  score(pod, node) {
    const cpu = free(node.allocatable.cpuMillis, node.scoredCpuMillis + pod.scoredCpuMillis);
    const memory = free(node.allocatable.memoryBytes, node.scoredMemoryBytes + pod.scoredMemoryBytes);
    return Math.trunc((cpu + memory) / 2);
  },
};

/** Nodes where cpu and memory are used to a like fraction are better. Pods without requests have no say in it. */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  retriesAfter: [],
  preScore: ({ requests }) => (requests.cpuMillis === 0 && requests.memoryBytes === 0 ? 'skip' : undefined),
  score(pod, node) {
    const fraction = (wanted: number, taken: number, total: number) => (total === 0 ? 1 : Math.min(1, (wanted + taken) / total));
    const cpu = fraction(pod.requests.cpuMillis, node.requested.cpuMillis, node.allocatable.cpuMillis);
    const memory = fraction(pod.requests.memoryBytes, node.requested.memoryBytes, node.allocatable.memoryBytes);
    return Math.trunc((1 - Math.abs(cpu - memory) / 2) * MAX_SCORE);
  },
};
