import { refuseForGood, type Plugin } from '../framework.ts';
import { tolerates } from './tolerations.ts';

const REFUSAL = refuseForGood('node(s) were unschedulable');
const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes take only pods that tolerate it. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  retriesAfter: ['node-added', 'node-unschedulable'],
  filter: (pod, node) => (node.node.spec?.unschedulable && !tolerates(pod.spec.tolerations, TAINT) ? REFUSAL : undefined),
};
