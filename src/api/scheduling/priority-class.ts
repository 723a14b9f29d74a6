import { forbiddenField, IMMUTABLE, invalidField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';

/** Higher ones belong to the system. */
const LARGEST = 1_000_000_000;
const SYSTEM: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };
const POLICIES = ['PreemptLowerPriority', 'Never'];
const RESERVED = "priority class names with 'system-' prefix are reserved for system use only";

function validate(item: PriorityClass): FieldErrors {
  const errors: FieldErrors = [];
  const name = item.metadata?.name ?? '';
  if (name.startsWith('system-')) {
    const wanted = SYSTEM[name];
    if (wanted === undefined)
      errors.push(forbiddenField('metadata.name', `${RESERVED}. error: ${name} is not a known system priority class`));
    else if (wanted !== item.value)
      errors.push(forbiddenField('metadata.name', `${RESERVED}. error: value of ${name} PriorityClass must be ${wanted}`));
  } else if (item.value > LARGEST) errors.push(forbiddenField('value', `maximum allowed value of a user defined priority is ${LARGEST}`));
  const policy = item.preemptionPolicy;
  if (policy && !POLICIES.includes(policy)) errors.push(unsupportedField('preemptionPolicy', policy, POLICIES));
  return errors;
}

function validateUpdate(item: PriorityClass, old: PriorityClass): FieldErrors {
  const errors: FieldErrors = [];
  if (item.value !== old.value) errors.push(forbiddenField('value', 'may not be changed in an update.'));
  if (item.preemptionPolicy !== old.preemptionPolicy)
    errors.push(invalidField('preemptionPolicy', item.preemptionPolicy ?? null, IMMUTABLE));
  return errors;
}

export const priorityClassBehaviour: KindBehaviour<PriorityClass> = {
  kind: builtin<PriorityClass>('scheduling.k8s.io/v1', 'priorityclasses'),
  defaults: (item) => withDefaults(item, { preemptionPolicy: 'PreemptLowerPriority', value: 0 }),
  counted: true,
  validate,
  validateUpdate,
  row: (item, context) =>
    row(
      item.metadata?.name ?? '',
      item.value,
      item.globalDefault ?? false,
      ageOf(item, context),
      item.preemptionPolicy ?? 'PreemptLowerPriority',
    ),
};
