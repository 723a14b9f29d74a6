import {
  addProblems,
  checkNotNegative,
  duplicateField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { isQualifiedName } from '../names.ts';
import { validateTemplate } from '../core/pod/validate-pod-spec.ts';
import type { JobSpec as OldJobSpec } from 'kubernetes-types/batch/v1';

/* The spec of jobs and of the jobs that cron jobs make (pkg/apis/batch/validation). */

/** With the fields that came after the types this project is built on. */
export type JobSpec = OldJobSpec & {
  managedBy?: string;
  maxFailedIndexes?: number;
  backoffLimitPerIndex?: number;
  successPolicy?: { rules?: { succeededIndexes?: string; succeededCount?: number }[] };
};

const SHAPES: Shapes = { SuccessPolicy: 'Rules*Rule', Rule: 'SucceededIndexes* SucceededCount*' };

const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const LARGEST_PARALLELISM_INDEXED = 100_000;
const RULES_LIMIT = 20;
const VALUES_LIMIT = 255;

type FailureRule = NonNullable<OldJobSpec['podFailurePolicy']>['rules'][number];

function validateExitCodes(
  errors: FieldErrors,
  codes: NonNullable<FailureRule['onExitCodes']>,
  names: ReadonlySet<string>,
  at: string,
): void {
  const { operator, values = [], containerName } = codes;
  if (!operator) errors.push(requiredField(`${at}.operator`));
  else if (!OPERATORS.includes(operator)) errors.push(unsupportedField(`${at}.operator`, operator, OPERATORS));
  if (containerName !== undefined && !names.has(containerName)) {
    errors.push(
      invalidField(`${at}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'),
    );
  }
  if (values.length === 0) errors.push(invalidField(`${at}.values`, values, 'at least one value is required'));
  else if (values.length > VALUES_LIMIT)
    errors.push({
      reason: 'FieldValueTooMany',
      field: `${at}.values`,
      message: `Too many: ${values.length}: must have at most ${VALUES_LIMIT} items`,
    });
  const ordered = values.every((value, i) => i === 0 || value > (values[i - 1] as number));
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) errors.push(invalidField(`${at}.values[${i}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < i) errors.push(duplicateField(`${at}.values[${i}]`, value));
  });
  if (!ordered && new Set(values).size === values.length) errors.push(invalidField(`${at}.values`, values, 'must be ordered'));
}

function validateFailurePolicy(errors: FieldErrors, spec: JobSpec, field: string): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > RULES_LIMIT)
    errors.push({
      reason: 'FieldValueTooMany',
      field: `${field}.rules`,
      message: `Too many: ${rules.length}: must have at most ${RULES_LIMIT} items`,
    });
  const pod = spec.template?.spec;
  const names = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(({ name }) => name));
  rules.forEach(({ action, onExitCodes, onPodConditions }, i) => {
    const at = `${field}.rules[${i}]`;
    if (!action) errors.push(requiredField(`${at}.action`));
    else if (!ACTIONS.includes(action)) errors.push(unsupportedField(`${at}.action`, action, ACTIONS));
    if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
      errors.push(invalidField(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    }
    if (onExitCodes) validateExitCodes(errors, onExitCodes, names, `${at}.onExitCodes`);
    onPodConditions?.forEach(({ type, status }, j) => {
      if (!type) errors.push(requiredField(`${at}.onPodConditions[${j}].type`));
      else addProblems(errors, `${at}.onPodConditions[${j}].type`, type, isQualifiedName(type));
      const statuses = ['False', 'True', 'Unknown'];
      if (!status) errors.push(requiredField(`${at}.onPodConditions[${j}].status`));
      else if (!statuses.includes(status)) errors.push(unsupportedField(`${at}.onPodConditions[${j}].status`, status, statuses));
    });
    const says = (onExitCodes ? 1 : 0) + (onPodConditions?.length ? 1 : 0);
    // Kubernetes leaves the value out here.
    const wrong = (why: string) => errors.push({ reason: 'FieldValueInvalid', field: at, message: `Invalid value: ${why}` });
    if (says > 1) wrong('specifying both OnExitCodes and OnPodConditions is not supported');
    else if (says === 0) wrong('specifying one of OnExitCodes and OnPodConditions is required');
  });
}

