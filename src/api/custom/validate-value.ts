import { deepEqual } from '../../base/equal.ts';
import { goValue } from '../print.ts';
import { invalidField, requiredField, tooLongField, tooManyField, unsupportedField } from '../field-errors.ts';
import { isKnownFormat, satisfiesFormat } from './formats.ts';
import { compilePattern } from './pattern.ts';
import { childPath, isObject, itemSchema, ownField, propertyNames, propertySchema, type Json, type JsonSchema } from './json-schema.ts';
import type { FieldError } from '../status.ts';

/**
 * What is wrong with a value by its schema, in the words of kube-openapi's validators as
 * apiextensions-apiserver passes them on. `path` is where the value stands; names in the texts begin
 * below it. With an old value, what did not change is not looked at (ratcheting).
 */
export function validateValue(path: string, value: unknown, schema: JsonSchema, old?: unknown): FieldError[] {
  const result = check({ base: path }, '', value, schema, old);
  const seen = new Set<string>();
  return result.errors.filter((error) => {
    const text = `${error.field} ${error.message}`;
    return !seen.has(text) && seen.add(text);
  });
}

interface Place {
  /** The field in front of all names. */
  readonly base: string;
}

/** Errors, and how many checks went well: among alternatives the errors of the nearest are told. */
interface Result {
  errors: FieldError[];
  matches: number;
}

function merge(into: Result, from: Result): void {
  into.errors.push(...from.errors);
  into.matches += from.matches;
}

function fieldOf({ base }: Place, name: string): string {
  const own = name.startsWith('.') ? name.slice(1) : name;
  if (own === '') return base === '' ? '<nil>' : base;
  return childPath(base, own);
}

function wrong(place: Place, name: string, value: unknown, says: string): FieldError {
  return invalidField(fieldOf(place, name), value ?? '', `${name} in body ${says}`);
}

function wrongType(place: Place, name: string, expected: string, found: string): FieldError {
  const { field, message } = wrong(place, name, found, `must be of type ${expected}: ${JSON.stringify(found)}`);
  return { reason: 'FieldValueTypeInvalid', field, message };
}

/** What kube-openapi says of several schemas at once carries no place. */
function composite(place: Place, says: string): FieldError {
  return invalidField(place.base === '' ? '<nil>' : place.base, '', says);
}

function check(place: Place, name: string, value: unknown, schema: JsonSchema, old: unknown): Result {
  const result: Result = { errors: [], matches: 1 };
  if (old !== undefined && deepEqual(old, value)) return result;
  merge(result, checkType(place, name, value, schema));
  if (value === null) {
    merge(result, checkEnum(place, name, value, schema));
    return result;
  }
  merge(result, checkAlternatives(place, name, value, schema, old));
  if (typeof value === 'string') {
    merge(result, checkText(place, name, value, schema));
    merge(result, checkFormat(place, name, value, schema));
  }
  if (typeof value === 'number') merge(result, checkNumber(place, name, value, schema));
  if (Array.isArray(value)) merge(result, checkList(place, name, value, schema, old));
  merge(result, checkEnum(place, name, value, schema));
  if (isObject(value)) merge(result, checkObject(place, name, value, schema, old));
  return result;
}

function one(error: FieldError | undefined): Result {
  return error ? { errors: [error], matches: 0 } : { errors: [], matches: 1 };
}

