import { invalid, type FieldError } from '../api/status.ts';
import { unsupportedField } from '../api/field-errors.ts';
import type { Call } from './call.ts';

const LONGEST_MANAGER_BYTES = 128;

/** Checks dryRun, fieldValidation, fieldManager and force of a write (metav1 validation). Throws Invalid. */
export function checkWriteOptions(call: Call, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions', isApply = false): void {
  if (call.request.query.length === 0 && !isApply) return;
  const errors: FieldError[] = [];
  if (kind === 'PatchOptions') {
    if (isApply && !call.query('fieldManager'))
      errors.push({ reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' });
    if (!isApply && call.query('force') !== undefined)
      errors.push({ reason: 'FieldValueForbidden', field: 'force', message: 'Forbidden: may not be specified for non-apply patch' });
  }
  const manager = call.query('fieldManager') ?? '';
  if (new TextEncoder().encode(manager).length > LONGEST_MANAGER_BYTES) {
    errors.push({
      reason: 'FieldValueTooLong',
      field: 'fieldManager',
      message: `Too long: may not be more than ${LONGEST_MANAGER_BYTES} bytes`,
    });
  }
  [...manager].forEach((character, i) => {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) {
      errors.push({
        reason: 'FieldValueInvalid',
        field: 'fieldManager',
        message: `Invalid value: ${JSON.stringify(manager)}: should only contain printable characters (found unprintable character at position ${i})`,
      });
    }
  });
  errors.push(...dryRunErrors(call.queries('dryRun')));
  const validation = call.query('fieldValidation');
  if (validation && validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    errors.push(unsupportedField('fieldValidation', validation, ['Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
}

/** Only `All` is known. */
export function dryRunErrors(values: readonly string[]): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [unsupportedField('dryRun', values, ['All'])];
}
