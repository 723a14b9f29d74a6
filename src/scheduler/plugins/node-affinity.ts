import type { Pod } from '../../api/kinds.ts';
import { normalizeByGreatest, refuseForGood, type Plugin } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';

type Affinity = NonNullable<NonNullable<NonNullable<Pod['spec']>['affinity']>['nodeAffinity']>;
type Term = NonNullable<Affinity['requiredDuringSchedulingIgnoredDuringExecution']>['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

const REFUSAL = refuseForGood("node(s) didn't match Pod's node affinity/selector");

/** nodeSelector and required terms decide, preferred terms score by weight. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  retriesAfter: ['node-added', 'node-labels'],
  preFilter: (pod) =>
    pod.spec.nodeSelector || pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ? undefined : 'skip',
  filter: (pod, node) => (matchesNode(pod.spec, node) ? undefined : REFUSAL),
  preScore: (pod) => (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.length ? undefined : 'skip'),
  score(pod, node) {
    let sum = 0;
    for (const { weight, preference } of pod.spec.affinity!.nodeAffinity!.preferredDuringSchedulingIgnoredDuringExecution!) {
      if (matchesTerm(preference, node)) sum += weight;
    }
    return sum;
  },
  normalize: (scores) => normalizeByGreatest(scores, false),
};

/** Whether a node satisfies a pod's nodeSelector and required node affinity. */
export function matchesNode(spec: NonNullable<Pod['spec']>, node: NodeInfo): boolean {
  for (const key in spec.nodeSelector) if (node.labels[key] !== spec.nodeSelector[key]) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

function matchesTerm(term: Term, node: NodeInfo): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => matches(requirement, node.labels[requirement.key])) &&
    matchFields.every((requirement) => matches(requirement, requirement.key === 'metadata.name' ? node.name : undefined))
  );
}

function matches({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && parseInt(value, 10) > parseInt(values[0] ?? '', 10);
    case 'Lt':
      return value !== undefined && parseInt(value, 10) < parseInt(values[0] ?? '', 10);
    default:
      return false;
  }
}
