import { refuseForGood, type Plugin } from '../framework.ts';

const REFUSAL = refuseForGood("node(s) didn't match the requested node name");

/** A pod that names its node goes there only. */
export const nodeName: Plugin = {
  name: 'NodeName',
  retriesAfter: ['node-added'],
  filter: (pod, node) => (pod.spec.nodeName && pod.spec.nodeName !== node.name ? REFUSAL : undefined),
};
