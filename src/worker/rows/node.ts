import type { Node } from 'kubernetes-types/core/v1';
import type { NodeRow } from '../../protocol/rows.ts';
import { cpuMillis, memoryBytes } from './common.ts';

/** Sums over the pods bound to a node. */
export interface NodeLoad {
  pods: number;
  cpuMillis: number;
  memoryBytes: number;
}

export function nodeRow(key: string, node: Node, load: NodeLoad | undefined): NodeRow {
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === 'Ready');
  const isReady = ready?.status === 'True';
  return {
    kind: 'node',
    key,
    name: node.metadata?.name ?? '',
    ready: ready?.status === 'True' || ready?.status === 'False' ? ready.status : 'Unknown',
    reason: isReady ? '' : (ready?.reason ?? 'NodeStatusNeverUpdated'),
    message: isReady ? '' : (ready?.message ?? 'Kubelet never posted node status.'),
    schedulable: !node.spec?.unschedulable,
    pressures: conditions
      .filter((condition) => condition.type !== 'Ready' && condition.status === 'True')
      .map((condition) => condition.type),
    cpuMillis: cpuMillis(node.status?.allocatable?.cpu),
    memoryBytes: memoryBytes(node.status?.allocatable?.memory),
    podLimit: Number(node.status?.allocatable?.pods ?? 110),
    requestedCpuMillis: load?.cpuMillis ?? 0,
    requestedMemoryBytes: load?.memoryBytes ?? 0,
    pods: load?.pods ?? 0,
    version: node.status?.nodeInfo?.kubeletVersion ?? '',
  };
}
