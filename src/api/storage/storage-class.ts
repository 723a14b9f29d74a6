import { equalValues } from '../equal.ts';
import {
  addProblems,
  forbiddenField,
  IMMUTABLE,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isQualifiedName } from '../names.ts';
import { withDefaults } from '../share.ts';
import { ageOf, row } from '../table.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { StorageClass } from 'kubernetes-types/storage/v1';

const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];
const DEFAULT_ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** Whether claims that name no class get this one. */
export function isDefaultClass(object: { metadata?: { annotations?: Record<string, string> } }): boolean {
  return DEFAULT_ANNOTATIONS.some((annotation) => object.metadata?.annotations?.[annotation] === 'true');
}

function validate({ provisioner, reclaimPolicy, volumeBindingMode }: StorageClass): FieldErrors {
  const errors: FieldErrors = [];
  if (!provisioner) errors.push(requiredField('provisioner', ''));
  else addProblems(errors, 'provisioner', provisioner, isQualifiedName(provisioner.toLowerCase()));
  if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(unsupportedField('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (!volumeBindingMode) errors.push(requiredField('volumeBindingMode'));
  else if (!BINDING_MODES.includes(volumeBindingMode)) errors.push(unsupportedField('volumeBindingMode', volumeBindingMode, BINDING_MODES));
  return errors;
}

function validateUpdate(item: StorageClass, old: StorageClass): FieldErrors {
  const errors = validate(item);
  for (const part of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!equalValues(item[part], old[part])) errors.push(forbiddenField(part, `updates to ${part} are forbidden.`));
  }
  if (item.volumeBindingMode !== old.volumeBindingMode) errors.push(invalidField('volumeBindingMode', item.volumeBindingMode, IMMUTABLE));
  return errors;
}

export const storageClassBehaviour: KindBehaviour<StorageClass> = {
  kind: builtin<StorageClass>('storage.k8s.io/v1', 'storageclasses'),
  defaults: (item) => withDefaults(item, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  returnsDeleted: true,
  validate,
  validateUpdate,
  row: (item, context) =>
    row(
      isDefaultClass(item) ? `${item.metadata?.name} (default)` : (item.metadata?.name ?? ''),
      item.provisioner,
      item.reclaimPolicy ?? 'Delete',
      item.volumeBindingMode ?? 'Immediate',
      item.allowVolumeExpansion ?? false,
      ageOf(item, context),
    ),
};
