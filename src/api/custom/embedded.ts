import { decode, DecodeError } from '../decode.ts';
import { invalidField, requiredField, showValue, type FieldErrors } from '../field-errors.ts';
import { isDns1035Label, isPathSegmentName } from '../names.ts';
import { nameChecker, validateMeta } from '../object-meta.ts';
import { OBJECT_META } from '../schema.ts';
import {
  additionalSchema,
  childPath,
  fieldSchema,
  isObject,
  itemSchema,
  propertySchema,
  type Json,
  type JsonSchema,
} from './json-schema.ts';
import type { DuplicateKeys } from '../json.ts';
import type { ObjectMeta } from '../object.ts';

/*
 * Metadata of custom resources and of resources within them, which schemas do not describe
 * (apiextensions-apiserver schema/objectmeta).
 */

export interface ReadMeta {
  readonly value: unknown;
  /** Paths of fields that metadata does not have. */
  readonly unknown: readonly string[];
}

/**
 * Metadata in canonical form.
 *
 * @throws DecodeError
 */
export function readMeta(metadata: unknown, path: string, duplicates?: DuplicateKeys): ReadMeta {
  const { value, faults } = decode(OBJECT_META, metadata, { duplicates });
  const unknown: string[] = [];
  for (const fault of faults) {
    const field = /^unknown field "(.*)"$/.exec(fault);
    if (field) unknown.push(`${path}.${field[1]}`);
  }
  return { value, unknown };
}

/**
 * The value with the metadata of resources within it in canonical form.
 *
 * @throws DecodeError in the words of the server
 */
export function coerceEmbedded(value: unknown, schema: JsonSchema | undefined, path: string, unknown: string[]): unknown {
  if (!schema || typeof value !== 'object' || value === null || !hasEmbedded(schema)) return value;
  if (Array.isArray(value)) {
    const items = itemSchema(schema);
    let copy: unknown[] | undefined;
    value.forEach((item, i) => {
      const coerced = coerceEmbedded(item, items, `${path}[${i}]`, unknown);
      if (coerced !== item) (copy ??= value.slice())[i] = coerced;
    });
    return copy ?? value;
  }
  if (!isObject(value)) return value;
  let copy: Json | undefined;
  for (const name of Object.keys(value)) {
    const inner = value[name];
    const at = childPath(path, name);
    const coerced = schema['x-kubernetes-embedded-resource'] && path !== '' ? coerceTypeMeta(name, inner, at, unknown) : inner;
    const result = coerceEmbedded(coerced, fieldSchema(schema, name), at, unknown);
    if (result !== inner) (copy ??= { ...value })[name] = result;
  }
  return copy ?? value;
}

function coerceTypeMeta(name: string, value: unknown, path: string, unknown: string[]): unknown {
  if ((name === 'apiVersion' || name === 'kind') && typeof value !== 'string')
    throw new DecodeError(`${path}: Invalid value: ${showValue(value)}: must be a string`);
  if (name !== 'metadata') return value;
  try {
    const read = readMeta(value, path);
    unknown.push(...read.unknown);
    return read.value;
  } catch (error) {
    throw error instanceof DecodeError ? new DecodeError(`${path}: Invalid value: ${showValue(value)}: ${error.message}`) : error;
  }
}

const embeddings = new WeakMap<JsonSchema, boolean>();

/** Whether a schema, or one within it, is of a resource. */
function hasEmbedded(schema: JsonSchema): boolean {
  let known = embeddings.get(schema);
  if (known === undefined) {
    const inner = [itemSchema(schema), additionalSchema(schema), ...Object.values(schema.properties ?? {})];
    known = schema['x-kubernetes-embedded-resource'] === true || inner.some((one) => one !== undefined && hasEmbedded(one));
    embeddings.set(schema, known);
  }
  return known;
}

const segmentName = nameChecker(isPathSegmentName);

/** Checks apiVersion, kind and metadata of resources within a value. */
export function validateEmbedded(path: string, value: unknown, schema: JsonSchema | undefined, errors: FieldErrors): void {
  if (!schema || typeof value !== 'object' || value === null || !hasEmbedded(schema)) return;
  if (Array.isArray(value)) {
    value.forEach((item, i) => validateEmbedded(`${path}[${i}]`, item, itemSchema(schema), errors));
    return;
  }
  if (!isObject(value)) return;
  if (schema['x-kubernetes-embedded-resource']) validateResource(path, value, errors);
  const additional = additionalSchema(schema);
  for (const name of Object.keys(value).sort()) {
    const property = propertySchema(schema, name);
    if (property) validateEmbedded(childPath(path, name), value[name], property, errors);
    else if (additional) validateEmbedded(`${path}[${name}]`, value[name], additional, errors);
  }
}

function validateResource(path: string, { apiVersion, kind, metadata }: Json, errors: FieldErrors): void {
  const at = (name: string) => childPath(path, name);
  if (apiVersion === undefined) errors.push(requiredField(at('apiVersion')));
  if (kind === undefined) errors.push(requiredField(at('kind')));
  if (apiVersion !== undefined) {
    if (typeof apiVersion !== 'string') errors.push(invalidField(at('apiVersion'), apiVersion, 'must be a string'));
    else if (apiVersion === '') errors.push(invalidField(at('apiVersion'), apiVersion, 'must not be empty'));
    else if (apiVersion.split('/').length > 2)
      errors.push(invalidField(at('apiVersion'), apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (kind !== undefined) {
    if (typeof kind !== 'string') errors.push(invalidField(at('kind'), kind, 'must be a string'));
    else if (kind === '') errors.push(invalidField(at('kind'), kind, 'must not be empty'));
    else {
      const problems = isDns1035Label(kind.toLowerCase());
      if (problems.length > 0)
        errors.push(invalidField(at('kind'), kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
    }
  }
  if (isObject(metadata)) {
    const meta = metadata as ObjectMeta;
    validateMeta(
      errors,
      meta.name ? meta : { ...meta, name: 'fakename' },
      meta.namespace !== undefined && meta.namespace !== '',
      segmentName,
      at('metadata'),
    );
  }
}
