import { additionalSchema, itemSchema, type JsonSchema } from '../custom/json-schema.ts';
import { escapedName } from './values.ts';

/*
 * What a structural schema says of the types and sizes of values (apiserver cel/common/schemas.go).
 * Sizes are upper bounds: of what the schema leaves open, as much as one request can carry.
 */

const REQUEST_BYTES = 3 * 1024 * 1024;

/** A type with the sizes that estimates of costs go by. */
export interface DeclaredType {
  /** As the library takes it: `list<Self.spec.items>`, `int`. */
  readonly name: string;
  /** Characters of a text, items of a list, keys of a map. 1 for everything else. */
  readonly mostElements: number;
  /** The least number of bytes that a value takes in JSON. */
  readonly leastBytes: number;
  /** Of objects, by escaped name. */
  readonly fields?: ReadonlyMap<string, DeclaredType>;
  /** Of items or values. */
  readonly element?: DeclaredType;
}

const TIMESTAMP = 'google.protobuf.Timestamp';
const DURATION = 'google.protobuf.Duration';

const INT: DeclaredType = { name: 'int', mostElements: 1, leastBytes: 1 };
const DOUBLE: DeclaredType = { name: 'double', mostElements: 1, leastBytes: 1 };
const BOOL: DeclaredType = { name: 'bool', mostElements: 1, leastBytes: 4 };
const TEXT: DeclaredType = { name: 'string', mostElements: REQUEST_BYTES - 2, leastBytes: 2 };

/** Names of properties of metadata that rules may read, whatever the schema says. */
const META = new Map<string, DeclaredType>([
  ['name', TEXT],
  ['generateName', TEXT],
]);

function textType(schema: JsonSchema): DeclaredType {
  const longest = schema.maxLength === undefined ? undefined : Math.max(0, schema.maxLength);
  switch (schema.format) {
    case 'byte':
      return { name: 'bytes', mostElements: longest ?? REQUEST_BYTES - 2, leastBytes: 2 };
    case 'duration':
      return { name: DURATION, mostElements: 32, leastBytes: 3 };
    case 'date':
      return { name: TIMESTAMP, mostElements: 12, leastBytes: 12 };
    case 'date-time':
      return { name: TIMESTAMP, mostElements: 32, leastBytes: 21 };
  }
  // A character may take four bytes.
  if (longest !== undefined) return { ...TEXT, mostElements: longest * 4 };
  if (schema.enum?.length)
    return { ...TEXT, mostElements: Math.max(...schema.enum.map((value) => (typeof value === 'string' ? value.length : 0))) };
  return TEXT;
}

/** The type of what a schema describes, objects named after their place; undefined where rules see nothing. */
export function declaredType(schema: JsonSchema, place: string, isResource: boolean): DeclaredType | undefined {
  if (schema['x-kubernetes-int-or-string']) {
    return {
      name: 'dyn',
      mostElements: schema.maxLength === undefined ? REQUEST_BYTES - 2 : Math.max(0, schema.maxLength) * 4,
      leastBytes: 1,
    };
  }
  switch (schema.type) {
    case 'string':
      return textType(schema);
    case 'integer':
      return INT;
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOL;
    case 'array':
      return listType(schema, place);
    case 'object':
      return additionalSchema(schema) && !isResource ? mapType(schema, place) : objectType(schema, place, isResource);
    default:
      return undefined;
  }
}

function listType(schema: JsonSchema, place: string): DeclaredType | undefined {
  const items = itemSchema(schema);
  const element = items && declaredType(items, `${place}.items__`, items['x-kubernetes-embedded-resource'] === true);
  if (!element) return undefined;
  const mostElements =
    schema.maxItems === undefined ? Math.floor((REQUEST_BYTES - 2) / (element.leastBytes + 1)) : Math.max(0, schema.maxItems);
  return { name: `list<${element.name}>`, mostElements, leastBytes: 2, element };
}

function mapType(schema: JsonSchema, place: string): DeclaredType | undefined {
  const values = additionalSchema(schema)!;
  const element = declaredType(values, `${place}.values__`, values['x-kubernetes-embedded-resource'] === true);
  if (!element) return undefined;
  const mostElements =
    schema.maxProperties === undefined ? Math.floor((REQUEST_BYTES - 2) / (element.leastBytes + 6)) : Math.max(0, schema.maxProperties);
  return { name: `map<string, ${element.name}>`, mostElements, leastBytes: 2, element };
}

function objectType(schema: JsonSchema, place: string, isResource: boolean): DeclaredType {
  const fields = new Map<string, DeclaredType>();
  let leastBytes = 2;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const type = declaredType(
      property,
      `${place}.${escapedName(name) ?? 'unnamed__'}`,
      property['x-kubernetes-embedded-resource'] === true,
    );
    if (!type) continue;
    const escaped = escapedName(name);
    if (escaped) fields.set(escaped, type);
    if (schema.required?.includes(name) && property.default === undefined) leastBytes += name.length + type.leastBytes + 4;
  }
  if (isResource) {
    fields.set('kind', TEXT).set('apiVersion', TEXT);
    fields.set('metadata', { name: `${place}.metadata`, mostElements: 1, leastBytes: 2, fields: META });
  }
  return { name: place, mostElements: 1, leastBytes, fields };
}

/** How often something of a size could come in one request at most. */
export function mostOccurrences(leastBytes: number): number {
  return Math.floor(REQUEST_BYTES / (leastBytes + 1));
}
