import type { FileProblem } from '../../store/files.ts';
import { fileStore } from '../../store/files.ts';
import { clusterStore, model } from '../../store/cluster.ts';

/** Something that is wrong: in a file, or in the cluster. */
export type ProblemItem =
  | { readonly kind: 'file'; readonly problem: FileProblem }
  | {
      readonly kind: 'cluster';
      readonly key: string;
      readonly title: string;
      readonly detail: string;
      readonly severity: 'error' | 'warning';
    };

const MOST = 200;

export function collectProblems(): ProblemItem[] {
  const { checked, refused } = fileStore.getState();
  const items: ProblemItem[] = [];
  for (const list of [...Object.values(refused), ...Object.values(checked)])
    for (const problem of list) items.push({ kind: 'file', problem });
  for (const node of model.nodes.values()) {
    if (node.ready === 'True' && !node.pressures.length) continue;
    const title = `${node.name} is ${node.ready === 'True' ? `under ${node.pressures.join(', ')}` : 'NotReady'}`;
    items.push({ kind: 'cluster', key: `machine/${node.name}`, title, detail: node.message, severity: 'error' });
  }
  for (const workload of model.workloads.values()) {
    if (workload.problem) {
      items.push({
        kind: 'cluster',
        key: workload.key,
        title: `${workload.type} ${workload.name}`,
        detail: workload.problem,
        severity: 'error',
      });
    }
  }
  if (clusterStore.getState().status.name === 'live' && badPods() > 0) {
    for (const pod of model.pods.values()) {
      if (items.length >= MOST) break;
      const isBad = pod.state === 'failed' || pod.state === 'crashing';
      const isStuck = pod.state === 'pending' && pod.message !== '';
      if (!isBad && !isStuck) continue;
      items.push({
        kind: 'cluster',
        key: pod.key,
        title: `${pod.name}: ${pod.status}`,
        detail: pod.message,
        severity: isBad ? 'error' : 'warning',
      });
    }
  }
  return items;
}

function badPods(): number {
  return (['failed', 'crashing', 'pending'] as const).reduce((sum, state) => sum + (model.podStates.get(state) ?? 0), 0);
}
