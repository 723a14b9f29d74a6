import { deepEqual } from '../../base/equal.ts';
import { decode, DecodeError } from '../decode.ts';
import { invalidField, type FieldErrors } from '../field-errors.ts';
import { OBJECT_META } from '../schema.ts';
import { coerceEmbedded, validateEmbedded } from './embedded.ts';
import { itemSchema, META_FIELDS, propertyNames, type JsonSchema } from './json-schema.ts';
import { hasDefault, prune } from './prune.ts';
import { validateValue } from './validate-value.ts';

/** Defaults must be what their own schema allows, without unknown fields (schema/defaulting/validation.go). */
export function validateDefaults(path: string, schema: JsonSchema, errors: FieldErrors): void {
  visit(path, schema, errors, true, false);
}

function visit(path: string, schema: JsonSchema, errors: FieldErrors, isResource: boolean, insideMeta: boolean): void {
  if (hasDefault(schema)) validateDefault(`${path}.default`, schema, errors, insideMeta);
  const items = itemSchema(schema);
  if (items) visit(`${path}.items`, items, errors, items['x-kubernetes-embedded-resource'] === true, insideMeta);
  for (const name of propertyNames(schema)) {
    const property = schema.properties![name]!;
    const embedded = property['x-kubernetes-embedded-resource'] === true;
    visit(`${path}.properties[${name}]`, property, errors, embedded, !embedded && (insideMeta || (isResource && META_FIELDS.has(name))));
  }
}

function validateDefault(path: string, schema: JsonSchema, errors: FieldErrors, insideMeta: boolean): void {
  const value = schema.default;
  if (!insideMeta && !deepEqual(prune(value, schema, schema['x-kubernetes-embedded-resource'] === true).value, value)) {
    errors.push(invalidField(path, value, 'must not have unknown fields'));
  }
  try {
    coerceEmbedded(value, schema, path, []);
    if (insideMeta && typeof value === 'object') decode(OBJECT_META, value);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    errors.push(invalidField(path, value, `must result in valid metadata: ${error.message}`));
    return;
  }
  const before = errors.length;
  validateEmbedded(path, value, schema, errors);
  if (errors.length === before) errors.push(...validateValue(path, value, schema));
}
