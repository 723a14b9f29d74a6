import { invalidField, requiredField, type FieldErrors } from '../../field-errors.ts';

/* Paths inside volumes and containers. They are Linux paths, whatever machine validates them. */

export const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive';

export function validateNoBacksteps(errors: FieldErrors, path: string, field: string): void {
  if (path.split('/').includes('..')) errors.push(invalidField(field, path, "must not contain '..'"));
}

/** A relative path that stays below where it starts. */
export function validateDescendingPath(errors: FieldErrors, path: string, field: string): void {
  if (path.startsWith('/')) errors.push(invalidField(field, path, 'must be a relative path'));
  validateNoBacksteps(errors, path, field);
}

/** A descending path that does not use the names with which volumes swap their contents. */
export function validateNonReservedPath(errors: FieldErrors, path: string, field: string): void {
  validateDescendingPath(errors, path, field);
  // A path that starts with `../` has just been refused.
  if (path.startsWith('..') && !path.startsWith('../')) errors.push(invalidField(field, path, "must not start with '..'"));
}

export function validateMode(errors: FieldErrors, mode: number | undefined, field: string): void {
  if (typeof mode === 'number' && (mode > 0o777 || mode < 0)) errors.push(invalidField(field, mode, FILE_MODE));
}

/** Items of config maps and secrets as files. */
export function validateKeyToPath(errors: FieldErrors, item: { key?: string; path?: string; mode?: number }, field: string): void {
  if (!item.key) errors.push(requiredField(`${field}.key`));
  if (!item.path) errors.push(requiredField(`${field}.path`));
  validateNonReservedPath(errors, item.path ?? '', `${field}.path`);
  validateMode(errors, item.mode, `${field}.mode`);
}
