import { additionalSchema, isObject, itemSchema, propertySchema, type JsonSchema } from '../custom/json-schema.ts';
import { isDuration } from '../custom/formats.ts';
import { base64Bytes } from './bytes.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { timestampOf, durationOf } from './moments.ts';

const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** A property's name as an identifier: `x-y` is `x__dash__y`. Undefined if it cannot be one (apiserver cel/escaping.go). */
export function escapedName(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`;
  const escaped = name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(escaped) ? escaped : undefined;
}

/** A JSON value as CEL sees it where no schema says more: whole numbers are ints. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) define(result, key, celValue((value as Record<string, unknown>)[key]));
  return result;
}

/** A value as CEL sees it by its schema: names escaped, times read, what the schema does not know left out. */
export function celValueOf(value: unknown, schema: JsonSchema | undefined, isResource = false): unknown {
  if (value === null || value === undefined || !schema || schema['x-kubernetes-int-or-string']) return celValue(value);
  if (Array.isArray(value)) {
    const items = itemSchema(schema);
    return value.map((item) => celValueOf(item, items, items?.['x-kubernetes-embedded-resource']));
  }
  if (isObject(value)) return objectValue(value, schema, isResource || schema['x-kubernetes-embedded-resource'] === true);
  if (typeof value === 'number') return schema.type === 'number' ? value : celValue(value);
  return typeof value === 'string' ? textValue(value, schema.format) : value;
}

function textValue(text: string, format: string | undefined): unknown {
  switch (format) {
    case 'date-time':
      return Number.isNaN(parseRfc3339(text)) ? text : timestampOf(text);
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? timestampOf(`${text}T00:00:00Z`) : text;
    case 'duration':
      return isDuration(text) ? durationOf(text) : text;
    case 'byte':
      return base64Bytes(text) ?? text;
    default:
      return text;
  }
}

function objectValue(object: Record<string, unknown>, schema: JsonSchema, isResource: boolean): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  const additional = additionalSchema(schema);
  for (const name of Object.keys(object)) {
    const value = object[name];
    const property = propertySchema(schema, name);
    if (isResource && (name === 'metadata' || name === 'kind' || name === 'apiVersion'))
      define(result, name, name === 'metadata' ? metaValue(value) : value);
    else if (property) {
      const escaped = escapedName(name);
      if (escaped) define(result, escaped, celValueOf(value, property));
    } else if (additional) define(result, name, celValueOf(value, additional));
  }
  return result;
}

function metaValue(metadata: unknown): unknown {
  const { name, generateName } = (isObject(metadata) ? metadata : {}) as { name?: string; generateName?: string };
  return { ...(name !== undefined && { name }), ...(generateName !== undefined && { generateName }) };
}

/** Sets a key that may be `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
