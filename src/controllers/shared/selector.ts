import { selectorFrom, selectorFromMap, type Labels } from '../../api/labels.ts';
import type { LabelSelector } from '../../api/object.ts';

export type LabelPredicate = (labels: Labels | undefined) => boolean;

const predicates = new WeakMap<object, LabelPredicate>();
const nothing: LabelPredicate = () => false;

/**
 * A predicate over labels for a LabelSelector: missing, or one the API server should have refused,
 * selects nothing; empty selects everything. Cached by the identity of the (immutable) selector.
 */
export function labelPredicate(selector: LabelSelector | undefined): LabelPredicate {
  if (!selector) return nothing;
  let predicate = predicates.get(selector);
  if (!predicate) predicates.set(selector, (predicate = compiled(selector)));
  return predicate;
}

/** The predicate of a plain map of labels (services, replication controllers). Missing or empty selects nothing. */
export function mapPredicate(selector: Labels | undefined): LabelPredicate {
  if (!selector) return nothing;
  let predicate = predicates.get(selector);
  if (!predicate) {
    const compiledMap = selectorFromMap(selector);
    predicate = compiledMap.empty ? nothing : (labels) => compiledMap.matches(labels);
    predicates.set(selector, predicate);
  }
  return predicate;
}

/** Whether a selector selects everything (or is missing). */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);
}

function compiled(selector: LabelSelector): LabelPredicate {
  try {
    const requirements = selectorFrom(selector);
    return (labels) => requirements.matches(labels);
  } catch {
    return nothing;
  }
}
