/** A rule of `x-kubernetes-validations`. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/**
 * A schema of a custom resource as its definition holds it (apiextensions/v1 JSONSchemaProps). A
 * structural schema is one that passed `validateStructural`; the functions of this folder that walk
 * objects expect such.
 */
export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly maximum?: number;
  readonly exclusiveMaximum?: boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly multipleOf?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly maxProperties?: number;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly id?: string;
  readonly $ref?: string;
  readonly additionalItems?: unknown;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly dependencies?: Readonly<Record<string, unknown>>;
  readonly externalDocs?: unknown;
  readonly example?: unknown;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** Fields that every resource has, and that schemas need not name. */
export const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** The schema of every item; undefined if there is none, or one for each place. */
export function itemSchema(schema: JsonSchema): JsonSchema | undefined {
  return schema.items && !Array.isArray(schema.items) ? (schema.items as JsonSchema) : undefined;
}

/** The schema of fields that have no name in `properties`; undefined if there is none. */
export function additionalSchema(schema: JsonSchema): JsonSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

/** The schema of a named property. */
export function propertySchema(schema: JsonSchema, name: string): JsonSchema | undefined {
  const { properties } = schema;
  return properties && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** The schema of one field of an object: its property, or that of all others. */
export function fieldSchema(schema: JsonSchema | undefined, name: string): JsonSchema | undefined {
  return schema && (propertySchema(schema, name) ?? additionalSchema(schema));
}

/** Names of properties in order. */
export function propertyNames(schema: JsonSchema): readonly string[] {
  return schema.properties ? Object.keys(schema.properties).sort() : [];
}

/** The schemas directly within a schema. */
function innerSchemas(schema: JsonSchema): JsonSchema[] {
  const inner: JsonSchema[] = [];
  if (Array.isArray(schema.items)) inner.push(...(schema.items as JsonSchema[]));
  else if (schema.items) inner.push(schema.items as JsonSchema);
  for (const list of [schema.allOf, schema.anyOf, schema.oneOf]) if (list) inner.push(...list);
  if (schema.not) inner.push(schema.not);
  for (const name of propertyNames(schema)) inner.push(schema.properties![name]!);
  const additional = additionalSchema(schema);
  if (additional) inner.push(additional);
  for (const map of [schema.patternProperties, schema.definitions]) if (map) inner.push(...Object.values(map));
  return inner;
}

/** Whether a schema or one within it satisfies a test. */
export function someSchema(schema: JsonSchema | undefined, test: (schema: JsonSchema) => boolean): boolean {
  return schema !== undefined && (test(schema) || innerSchemas(schema).some((inner) => someSchema(inner, test)));
}

/** `a.b`; a path at the root is `b`. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

export type Json = Record<string, unknown>;

/** A field of an object that clients wrote: names like `constructor` are nothing special. */
export function ownField(object: Json, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