/** The type of a value as JSON schema names it. */
function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function formatName(value: unknown): string {
  if (typeof value !== 'number') return '';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

function checkType(place: Place, name: string, value: unknown, schema: JsonSchema): Result {
  const types = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
  const format = schema.format && isKnownFormat(schema.format) ? schema.format : '';
  if (types.length === 0 && format === '') return one(undefined);
  if (value === null) {
    return one(types.length > 0 && !schema.nullable ? wrongType(place, name, types.join(','), 'null') : undefined);
  }
  const found = typeName(value);
  const fits = types.includes(found) || (found === 'integer' && types.includes('number'));
  const isTextOrList = typeof value === 'string' || Array.isArray(value);
  if (!isTextOrList && format !== '' && !fits) return one(wrongType(place, name, format, formatName(value)));
  // A format says more than the type of a text.
  if (isTextOrList && format !== '' && !types.includes('number') && !types.includes('integer')) return one(undefined);
  return one(fits ? undefined : wrongType(place, name, types.join(','), found));
}

function checkAlternatives(place: Place, name: string, value: unknown, schema: JsonSchema, old: unknown): Result {
  const result: Result = { errors: [], matches: 1 };
  const run = (inner: JsonSchema) => check(place, name, value, inner, old);
  if (schema.anyOf?.length) checkAnyOf(place, name, schema.anyOf.map(run), result);
  if (schema.oneOf?.length) checkOneOf(place, name, schema.oneOf.map(run), result);
  if (schema.allOf?.length) {
    const results = schema.allOf.map(run);
    for (const inner of results) merge(result, inner);
    const valid = results.filter(({ errors }) => errors.length === 0).length;
    if (valid < results.length)
      result.errors.push(
        composite(place, `${JSON.stringify(name)} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`),
      );
  }
  if (schema.not && check(place, name, value, schema.not, undefined).errors.length === 0) {
    result.errors.push(composite(place, `${JSON.stringify(name)} must not validate the schema (not)`));
  }
  return result;
}

function nearest(results: readonly Result[]): Result | undefined {
  let best: Result | undefined;
  for (const result of results) if (!best || result.matches > best.matches) best = result;
  return best;
}

function checkAnyOf(place: Place, name: string, results: readonly Result[], into: Result): void {
  const success = results.find(({ errors }) => errors.length === 0);
  if (!success) into.errors.push(composite(place, `${JSON.stringify(name)} must validate at least one schema (anyOf)`));
  merge(into, success ?? nearest(results)!);
}

function checkOneOf(place: Place, name: string, results: readonly Result[], into: Result): void {
  const valid = results.filter(({ errors }) => errors.length === 0);
  if (valid.length === 1) {
    merge(into, valid[0]!);
    return;
  }
  const found = valid.length === 0 ? 'Found none valid' : `Found ${valid.length} valid alternatives`;
  into.errors.push(composite(place, `${JSON.stringify(name)} must validate one and only one schema (oneOf). ${found}`));
  if (valid.length === 0) merge(into, nearest(results)!);
}

function characters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

/** The first fault only. */
function checkText(place: Place, name: string, text: string, { maxLength, minLength, pattern }: JsonSchema): Result {
  if (typeof maxLength === 'number' && characters(text) > maxLength) return one(tooLongField(fieldOf(place, name), maxLength));
  if (typeof minLength === 'number' && characters(text) < minLength)
    return one(wrong(place, name, text, `should be at least ${minLength} chars long`));
  if (pattern && !compilePattern(pattern)?.test(text)) return one(wrong(place, name, text, `should match '${pattern}'`));
  return one(undefined);
}

function checkFormat(place: Place, name: string, text: string, { format }: JsonSchema): Result {
  return one(format && !satisfiesFormat(format, text) ? wrongType(place, name, format, text) : undefined);
}

function checkNumber(place: Place, name: string, value: number, schema: JsonSchema): Result {
  const { multipleOf, maximum, exclusiveMaximum, minimum, exclusiveMinimum } = schema;
  const result: Result = { errors: [], matches: 1 };
  const isInteger = Number.isInteger(value);
  // Bounds of integers are cut to integers.
  const bound = (limit: number) => (isInteger ? Math.trunc(limit) : limit);
  if (typeof multipleOf === 'number') {
    const factor = bound(multipleOf);
    if (factor <= 0)
      result.errors.push(
        invalidField(fieldOf(place, name), factor, `factor MultipleOf declared for ${name} must be positive: ${goValue(factor)}`),
      );
    else if (!isMultiple(value, factor)) result.errors.push(wrong(place, name, value, `should be a multiple of ${goValue(factor)}`));
  }
  if (typeof minimum === 'number') {
    const limit = bound(minimum);
    if (exclusiveMinimum ? value <= limit : value < limit)
      result.errors.push(wrong(place, name, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${goValue(limit)}`));
  }
  if (typeof maximum === 'number') {
    const limit = bound(maximum);
    if (exclusiveMaximum ? value >= limit : value > limit)
      result.errors.push(wrong(place, name, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${goValue(limit)}`));
  }
  return result;
}

function isMultiple(value: number, factor: number): boolean {
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9 * Math.max(1, Math.abs(quotient));
}

function checkEnum(place: Place, name: string, value: unknown, schema: JsonSchema): Result {
  if (!schema.enum?.length || schema.enum.some((allowed) => deepEqual(allowed, value))) return one(undefined);
  const allowed = schema.enum.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return one(unsupportedField(fieldOf(place, name), value, allowed));
}

function checkList(place: Place, name: string, list: readonly unknown[], schema: JsonSchema, old: unknown): Result {
  const result: Result = { errors: [], matches: 1 };
  const items = itemSchema(schema);
  if (items) {
    const oldOf = correlation(schema, old);
    list.forEach((item, i) => merge(result, check(place, `${name}[${i}]`, item, items, oldOf?.(item))));
  }
  const { minItems, maxItems, uniqueItems } = schema;
  if (typeof minItems === 'number' && list.length < minItems)
    result.errors.push(wrong(place, name, list.length, `should have at least ${minItems} items`));
  if (typeof maxItems === 'number' && list.length > maxItems) result.errors.push(tooManyField(fieldOf(place, name), list.length, maxItems));
  if (uniqueItems && list.some((item, i) => list.slice(0, i).some((other) => deepEqual(item, other)))) {
    result.errors.push(wrong(place, name, '', "shouldn't contain duplicates"));
  }
  return result;
}

/** How the old item that an item stands for is found: only lists that are maps know. */
export function correlation(schema: JsonSchema, old: unknown): ((item: unknown) => unknown) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys?.length || !Array.isArray(old)) return undefined;
  const byKey = new Map<string, unknown>();
  for (const item of old) byKey.set(mapKey(item, keys), item);
  return (item) => byKey.get(mapKey(item, keys));
}

