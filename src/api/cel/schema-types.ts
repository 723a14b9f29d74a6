import { additionalSchema, isObject, itemSchema, propertySchema, type JsonSchema } from '../custom/json-schema.ts';

/*
 * How values that a structural schema describes look in CEL (apiserver cel/common, cel/escaping.go).
 */

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** A property's name as an identifier: `x-y` is `x__dash__y`. Undefined if it cannot be one. */
export function escapedName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  const escaped = name.replaceAll('__', '__underscores__').replaceAll('.', '__dot__').replaceAll('-', '__dash__').replaceAll('/', '__slash__');
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}

/** A type as the library takes it: a name, or the fields of an object. */
export type CelType = string | { readonly [field: string]: CelType };

/** The type of what a schema describes. Lists and maps of objects hold dynamic values. */
export function celType(schema: JsonSchema, isResource = false): CelType {
  if (schema['x-kubernetes-int-or-string']) return 'dyn';
  switch (schema.type) {
    case 'string':
      return schema.format === 'date-time' ? 'dyn' : 'string';
    case 'integer':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    case 'array': {
      const inner = itemSchema(schema);
      const type = inner && celType(inner);
      return `list<${typeof type === 'string' && !type.includes('<') ? type : 'dyn'}>`;
    }
    default:
      return objectType(schema, isResource);
  }
}

function objectType(schema: JsonSchema, isResource: boolean): CelType {
  const { properties } = schema;
  if (!properties || Object.keys(properties).length === 0) {
    const inner = additionalSchema(schema);
    if (!inner) return isResource && !schema['x-kubernetes-preserve-unknown-fields'] ? META : 'dyn';
    const type = celType(inner);
    return `map<string, ${typeof type === 'string' && !type.includes('<') ? type : 'dyn'}>`;
  }
  if (schema['x-kubernetes-preserve-unknown-fields']) return 'dyn';
  const fields: Record<string, CelType> = isResource || schema['x-kubernetes-embedded-resource'] ? { ...META } : {};
  for (const name of Object.keys(properties)) {
    const escaped = escapedName(name);
    if (escaped && !(escaped in fields)) fields[escaped] = celType(properties[name]!);
  }
  return fields;
}

const META: Readonly<Record<string, CelType>> = { apiVersion: 'string', kind: 'string', metadata: { name: 'string', generateName: 'string' } };

/** A value as CEL sees it, with whole numbers as ints where the schema says so. */
export function celValueOf(value: unknown, schema: JsonSchema | undefined): unknown {
  if (typeof value === 'number') return schema?.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (typeof value === 'string' && schema?.format === 'date-time' && schema.type === 'string') return new Date(value);
  if (Array.isArray(value)) return value.map((item) => celValueOf(item, schema && itemSchema(schema)));
  if (!isObject(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const property = schema && propertySchema(schema, name);
    result[property ? (escapedName(name) ?? name) : name] = celValueOf(inner, property ?? (schema && additionalSchema(schema)));
  }
  return result;
}
