import { deepEqual } from '../../base/equal.ts';
import { forbiddenField, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { patternFault } from './pattern.ts';
import { additionalSchema, itemSchema, propertyNames, propertySchema, type JsonSchema } from './json-schema.ts';
import type { FieldError } from '../status.ts';

type Level = 'root' | 'item' | 'field';

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

const NO_TYPE: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/**
 * Whether a schema is structural: every field is described outside of `allOf`, `anyOf`, `oneOf` and
 * `not`, and has a type (apiextensions-apiserver schema/validation.go). Sorted, as the server has it.
 */
export function validateStructural(path: string, schema: JsonSchema): FieldError[] {
  const errors: FieldErrors = [];
  invariants(schema, 'root', path, errors);
  complete(schema, schema, path, path, errors);
  return errors.sort((a, b) => {
    const left = `${a.field}: ${a.message}`;
    const right = `${b.field}: ${b.message}`;
    return left < right ? -1 : left > right ? 1 : 0;
  });
}

function invariants(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const items = itemSchema(schema);
  const additional = additionalSchema(schema);
  if (schema.type === 'array' && !items) errors.push(requiredField(`${path}.items`, 'must be specified'));
  if (items) invariants(items, 'item', `${path}.items`, errors);
  for (const name of propertyNames(schema)) invariants(schema.properties![name]!, 'field', `${path}.properties[${name}]`, errors);
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
    if (additional) invariants(additional, 'field', `${path}.additionalProperties`, errors);
  }
  extensions(schema, path, errors);
  valueValidation(schema, path, errors, isIntOrStringAnyOf(schema), isIntOrStringAllOf(schema));
  types(schema, level, path, errors);
  metadata(schema, level, path, errors);
  if (schema['x-kubernetes-embedded-resource'] && !schema['x-kubernetes-preserve-unknown-fields'] && propertyNames(schema).length === 0) {
    errors.push(
      requiredField(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  }
}

function extensions(schema: JsonSchema, path: string, errors: FieldErrors): void {
  if (!schema['x-kubernetes-int-or-string']) return;
  for (const extension of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
    if (schema[extension]) errors.push(invalidField(`${path}.${extension}`, true, 'must be false if x-kubernetes-int-or-string is true'));
  }
}

function types(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const type = schema.type ?? '';
  const embedded = schema['x-kubernetes-embedded-resource'];
  if (embedded && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type === '' ? requiredField(`${path}.type`, detail) : invalidField(`${path}.type`, type, detail));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    errors.push(requiredField(`${path}.type`, NO_TYPE[level]));
  }
  if (embedded && schema.additionalProperties !== undefined)
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'));
  if (level === 'root' && type !== '' && type !== 'object') errors.push(invalidField(`${path}.type`, type, 'must be object at the root'));
}

/** What schemas may say of apiVersion, kind and metadata of a resource. */
function metadata(schema: JsonSchema, level: Level, path: string, errors: FieldErrors): void {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  for (const name of ['kind', 'apiVersion']) {
    const property = propertySchema(schema, name);
    if (property && isResource && property.type !== 'string')
      errors.push(invalidField(`${path}.properties[${name}].type`, property.type ?? '', 'must be string'));
  }
  const meta = propertySchema(schema, 'metadata');
  if (!meta) return;
  const at = `${path}.properties[metadata]`;
  if (isResource && meta.type !== 'object') errors.push(invalidField(`${at}.type`, meta.type ?? '', 'must be object'));
  if (level !== 'root') return;
  const { type: _type, default: _default, properties = {}, ...rest } = meta;
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  if (others.length > 0 || Object.values(rest).some((value) => value !== undefined && !isValueValidation(value))) {
    errors.push(forbiddenField(at, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  }
}

function isValueValidation(value: unknown): boolean {
  return value === false || value === '' || (Array.isArray(value) && value.length === 0);
}

function isIntOrStringAnyOf(schema: JsonSchema): boolean {
  return deepEqual(schema.anyOf, INT_OR_STRING);
}

function isIntOrStringAllOf(schema: JsonSchema): boolean {
  return deepEqual(schema.allOf?.[0]?.anyOf, INT_OR_STRING);
}

function valueValidation(schema: JsonSchema, path: string, errors: FieldErrors, skipAnyOf: boolean, skipFirstAllOf: boolean): void {
  if (!skipAnyOf) schema.anyOf?.forEach((inner, i) => nested(inner, `${path}.anyOf[${i}]`, errors, false));
  schema.allOf?.forEach((inner, i) => nested(inner, `${path}.allOf[${i}]`, errors, skipFirstAllOf && i === 0));
  schema.oneOf?.forEach((inner, i) => nested(inner, `${path}.oneOf[${i}]`, errors, false));
  if (schema.not) nested(schema.not, `${path}.not`, errors, false);
  const fault = schema.pattern ? patternFault(schema.pattern) : undefined;
  if (fault) errors.push(invalidField(`${path}.pattern`, schema.pattern, `must be a valid regular expression, but isn't: ${fault}`));
}

/** What may not stand below `allOf` and the like, and what an error says of it. */
const FORBIDDEN: readonly (readonly [field: keyof JsonSchema, detail: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function nested(schema: JsonSchema, path: string, errors: FieldErrors, skipAnyOf: boolean): void {
  valueValidation(schema, path, errors, skipAnyOf, false);
  const items = itemSchema(schema);
  if (items) nested(items, `${path}.items`, errors, false);
  for (const name of propertyNames(schema)) nested(schema.properties![name]!, `${path}.properties[${name}]`, errors, false);
  for (const [field, detail] of FORBIDDEN) {
    const value = schema[field];
    if (value === undefined || value === null || isValueValidation(value)) continue;
    errors.push(forbiddenField(`${path}.${field}`, detail));
  }
  if (propertySchema(schema, 'metadata'))
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
}

/** Every field that a value validation speaks of is described by the schema itself (schema/complete.go). */
function complete(validation: JsonSchema, schema: JsonSchema | undefined, path: string, from: string, errors: FieldErrors): void {
  const inner = (nestedValidation: JsonSchema, at: string) => completeNested(nestedValidation, schema, path, at, errors);
  if (validation.not) inner(validation.not, `${from}.not`);
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const)
    validation[junctor]?.forEach((one, i) => inner(one, `${from}.${junctor}[${i}]`));
}

function completeNested(validation: JsonSchema, schema: JsonSchema | undefined, path: string, from: string, errors: FieldErrors): void {
  if (!schema) {
    errors.push(requiredField(path, `because it is defined in ${from}`));
    return;
  }
  complete(validation, schema, path, from, errors);
  const items = itemSchema(validation);
  if (items) completeNested(items, itemSchema(schema), `${path}.items`, `${from}.items`, errors);
  for (const name of propertyNames(validation)) {
    const property = propertySchema(schema, name);
    const at = `${path}.properties[${name}]`;
    if (!property) errors.push(requiredField(at, `because it is defined in ${from}.properties[${name}]`));
    else completeNested(validation.properties![name]!, property, at, `${from}.properties[${name}]`, errors);
  }
}
