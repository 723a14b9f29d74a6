import {
  addProblems,
  duplicateField,
  forbiddenField,
  invalidField,
  NOT_POSITIVE,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../names.ts';
import { validateSelector } from '../../validate-selector.ts';
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1';

/* Where a pod may run: affinity, tolerations, spreading. */

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateNodeRequirement(errors: FieldErrors, requirement: NodeSelectorRequirement, allowAnyValue: boolean, at: string): void {
  const { key, operator, values = [] } = requirement;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) errors.push(requiredField(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0)
      errors.push(forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values.length !== 1) errors.push(requiredField(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalidField(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  addProblems(errors, `${at}.key`, key, isQualifiedName(key));
  if (!allowAnyValue) values.forEach((value, i) => addProblems(errors, `${at}.values[${i}]`, value, isLabelValue(value)));
}

function validateFieldRequirement(errors: FieldErrors, { key, operator, values = [] }: NodeSelectorRequirement, at: string): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length !== 1) {
      errors.push(requiredField(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
    }
  } else errors.push(invalidField(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
  if (key !== 'metadata.name') errors.push(invalidField(`${at}.key`, key, 'not a valid field selector key'));
  else values.forEach((value, i) => addProblems(errors, `${at}.values[${i}]`, value, isDns1123Subdomain(value)));
}

function validateNodeTerm(errors: FieldErrors, term: NodeSelectorTerm, allowAnyValue: boolean, at: string): void {
  term.matchExpressions?.forEach((part, i) => validateNodeRequirement(errors, part, allowAnyValue, `${at}.matchExpressions[${i}]`));
  term.matchFields?.forEach((part, i) => validateFieldRequirement(errors, part, `${at}.matchFields[${i}]`));
}

/** Also of volumes, which may be bound to nodes. */
export function validateNodeSelector(errors: FieldErrors, selector: NodeSelector, field: string): void {
  const at = `${field}.nodeSelectorTerms`;
  if (!selector.nodeSelectorTerms?.length) errors.push(requiredField(at, 'must have at least one node selector term'));
  else selector.nodeSelectorTerms.forEach((term, i) => validateNodeTerm(errors, term, false, `${at}[${i}]`));
}

type AffinityTerm = PodAffinityTerm & { matchLabelKeys?: string[]; mismatchLabelKeys?: string[] };

function validateLabelKeys(errors: FieldErrors, term: AffinityTerm, at: string): void {
  for (const part of ['matchLabelKeys', 'mismatchLabelKeys'] as const) {
    const keys = term[part];
    if (!keys?.length) continue;
    if (!term.labelSelector) errors.push(forbiddenField(`${at}.${part}`, 'must not be specified when labelSelector is not set'));
    else keys.forEach((key, i) => addProblems(errors, `${at}.${part}[${i}]`, key, isQualifiedName(key)));
  }
  term.matchLabelKeys?.forEach((key, i) => {
    if (term.mismatchLabelKeys?.includes(key)) {
      errors.push(invalidField(`${at}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
    }
  });
}

function validatePodTerm(errors: FieldErrors, term: AffinityTerm, at: string): void {
  validateSelector(errors, term.labelSelector, `${at}.labelSelector`);
  validateSelector(errors, term.namespaceSelector, `${at}.namespaceSelector`);
  for (const namespace of term.namespaces ?? []) addProblems(errors, `${at}.namespace`, namespace, isDns1123Label(namespace));
  validateLabelKeys(errors, term, at);
  if (!term.topologyKey) errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'));
  addProblems(errors, `${at}.topologyKey`, term.topologyKey ?? '', isQualifiedName(term.topologyKey ?? ''));
}

function checkWeight(errors: FieldErrors, weight: number, at: string): void {
  if (weight <= 0 || weight > 100) errors.push(invalidField(`${at}.weight`, weight, 'must be in the range 1-100'));
}

function validatePodAffinity(errors: FieldErrors, affinity: PodAffinity, field: string): void {
  affinity.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) =>
    validatePodTerm(errors, term, `${field}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`),
  );
  affinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, i) => {
    const at = `${field}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    checkWeight(errors, weight, at);
    validatePodTerm(errors, podAffinityTerm, `${at}.podAffinityTerm`);
  });
}

const checkedAffinities = new WeakSet<Affinity>();

export function validateAffinity(errors: FieldErrors, affinity: Affinity, field: string): void {
  if (checkedAffinities.has(affinity)) return;
  const before = errors.length;
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity) {
    const at = `${field}.nodeAffinity`;
    const required = nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    if (required) validateNodeSelector(errors, required, `${at}.requiredDuringSchedulingIgnoredDuringExecution`);
    nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, preference }, i) => {
      const term = `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
      checkWeight(errors, weight, term);
      validateNodeTerm(errors, preference, true, `${term}.preference`);
    });
  }
  if (podAffinity) validatePodAffinity(errors, podAffinity, `${field}.podAffinity`);
  if (podAntiAffinity) validatePodAffinity(errors, podAntiAffinity, `${field}.podAntiAffinity`);
  if (errors.length === before) checkedAffinities.add(affinity);
}

const ANY_KEY = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';

export function validateTolerations(errors: FieldErrors, tolerations: readonly Toleration[], field: string): void {
  tolerations.forEach((toleration, i) => {
    const at = `${field}[${i}]`;
    const { key, operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    if (key) addProblems(errors, `${at}.key`, key, isQualifiedName(key));
    else if (operator !== 'Exists') errors.push(invalidField(`${at}.operator`, operator, ANY_KEY));
    if (typeof tolerationSeconds === 'number' && effect !== 'NoExecute') {
      errors.push(invalidField(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === 'Equal' || operator === '') {
      const problems = isLabelValue(value);
      if (problems.length > 0) errors.push(invalidField(`${at}.operator`, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalidField(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else errors.push(unsupportedField(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect !== '' && !TAINT_EFFECTS.includes(effect)) errors.push(unsupportedField(`${at}.effect`, effect, TAINT_EFFECTS));
  });
}

const INCLUSION_POLICIES = ['Honor', 'Ignore'];

export function validateSpreading(errors: FieldErrors, constraints: readonly TopologySpreadConstraint[], field: string): void {
  constraints.forEach((constraint, i) => {
    const at = `${field}[${i}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys } = constraint;
    if (!(maxSkew > 0)) errors.push(invalidField(`${at}.maxSkew`, maxSkew ?? 0, NOT_POSITIVE));
    if (!topologyKey) errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'));
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!actions.includes(whenUnsatisfiable)) errors.push(unsupportedField(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? '', actions));
    if (constraints.slice(i + 1).some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)) {
      errors.push(duplicateField(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    if (typeof minDomains === 'number') {
      if (minDomains <= 0) errors.push(invalidField(`${at}.minDomains`, minDomains, NOT_POSITIVE));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(invalidField(`${at}.minDomains`, minDomains, why));
      }
    }
    for (const part of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[part];
      if (policy && !INCLUSION_POLICIES.includes(policy)) errors.push(unsupportedField(`${at}.${part}`, policy, INCLUSION_POLICIES));
    }
    if (matchLabelKeys?.length && !labelSelector) {
      errors.push(forbiddenField(`${at}.matchLabelKeys`, 'must not be specified when labelSelector is not set'));
    }
    matchLabelKeys?.forEach((key, j) => addProblems(errors, `${at}.matchLabelKeys[${j}]`, key, isQualifiedName(key)));
    validateSelector(errors, labelSelector, `${at}.labelSelector`);
  });
}