/** The keys of an item of a list that is a map, as one text. */
export function mapKey(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => (isObject(item) ? (ownField(item, key) ?? null) : null)));
}

function checkObject(place: Place, name: string, object: Json, schema: JsonSchema, old: unknown): Result {
  const result: Result = { errors: [], matches: 1 };
  const names = Object.keys(object).sort();
  const oldFields = isObject(old) ? old : undefined;
  const { minProperties, maxProperties, required = [], additionalProperties } = schema;
  if (typeof minProperties === 'number' && names.length < minProperties)
    result.errors.push(wrong(place, name, names.length, `should have at least ${minProperties} properties`));
  if (typeof maxProperties === 'number' && names.length > maxProperties)
    result.errors.push(tooManyField(fieldOf(place, name), names.length, maxProperties));
  for (const field of names) {
    if (propertySchema(schema, field) || additionalProperties === undefined || additionalProperties === true) continue;
    if (additionalProperties === false) {
      result.errors.push(invalidField(fieldOf(place, name), field, `${name}.${field} in body is a forbidden property`));
    } else merge(result, check(place, `${name}.${field}`, object[field], additionalProperties, oldFields && ownField(oldFields, field)));
  }
  for (const field of propertyNames(schema)) {
    const value = ownField(object, field);
    if (value !== undefined)
      merge(result, check(place, childPath(name, field), value, schema.properties![field]!, oldFields && ownField(oldFields, field)));
  }
  for (const field of required)
    if (ownField(object, field) === undefined) result.errors.push(requiredField(fieldOf(place, `${name}.${field}`)));
  return result;
}