function validateIndexed(errors: FieldErrors, spec: JobSpec, field: string): void {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes, successPolicy } = spec;
  if (completionMode === 'Indexed') {
    if (completions === undefined) errors.push(requiredField(`${field}.completions`, 'when completion mode is Indexed'));
    if (typeof parallelism === 'number' && parallelism > LARGEST_PARALLELISM_INDEXED) {
      errors.push(
        invalidField(
          `${field}.parallelism`,
          parallelism,
          `must be less than or equal to ${LARGEST_PARALLELISM_INDEXED} when completion mode is Indexed`,
        ),
      );
    }
    if (typeof completions === 'number' && typeof maxFailedIndexes === 'number' && maxFailedIndexes > completions) {
      errors.push(invalidField(`${field}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'));
    }
  } else {
    if (backoffLimitPerIndex !== undefined)
      errors.push(invalidField(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex, 'requires indexed completion mode'));
    if (maxFailedIndexes !== undefined)
      errors.push(invalidField(`${field}.maxFailedIndexes`, maxFailedIndexes, 'requires indexed completion mode'));
  }
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    errors.push(requiredField(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (!successPolicy) return;
  if (completionMode !== 'Indexed') {
    errors.push(
      invalidField(`${field}.successPolicy`, goShape(SHAPES, 'SuccessPolicy', successPolicy), 'requires indexed completion mode'),
    );
    return;
  }
  if (!successPolicy.rules?.length)
    errors.push(requiredField(`${field}.successPolicy.rules`, 'at least one rules must be specified when the successPolicy is specified'));
  successPolicy.rules?.forEach(({ succeededCount, succeededIndexes }, i) => {
    const at = `${field}.successPolicy.rules[${i}]`;
    if (succeededCount === undefined && succeededIndexes === undefined) {
      errors.push(requiredField(at, 'at least one of succeededCount or succeededIndexes must be specified'));
    }
    checkNotNegative(errors, `${at}.succeededCount`, succeededCount);
    if (typeof succeededCount === 'number' && typeof completions === 'number' && succeededCount > completions) {
      errors.push(
        invalidField(
          `${at}.succeededCount`,
          succeededCount,
          `must be less than or equal to ${completions} (the number of specified completions)`,
        ),
      );
    }
  });
}

function validateManager(errors: FieldErrors, managedBy: string, field: string): void {
  const slash = managedBy.indexOf('/');
  if (slash <= 0 || slash === managedBy.length - 1)
    errors.push(invalidField(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  if (managedBy.length > 63) errors.push({ reason: 'FieldValueTooLong', field, message: 'Too long: may not be more than 63 bytes' });
}

/** What holds of a job's spec whoever makes the selector. */
export function validateJobSpec(errors: FieldErrors, spec: JobSpec, field: string): void {
  checkNotNegative(errors, `${field}.parallelism`, spec.parallelism);
  checkNotNegative(errors, `${field}.completions`, spec.completions);
  checkNotNegative(errors, `${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds);
  checkNotNegative(errors, `${field}.backoffLimit`, spec.backoffLimit);
  checkNotNegative(errors, `${field}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished);
  checkNotNegative(errors, `${field}.backoffLimitPerIndex`, spec.backoffLimitPerIndex);
  checkNotNegative(errors, `${field}.maxFailedIndexes`, spec.maxFailedIndexes);
  if (spec.managedBy !== undefined) validateManager(errors, spec.managedBy, `${field}.managedBy`);
  const mode = spec.completionMode;
  if (mode !== undefined && mode !== 'NonIndexed' && mode !== 'Indexed') {
    errors.push(unsupportedField(`${field}.completionMode`, mode, ['NonIndexed', 'Indexed']));
  }
  validateIndexed(errors, spec, field);
  if (spec.podFailurePolicy) validateFailurePolicy(errors, spec, `${field}.podFailurePolicy`);
  const replacement = spec.podReplacementPolicy;
  if (replacement !== undefined) {
    if (spec.podFailurePolicy && replacement !== 'Failed')
      errors.push(unsupportedField(`${field}.podReplacementPolicy`, replacement, ['Failed']));
    else if (replacement !== 'Failed' && replacement !== 'TerminatingOrFailed') {
      errors.push(unsupportedField(`${field}.podReplacementPolicy`, replacement, ['Failed', 'TerminatingOrFailed']));
    }
  }
  validateTemplate(errors, spec.template ?? {}, `${field}.template`);
  const policy = spec.template?.spec?.restartPolicy;
  const at = `${field}.template.spec.restartPolicy`;
  // Always is what a policy that was not given has become.
  if (!policy || policy === 'Always') errors.push(requiredField(at, 'valid values: "OnFailure", "Never"'));
  else if (policy !== 'OnFailure' && policy !== 'Never') errors.push(unsupportedField(at, policy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy && policy !== 'Never')
    errors.push(invalidField(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
}
