import { quote } from '../base/quote.ts';
import type { FieldError } from './status.ts';

/** Where validation collects what is wrong, in the order of Kubernetes' own checks. */
export type FieldErrors = FieldError[];

/**
 * A value as error messages show it (field.Error.ErrorBody): texts quoted, numbers plain, nothing
 * as `null`, everything else as JSON.
 */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  return JSON.stringify(value);
}

export function invalidField(field: string, value: unknown, detail: string): FieldError {
  const shown = `Invalid value: ${showValue(value)}`;
  return { reason: 'FieldValueInvalid', field, message: detail ? `${shown}: ${detail}` : shown };
}

export function requiredField(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueRequired', field, message: detail ? `Required value: ${detail}` : 'Required value' };
}

export function forbiddenField(field: string, detail = ''): FieldError {
  return { reason: 'FieldValueForbidden', field, message: detail ? `Forbidden: ${detail}` : 'Forbidden' };
}

/** `supported` in the order in which Kubernetes lists them: sets sorted, lists as they stand. */
export function unsupportedField(field: string, value: unknown, supported: readonly string[]): FieldError {
  const values = supported.map(quote).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${showValue(value)}${values && `: supported values: ${values}`}`,
  };
}

export function duplicateField(field: string, value: unknown, detail = ''): FieldError {
  const shown = `Duplicate value: ${showValue(value)}`;
  return { reason: 'FieldValueDuplicate', field, message: detail ? `${shown}: ${detail}` : shown };
}

export function notFoundField(field: string, value: unknown, detail = ''): FieldError {
  const shown = `Not found: ${showValue(value)}`;
  return { reason: 'FieldValueNotFound', field, message: detail ? `${shown}: ${detail}` : shown };
}

export function tooLongField(field: string, limitBytes: number): FieldError {
  return { reason: 'FieldValueTooLong', field, message: `Too long: may not be more than ${limitBytes} bytes` };
}

export function tooManyField(field: string, actual: number, limit: number): FieldError {
  return { reason: 'FieldValueTooMany', field, message: `Too many: ${actual}: must have at most ${limit} items` };
}

/** One `Invalid value` for each of the problems of a name or the like. */
export function addProblems(errors: FieldErrors, field: string, value: unknown, problems: readonly string[]): void {
  for (const problem of problems) errors.push(invalidField(field, value, problem));
}

export const NOT_NEGATIVE = 'must be greater than or equal to 0';
export const IMMUTABLE = 'field is immutable';
export const NOT_INTEGER = 'must be an integer';
export const NOT_POSITIVE = 'must be greater than zero';

export function checkNotNegative(errors: FieldErrors, field: string, value: number | undefined | null): void {
  if (typeof value === 'number' && value < 0) errors.push(invalidField(field, value, NOT_NEGATIVE));
}
