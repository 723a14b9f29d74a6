import { quote } from '../base/quote.ts';
import { isLabelValue, isQualifiedName } from './names.ts';
import type { LabelSelector } from './object.ts';

export type Labels = Readonly<Record<string, string>>;

export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One condition of a selector. `values` is sorted and empty for `exists` and `!`. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A selector that cannot be read or holds what is no label. The message is Kubernetes'. */
export class SelectorError extends Error {
  override name = 'SelectorError';
}

/** A compiled selector. Matching allocates nothing. */
export interface Selector {
  /** In the order of their keys. */
  readonly requirements: readonly Requirement[];
  /** Whether it selects everything. */
  readonly empty: boolean;
  matches(labels: Labels | undefined): boolean;
  /** As kubectl prints it: `app in (a,b),!env,tier=web`. Everything is the empty text. */
  toString(): string;
  /** The one value that `key` must have, if the selector says so; for finding objects by an index. */
  requiresExact(key: string): string | undefined;
}

const NO_LABELS: Labels = {};

class Requirements implements Selector {
  readonly requirements: readonly Requirement[];
  readonly empty: boolean;
  private readonly exactKeys: string[] = [];
  private readonly exactValues: string[] = [];
  private readonly others: Requirement[] = [];
  private text: string | undefined;

  constructor(requirements: readonly Requirement[]) {
    this.requirements = [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.empty = requirements.length === 0;
    for (const requirement of this.requirements) {
      const exact = exactValue(requirement);
      if (exact === undefined) this.others.push(requirement);
      else {
        this.exactKeys.push(requirement.key);
        this.exactValues.push(exact);
      }
    }
  }

  matches(labels: Labels = NO_LABELS): boolean {
    const { exactKeys, exactValues, others } = this;
    for (let i = 0; i < exactKeys.length; i++) if (labels[exactKeys[i] as string] !== exactValues[i]) return false;
    for (let i = 0; i < others.length; i++) if (!satisfies(others[i] as Requirement, labels)) return false;
    return true;
  }

  requiresExact(key: string): string | undefined {
    const at = this.exactKeys.indexOf(key);
    return at < 0 ? undefined : this.exactValues[at];
  }

  toString(): string {
    return (this.text ??= this.requirements.map(requirementText).join(','));
  }
}

/** Selects everything. */
export const EVERYTHING: Selector = new Requirements([]);

/** Selects nothing: what a missing LabelSelector means. */
export const NOTHING: Selector = {
  requirements: [],
  empty: false,
  matches: () => false,
  toString: () => '',
  requiresExact: () => undefined,
};

function exactValue({ operator, values }: Requirement): string | undefined {
  return (operator === '=' || operator === '==' || operator === 'in') && values.length === 1 ? values[0] : undefined;
}

function satisfies({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value: unknown = labels[key];
  // A key such as `constructor` finds a function on any object.
  if (typeof value !== 'string') return operator === 'notin' || operator === '!=' || operator === '!';
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return values.includes(value);
    case 'notin':
    case '!=':
      return !values.includes(value);
    case 'exists':
      return true;
    case '!':
      return false;
    case 'gt':
    case 'lt': {
      const given = integer(value);
      const limit = integer(values[0] as string);
      if (given === undefined || limit === undefined) return false;
      return operator === 'gt' ? given > limit : given < limit;
    }
  }
}

/** A 64-bit integer in decimal, or undefined (strconv.ParseInt). */
function integer(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

function requirementText({ key, operator, values }: Requirement): string {
  switch (operator) {
    case '!':
      return `!${key}`;
    case 'exists':
      return key;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values.join(',')}`;
    case 'lt':
      return `${key}<${values.join(',')}`;
    default:
      return `${key}${operator}${values.join(',')}`;
  }
}

/**
 * Checks and makes a requirement (labels.NewRequirement).
 *
 * @throws SelectorError naming every fault
 */
export function requirement(key: string, operator: Operator, values: readonly string[]): Requirement {
  const faults: string[] = [];
  const keyFaults = isQualifiedName(key);
  if (keyFaults.length > 0) faults.push(`key: Invalid value: ${quote(key)}: ${keyFaults.join('; ')}`);
  const countFault = valueCountFault(operator, values.length);
  if (countFault) faults.push(`values: Invalid value: ${values.length === 0 ? 'null' : JSON.stringify(values)}: ${countFault}`);
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      if (integer(value) === undefined)
        faults.push(`values[${i}]: Invalid value: ${quote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    });
  }
  values.forEach((value, i) => {
    const valueFaults = isLabelValue(value);
    if (valueFaults.length > 0) faults.push(`values[${i}][${key}]: Invalid value: ${quote(value)}: ${valueFaults.join('; ')}`);
  });
  const distinct = [...new Set(faults)];
  if (distinct.length > 0) throw new SelectorError(distinct.length === 1 ? distinct[0] : `[${distinct.join(', ')}]`);
  return { key, operator, values: values.length > 1 ? [...values].sort() : values };
}

function valueCountFault(operator: Operator, count: number): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case '=':
    case '==':
    case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'exists':
    case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
    default:
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
  }
}

/** A selector of requirements that are already checked. */
export function selectorOf(requirements: readonly Requirement[]): Selector {
  return requirements.length === 0 ? EVERYTHING : new Requirements(requirements);
}

/** The selector of a plain map (`spec.selector` of services). Not checked; an empty map selects everything. */
export function selectorFromMap(labels: Labels | undefined): Selector {
  const entries = Object.entries(labels ?? NO_LABELS);
  return selectorOf(entries.map(([key, value]) => ({ key, operator: '=', values: [value] })));
}

const OPERATORS: Readonly<Record<string, Operator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

const compiled = new WeakMap<LabelSelector, Selector>();

/**
 * Compiles a LabelSelector (meta/v1 LabelSelectorAsSelector): missing selects nothing, empty selects
 * everything. Selectors are immutable, so the result is kept by identity.
 *
 * @throws SelectorError when an operator, a key or a value is wrong
 */
export function selectorFrom(selector: LabelSelector | undefined | null): Selector {
  if (!selector) return NOTHING;
  let result = compiled.get(selector);
  if (!result) compiled.set(selector, (result = compile(selector)));
  return result;
}

function compile({ matchLabels, matchExpressions }: LabelSelector): Selector {
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(matchLabels ?? NO_LABELS)) requirements.push(requirement(key, '=', [value]));
  for (const { key, operator, values } of matchExpressions ?? []) {
    const known = OPERATORS[operator];
    if (!known) throw new SelectorError(`${quote(operator)} is not a valid label selector operator`);
    requirements.push(requirement(key, known, values ?? []));
  }
  return selectorOf(requirements);
}

/** A LabelSelector as kubectl prints it: `<none>` when it selects everything or is missing, `<error>` when it is wrong. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  try {
    return selectorFrom(selector).toString() || '<none>';
  } catch (error) {
    if (error instanceof SelectorError) return '<error>';
    throw error;
  }
}

/** `a=1,b=2` in the order of the keys, or `<none>`: how kubectl prints maps of labels. */
export function formatLabels(labels: Labels | undefined): string {
  const keys = Object.keys(labels ?? NO_LABELS).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key]}`).join(',');
}
