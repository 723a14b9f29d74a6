import { normalizeByGreatest, refuseForGood, type Plugin, type Refusal } from '../framework.ts';
import { tolerates, type Taint } from './tolerations.ts';

const refusals = new Map<string, Refusal>();

function refusalFor(taint: Taint): Refusal {
  const text = `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  let refusal = refusals.get(text);
  if (!refusal) refusals.set(text, (refusal = refuseForGood(text)));
  return refusal;
}

/** Taints with NoSchedule and NoExecute keep pods away, PreferNoSchedule costs. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  retriesAfter: ['node-added', 'node-taints'],
  filter(pod, node) {
    for (const taint of node.taints) {
      if (taint.effect !== 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint)) return refusalFor(taint);
    }
    return undefined;
  },
  preScore: (_pod, nodes) => (nodes.some((node) => node.taints.some((taint) => taint.effect === 'PreferNoSchedule')) ? undefined : 'skip'),
  score(pod, node) {
    let intolerable = 0;
    for (const taint of node.taints) {
      if (taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint)) intolerable++;
    }
    return intolerable;
  },
  normalize: (scores) => normalizeByGreatest(scores, true),
};
