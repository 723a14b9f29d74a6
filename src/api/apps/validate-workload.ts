import {
  checkNotNegative,
  forbiddenField,
  IMMUTABLE,
  invalidField,
  NOT_NEGATIVE,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { equalValues } from '../equal.ts';
import { SelectorError, selectorFrom, type Selector } from '../labels.ts';
import { isDns1123Label, isPercent } from '../names.ts';
import { isEmptySelector, validateSelector } from '../validate-selector.ts';
import { validateTemplate } from '../core/pod/validate-pod-spec.ts';
import type { FieldError } from '../status.ts';
import type { LabelSelector } from '../object.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';

/* What the kinds share that keep pods made from a template (pkg/apis/apps/validation). */

/** The compiled selector, or undefined if it is wrong. */
export function compiledSelector(selector: LabelSelector | undefined): Selector | undefined {
  try {
    return selectorFrom(selector);
  } catch (error) {
    if (error instanceof SelectorError) return undefined;
    throw error;
  }
}

/** Checks a template whose pods run for ever and bear the labels that are selected; `kind` is named in messages. */
export function validateLastingTemplate(
  errors: FieldErrors,
  template: PodTemplateSpec | undefined,
  selector: Selector,
  field: string,
  kind: string,
): void {
  const labels = template?.metadata?.labels;
  if (!selector.empty && !selector.matches(labels)) {
    errors.push(invalidField(`${field}.metadata.labels`, labels, '`selector` does not match template `labels`'));
  }
  validateTemplate(errors, template ?? {}, field);
  const policy = template?.spec?.restartPolicy;
  if (policy && policy !== 'Always') errors.push(unsupportedField(`${field}.spec.restartPolicy`, policy, ['Always']));
  if (template?.spec?.activeDeadlineSeconds !== undefined) {
    errors.push(forbiddenField(`${field}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${kind} is not Supported`));
  }
}

/** Checks selector and template of a workload. `kind` is the name in messages: `deployment`, and `ReplicaSet` for its pods. */
export function validateSelectedTemplate(
  errors: FieldErrors,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  kind: string,
  podsKind: string,
): void {
  const field = 'spec.selector';
  if (!selector) errors.push(requiredField(field));
  else {
    validateSelector(errors, selector, field);
    if (isEmptySelector(selector)) errors.push(invalidField(field, selector, `empty selector is invalid for ${kind}`));
  }
  const selected = compiledSelector(selector);
  if (!selected) errors.push(invalidField(field, selector, 'invalid label selector'));
  else validateLastingTemplate(errors, template, selected, 'spec.template', podsKind);
}

export type IntOrPercent = number | string | undefined;

/** A count or a percentage: `2`, `25%`. */
export function validateIntOrPercent(errors: FieldErrors, value: IntOrPercent, field: string): void {
  if (typeof value === 'string') for (const problem of isPercent(value)) errors.push(invalidField(field, value, problem));
  else if ((value ?? 0) < 0) errors.push(invalidField(field, value, NOT_NEGATIVE));
}

export function validateAtMostAll(errors: FieldErrors, value: IntOrPercent, field: string): void {
  if (typeof value === 'string' && isPercent(value).length === 0 && Number.parseInt(value, 10) > 100) {
    errors.push(invalidField(field, value, 'must not be greater than 100%'));
  }
}

export function isZero(value: IntOrPercent): boolean {
  return typeof value === 'string' ? !(Number.parseInt(value, 10) > 0) : !value;
}

export function validateImmutableSelector(errors: FieldErrors, selector: LabelSelector | undefined, old: LabelSelector | undefined): void {
  if (selector !== old && !equalValues(selector, old)) errors.push(invalidField('spec.selector', selector ?? null, IMMUTABLE));
}

interface Counts {
  readonly replicas?: number;
  readonly fullyLabeledReplicas?: number;
  readonly readyReplicas?: number;
  readonly availableReplicas?: number;
  readonly updatedReplicas?: number;
  readonly observedGeneration?: number;
}

/** Counts in a status: none negative, none of a part greater than the whole. */
export function validateCounts(status: Counts | undefined, parts: readonly (keyof Counts)[]): FieldError[] {
  const errors: FieldErrors = [];
  const counts = status ?? {};
  for (const part of ['replicas', ...parts, 'observedGeneration'] as const) checkNotNegative(errors, `status.${part}`, counts[part]);
  for (const part of parts) {
    const count = counts[part] ?? 0;
    if (count > (counts.replicas ?? 0)) errors.push(invalidField(`status.${part}`, count, 'cannot be greater than status.replicas'));
  }
  const available = counts.availableReplicas ?? 0;
  if (available > (counts.readyReplicas ?? 0))
    errors.push(invalidField('status.availableReplicas', available, 'cannot be greater than readyReplicas'));
  return errors;
}

/** Names become part of pods' host names, where dots surprise. */
export function nameWarnings(name: string | undefined): readonly string[] {
  const problems = name ? isDns1123Label(name) : [];
  if (problems.length === 0) return NONE;
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ];
}

const NONE: readonly string[] = [];
