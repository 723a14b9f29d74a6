import { compactJson } from '../print.ts';
import { duplicateField, invalidField, type FieldErrors } from '../field-errors.ts';
import { additionalSchema, childPath, isObject, itemSchema, ownField, propertySchema, type JsonSchema } from './json-schema.ts';

/** Items that come twice in lists that are sets, keys that come twice in lists that are maps (schema/listtype/validation.go). */
export function validateListTypes(path: string, value: unknown, schema: JsonSchema | undefined, errors: FieldErrors): void {
  if (!schema || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    validateList(path, value, schema, errors);
    return;
  }
  if (!isObject(value)) return;
  const additional = additionalSchema(schema);
  for (const name of Object.keys(value).sort()) {
    const property = propertySchema(schema, name);
    if (property) validateListTypes(childPath(path, name), value[name], property, errors);
    else if (additional) validateListTypes(`${path}[${name}]`, value[name], additional, errors);
  }
}

function validateList(path: string, list: readonly unknown[], schema: JsonSchema, errors: FieldErrors): void {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') for (const i of repeated(list)) errors.push(duplicateField(`${path}[${i}]`, list[i]));
  if (type === 'map') validateMap(path, list, schema['x-kubernetes-list-map-keys'] ?? [], errors);
  const items = itemSchema(schema);
  if (items) list.forEach((item, i) => validateListTypes(`${path}[${i}]`, item, items, errors));
}

function validateMap(path: string, list: readonly unknown[], keys: readonly string[], errors: FieldErrors): void {
  const misfit = list.findIndex((item) => item !== null && !isObject(item));
  if (misfit >= 0) {
    errors.push(invalidField(`${path}[${misfit}]`, list[misfit], 'must be an object for an array of list-type map'));
    return;
  }
  const found = list.map((item) =>
    Object.fromEntries(
      keys.map((key) => [key, isObject(item) ? ownField(item, key) : undefined]).filter(([, value]) => value !== undefined),
    ),
  );
  for (const i of repeated(found)) errors.push(duplicateField(`${path}[${i}]`, found[i]));
}

/** Where items come for the second time. */
function repeated(list: readonly unknown[]): number[] {
  const times = new Map<string, number>();
  const places: number[] = [];
  list.forEach((item, i) => {
    const text = compactJson(item);
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    if (before === 1) places.push(i);
  });
  return places;
}
