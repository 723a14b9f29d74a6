import { addProblems, forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { isDns1123Subdomain } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { validateSelector } from '../validate-selector.ts';
import type { PersistentVolumeClaimSpec } from 'kubernetes-types/core/v1';

export const ACCESS_MODES: readonly string[] = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
export const VOLUME_MODES: readonly string[] = ['Block', 'Filesystem'];

export function validateAccessModes(errors: FieldErrors, modes: readonly string[] | undefined, field: string, required: string): void {
  if (!modes?.length) errors.push(requiredField(field, required));
  for (const mode of modes ?? []) if (!ACCESS_MODES.includes(mode)) errors.push(unsupportedField(field, mode, ACCESS_MODES));
  if (modes?.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(forbiddenField(field, 'may not use ReadWriteOncePod with other access modes'));
  }
}

/** A claim's spec, also as a template (ValidatePersistentVolumeClaimSpec). */
export function validateClaimTemplateSpec(errors: FieldErrors, spec: PersistentVolumeClaimSpec | undefined, field: string): void {
  const { accessModes, selector, resources, storageClassName, volumeMode } = spec ?? {};
  validateAccessModes(errors, accessModes, `${field}.accessModes`, 'at least 1 access mode is required');
  validateSelector(errors, selector, `${field}.selector`);
  const storage = resources?.requests?.['storage'];
  if (storage === undefined) errors.push(requiredField(`${field}.resources[storage]`));
  else if (parseQuantity(storage).nanos <= 0n)
    errors.push(invalidField(`${field}.resources[storage]`, storage, 'must be greater than zero'));
  if (storageClassName) addProblems(errors, `${field}.storageClassName`, storageClassName, isDns1123Subdomain(storageClassName));
  if (volumeMode && !VOLUME_MODES.includes(volumeMode)) errors.push(unsupportedField(`${field}.volumeMode`, volumeMode, VOLUME_MODES));
}
