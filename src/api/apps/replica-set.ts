import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { REPLICA_SETS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { checkNotNegative, type FieldErrors } from '../field-errors.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import { nameWarnings, validateCounts, validateImmutableSelector, validateSelectedTemplate } from './validate-workload.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { ReplicaSet, ReplicaSetSpec } from 'kubernetes-types/apps/v1';

function defaults(set: ReplicaSet): ReplicaSet {
  const spec = withDefaults(set.spec ?? ({} as ReplicaSetSpec), { replicas: 1 });
  return withField(set, 'spec', withField(spec, 'template', defaultTemplate(spec.template)));
}

function validate({ spec }: ReplicaSet): FieldErrors {
  const errors: FieldErrors = [];
  checkNotNegative(errors, 'spec.replicas', spec?.replicas);
  checkNotNegative(errors, 'spec.minReadySeconds', spec?.minReadySeconds);
  validateSelectedTemplate(errors, spec?.selector, spec?.template, 'replicaset', 'ReplicaSet');
  return errors;
}

function validateUpdate(set: ReplicaSet, old: ReplicaSet): FieldErrors {
  if (set.spec === old.spec) return [];
  const errors = validate(set);
  validateImmutableSelector(errors, set.spec?.selector, old.spec?.selector);
  return errors;
}

export const replicaSetBehaviour: KindBehaviour<ReplicaSet> = {
  kind: REPLICA_SETS,
  defaults,
  counted: true,
  initialStatus: () => ({ replicas: 0 }),
  validate,
  validateUpdate,
  validateStatusUpdate: ({ status }) => validateCounts(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas']),
  warnings: (set, old) => [
    ...(old ? [] : nameWarnings(set.metadata?.name)),
    ...templateWarnings(set.spec?.template, old?.spec?.template, 'spec.template'),
  ],
  selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
  row: (set, context) =>
    row(
      set.metadata?.name ?? '',
      set.spec?.replicas ?? 0,
      set.status?.replicas ?? 0,
      set.status?.readyReplicas ?? 0,
      ageOf(set, context),
      ...containerCells(set.spec?.template?.spec),
      formatLabelSelector(set.spec?.selector),
    ),
};
