import { duplicateField, invalidField, requiredField, tooManyField, type FieldErrors } from '../field-errors.ts';
import { FieldPathError, parseFieldPath } from './field-path.ts';
import type { CustomSubresources, PrinterColumn } from './definition-types.ts';
import type { JsonSchema } from './json-schema.ts';

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const MOST_SELECTABLE_FIELDS = 8;

/** Columns of Tables (ValidateCustomResourceColumnDefinition). */
export function columnErrors(columns: readonly PrinterColumn[] | undefined, path: string, errors: FieldErrors): void {
  columns?.forEach((column, i) => {
    const at = `${path}[${i}]`;
    const types = `must be one of ${COLUMN_TYPES.join(',')}`;
    if (!column.name) errors.push(requiredField(`${at}.name`));
    if (!column.type) errors.push(requiredField(`${at}.type`, types));
    else if (!COLUMN_TYPES.includes(column.type)) errors.push(invalidField(`${at}.type`, column.type, types));
    if (column.format && !COLUMN_FORMATS.includes(column.format))
      errors.push(invalidField(`${at}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(',')}`));
    if (!column.jsonPath) errors.push(requiredField(`${at}.JSONPath`));
    else simplePath(column.jsonPath, `${at}.JSONPath`, errors);
  });
}

/** Whether a path begins with a point; answers that. */
function simplePath(path: string, field: string, errors: FieldErrors): boolean {
  if (path.startsWith('.')) return true;
  errors.push(invalidField(field, path, 'must be a simple json path starting with .'));
  return false;
}

/** Paths of the scale subresource (ValidateCustomResourceDefinitionSubresources). */
export function subresourceErrors(subresources: CustomSubresources | undefined, path: string, errors: FieldErrors): void {
  const scale = subresources?.scale;
  if (!scale) return;
  for (const part of ['spec', 'status'] as const) {
    const field = `${path}.scale.${part}ReplicasPath`;
    const value = scale[`${part}ReplicasPath`];
    if (!value) errors.push(requiredField(field));
    else if (simplePath(value, field, errors) && !value.startsWith(`.${part}.`))
      errors.push(invalidField(field, value, `should be a json path under .${part}`));
  }
  const selector = scale.labelSelectorPath;
  if (!selector || !simplePath(selector, `${path}.scale.labelSelectorPath`, errors)) return;
  if (!selector.startsWith('.spec.') && !selector.startsWith('.status.')) {
    errors.push(invalidField(`${path}.scale.labelSelectorPath`, selector, 'should be a json path under either .spec or .status'));
  }
}

/** Fields that field selectors may name (ValidateCustomResourceSelectableFields). */
export function selectableFieldErrors(
  fields: readonly { readonly jsonPath: string }[],
  schema: JsonSchema,
  path: string,
  errors: FieldErrors,
): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath }, i) => {
    const field = `${path}[${i}].jsonPath`;
    if (!jsonPath) {
      errors.push(requiredField(field));
      return;
    }
    try {
      const found = parseFieldPath(jsonPath, schema);
      if (found.names[0] === 'metadata') errors.push(invalidField(field, jsonPath, 'must not point to fields in metadata'));
      if (!['string', 'boolean', 'integer'].includes(found.schema.type ?? '')) {
        errors.push(
          invalidField(
            field,
            jsonPath,
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          ),
        );
      }
      if (seen.has(found.text)) errors.push(duplicateField(field, jsonPath));
      seen.add(found.text);
    } catch (error) {
      if (!(error instanceof FieldPathError)) throw error;
      errors.push(invalidField(field, jsonPath, `is an invalid path: ${error.message}`));
    }
  });
  if (seen.size > MOST_SELECTABLE_FIELDS) errors.push(tooManyField(path, seen.size, MOST_SELECTABLE_FIELDS));
}
