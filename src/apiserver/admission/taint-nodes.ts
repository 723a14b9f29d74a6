import type { AdmissionPlugin } from '../admission.ts';

const TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** New nodes take no pods before they are ready (plugin/nodetaint). */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  operations: ['CREATE'],
  mutate(request) {
    const node = request.object!;
    const taints = (node.spec?.taints ?? []) as (typeof TAINT)[];
    if (taints.some(({ key, effect }) => key === TAINT.key && effect === TAINT.effect)) return;
    request.object = { ...node, spec: { ...node.spec, taints: [...taints, TAINT] } };
  },
};
