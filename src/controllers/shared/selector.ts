import type { LabelSelector } from '../../api/object.ts';

type Labels = Readonly<Record<string, string>>;
export type LabelPredicate = (labels: Labels | undefined) => boolean;

const NONE: Labels = {};
const compiled = new WeakMap<object, LabelPredicate>();

/**
 * A predicate over labels for a LabelSelector (meta/v1 LabelSelectorAsSelector): missing selects
 * nothing, empty selects everything. Cached by the identity of the (immutable) selector.
 */
export function labelPredicate(selector: LabelSelector | undefined): LabelPredicate {
  if (!selector) return () => false;
  let predicate = compiled.get(selector);
  if (!predicate) compiled.set(selector, (predicate = compile(selector)));
  return predicate;
}

/** The predicate of a plain map of labels (services, replication controllers). Missing or empty selects nothing. */
export function mapPredicate(selector: Labels | undefined): LabelPredicate {
  if (!selector) return () => false;
  let predicate = compiled.get(selector);
  if (!predicate) {
    const entries = Object.entries(selector);
    predicate = entries.length === 0 ? () => false : (labels = NONE) => hasAll(labels, entries);
    compiled.set(selector, predicate);
  }
  return predicate;
}

/** Whether a selector selects everything (or is missing). */
export function isEmptySelector(selector: LabelSelector | undefined): boolean {
  return !selector || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);
}

function hasAll(labels: Labels, entries: readonly (readonly [string, string])[]): boolean {
  for (const [key, value] of entries) if (labels[key] !== value) return false;
  return true;
}

function compile(selector: LabelSelector): LabelPredicate {
  const equal = Object.entries(selector.matchLabels ?? {});
  const tests = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): ((labels: Labels) => boolean) => {
    if (operator === 'Exists') return (labels) => labels[key] !== undefined;
    if (operator === 'DoesNotExist') return (labels) => labels[key] === undefined;
    const wanted = new Set(values);
    if (operator === 'In') return (labels) => labels[key] !== undefined && wanted.has(labels[key]);
    if (operator === 'NotIn') return (labels) => labels[key] === undefined || !wanted.has(labels[key]);
    return () => false;
  });
  return (labels = NONE) => hasAll(labels, equal) && tests.every((test) => test(labels));
}
