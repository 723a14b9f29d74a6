import { validateAtMostAll, validateIntOrPercent } from '../apps/validate-workload.ts';
import { invalidField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { goShape, type Shapes } from '../go-shape.ts';
import { builtin } from '../kind.ts';
import { ageOf, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from 'kubernetes-types/policy/v1';

const SHAPES: Shapes = { Spec: 'MinAvailable* Selector* MaxUnavailable* UnhealthyPodEvictionPolicy*' };
const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

function validate({ spec }: PodDisruptionBudget): FieldErrors {
  const errors: FieldErrors = [];
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec ?? ({} as PodDisruptionBudgetSpec);
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(invalidField('spec', goShape(SHAPES, 'Spec', spec), 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const [part, value] of [
    ['minAvailable', minAvailable],
    ['maxUnavailable', maxUnavailable],
  ] as const) {
    if (value === undefined) continue;
    validateIntOrPercent(errors, value, `spec.${part}`);
    validateAtMostAll(errors, value, `spec.${part}`);
  }
  validateSelector(errors, selector, 'spec.selector');
  if (policy !== undefined && !EVICTION_POLICIES.includes(policy))
    errors.push(unsupportedField('spec.unhealthyPodEvictionPolicy', policy, EVICTION_POLICIES));
  return errors;
}

export const podDisruptionBudgetBehaviour: KindBehaviour<PodDisruptionBudget> = {
  kind: builtin<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets'),
  counted: true,
  initialStatus: () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  validate,
  validateUpdate: (budget, old) => (budget.spec === old.spec ? [] : validate(budget)),
  allowsUnconditionalUpdate: false,
  row: (budget, context) =>
    row(
      budget.metadata?.name ?? '',
      budget.spec?.minAvailable === undefined ? 'N/A' : String(budget.spec.minAvailable),
      budget.spec?.maxUnavailable === undefined ? 'N/A' : String(budget.spec.maxUnavailable),
      budget.status?.disruptionsAllowed ?? 0,
      ageOf(budget, context),
    ),
};
