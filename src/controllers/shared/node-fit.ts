import { selectorFromMap } from '../../api/labels.ts';
import type { Node } from '../../api/kinds.ts';
import type { NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from 'kubernetes-types/core/v1';

/** Whether a node fits a pod's node selector and required node affinity (component-helpers nodeaffinity). */
export function fitsNodeAffinity(spec: PodSpec, node: Node): boolean {
  if (!selectorFromMap(spec.nodeSelector).matches(node.metadata?.labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return !required || required.nodeSelectorTerms.some((term) => fitsTerm(term, node));
}

/** Whether a node fits a term; an empty term fits nothing. */
export function fitsTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false;
  const labels = node.metadata?.labels ?? {};
  const fields: Record<string, string | undefined> = { 'metadata.name': node.metadata?.name };
  return (
    matchExpressions.every((each) => fitsRequirement(each, labels[each.key])) &&
    matchFields.every((each) => fitsRequirement(each, fields[each.key]))
  );
}

function fitsRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
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
      return compare(value, values[0]) > 0;
    case 'Lt':
      return compare(value, values[0]) < 0;
    default:
      return false;
  }
}

/** NaN, which is neither more nor less, unless both are integers. */
function compare(value: string | undefined, limit: string | undefined): number {
  const integer = /^-?\d+$/;
  return value !== undefined && limit !== undefined && integer.test(value) && integer.test(limit) ? Number(value) - Number(limit) : NaN;
}
