import {
  additionalSchema,
  isObject,
  itemSchema,
  ownField,
  propertyNames,
  propertySchema,
  type Json,
  type JsonSchema,
} from './json-schema.ts';
import { hasDefault } from './prune.ts';

const mayDefault = new WeakMap<JsonSchema, boolean>();

/** Whether a schema, or one within it, has a default at all. */
function hasDefaults(schema: JsonSchema): boolean {
  let known = mayDefault.get(schema);
  if (known === undefined) {
    const within = [itemSchema(schema), additionalSchema(schema), ...propertyNames(schema).map((name) => schema.properties![name]!)];
    known = within.some((inner) => inner !== undefined && (hasDefault(inner) || hasDefaults(inner)));
    mayDefault.set(schema, known);
  }
  return known;
}

function isReplaceable(value: unknown, schema: JsonSchema | undefined): boolean {
  return value === null && schema !== undefined && !schema.nullable && hasDefault(schema);
}

/** Fills in the defaults of a structural schema; what needs none is shared (schema/defaulting/algorithm.go). */
export function fillDefaults(value: unknown, schema: JsonSchema | undefined): unknown {
  if (!schema || typeof value !== 'object' || value === null || !hasDefaults(schema)) return value;
  if (Array.isArray(value)) {
    const items = itemSchema(schema);
    if (!items) return value;
    let copy: unknown[] | undefined;
    value.forEach((item, i) => {
      const filled = fillDefaults(isReplaceable(item, items) ? items.default : item, items);
      if (filled !== item) (copy ??= value.slice())[i] = filled;
    });
    return copy ?? value;
  }
  return isObject(value) ? fillObject(value, schema) : value;
}

function fillObject(object: Json, schema: JsonSchema): Json {
  let copy: Json | undefined;
  for (const name of propertyNames(schema)) {
    const property = schema.properties![name]!;
    if (!hasDefault(property)) continue;
    const present = ownField(object, name);
    if (present === undefined || isReplaceable(present, property)) (copy ??= { ...object })[name] = property.default;
  }
  const given = copy ?? object;
  const additional = additionalSchema(schema);
  for (const name of Object.keys(given)) {
    const known = propertySchema(schema, name) ?? additional;
    if (!known) continue;
    const value = given[name];
    const filled = fillDefaults(isReplaceable(value, known) ? known.default : value, known);
    if (filled !== value) (copy ??= { ...object })[name] = filled;
  }
  return copy ?? object;
}
