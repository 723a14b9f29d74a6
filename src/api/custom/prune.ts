import {
  additionalSchema,
  fieldSchema,
  isObject,
  itemSchema,
  META_FIELDS,
  propertySchema,
  type Json,
  type JsonSchema,
} from './json-schema.ts';

/** Paths of what was dropped: `spec.a`, `spec.list[0].b`. */
export interface Pruned {
  readonly value: unknown;
  /** Sorted. */
  readonly unknown: readonly string[];
}

/**
 * Drops what a structural schema does not know. apiVersion, kind and metadata stay at the root of a
 * resource and of resources within it. Parts that stay as they are are shared. Follows
 * apiextensions-apiserver schema/pruning/algorithm.go.
 */
export function prune(value: unknown, schema: JsonSchema, isResource: boolean): Pruned {
  const pruner = new Pruner();
  const root = isResource && !schema['x-kubernetes-embedded-resource'] ? { ...schema, 'x-kubernetes-embedded-resource': true } : schema;
  const result = pruner.prune(value, root, '');
  return { value: result, unknown: pruner.dropped.sort() };
}

class Pruner {
  readonly dropped: string[] = [];

  prune(value: unknown, schema: JsonSchema | undefined, path: string): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (schema?.['x-kubernetes-preserve-unknown-fields']) return this.keep(value, schema, path);
    if (Array.isArray(value)) return this.list(value, path, (item, at) => this.prune(item, schema && itemSchema(schema), at));
    return this.fields(value as Json, path, schema, (name, inner, at) => {
      if (!schema) return this.drop(at, name, path);
      const property = propertySchema(schema, name);
      if (property) return this.prune(inner, property, at);
      // `additionalProperties: true` keeps the names and nothing below them.
      if (schema.additionalProperties !== undefined) return this.prune(inner, additionalSchema(schema), at);
      return this.drop(at, name, path);
    });
  }

  /** Everything unknown stays, but known fields are pruned within. */
  private keep(value: object, schema: JsonSchema, path: string): unknown {
    if (Array.isArray(value)) {
      const items = itemSchema(schema);
      return items
        ? this.list(value, path, (item, at) => (typeof item === 'object' && item !== null ? this.keep(item as object, items, at) : item))
        : value;
    }
    return this.fields(value as Json, path, schema, (name, inner, at) => {
      const known = fieldSchema(schema, name);
      return known ? this.prune(inner, known, at) : inner;
    });
  }

  private drop(at: string, name: string, parent: string): undefined {
    if (parent !== '' || !META_FIELDS.has(name)) this.dropped.push(at);
    return undefined;
  }

  private list(list: readonly unknown[], path: string, change: (item: unknown, at: string) => unknown): readonly unknown[] {
    let copy: unknown[] | undefined;
    list.forEach((item, i) => {
      const changed = change(item, `${path}[${i}]`);
      if (changed !== item) (copy ??= list.slice())[i] = changed;
    });
    return copy ?? list;
  }

  /** A field for which `change` answers undefined is dropped. */
  private fields(
    object: Json,
    path: string,
    schema: JsonSchema | undefined,
    change: (name: string, value: unknown, at: string) => unknown,
  ): Json {
    let copy: Json | undefined;
    for (const name of Object.keys(object)) {
      if (schema?.['x-kubernetes-embedded-resource'] && META_FIELDS.has(name)) continue;
      const value = object[name];
      const changed = change(name, value, path === '' ? name : `${path}.${name}`);
      if (changed === value) continue;
      copy ??= { ...object };
      if (changed === undefined) delete copy[name];
      else copy[name] = changed;
    }
    return copy ?? object;
  }
}

/** Drops nulls where they are not allowed and nothing stands in for them (schema/defaulting/prunenulls.go). */
export function pruneNulls(value: unknown, schema: JsonSchema | undefined): unknown {
  if (Array.isArray(value)) {
    const items = schema && itemSchema(schema);
    let copy: unknown[] | undefined;
    value.forEach((item, i) => {
      const changed = pruneNulls(item, items);
      if (changed !== item) (copy ??= value.slice())[i] = changed;
    });
    return copy ?? value;
  }
  if (!isObject(value)) return value;
  let copy: Json | undefined;
  for (const name of Object.keys(value)) {
    const inner = value[name];
    const known = fieldSchema(schema, name);
    if (inner === null && known && !known.nullable && !hasDefault(known)) {
      copy ??= { ...value };
      delete copy[name];
      continue;
    }
    const changed = pruneNulls(inner, known);
    if (changed !== inner) (copy ??= { ...value })[name] = changed;
  }
  return copy ?? value;
}

export function hasDefault(schema: JsonSchema): boolean {
  return schema.default !== undefined && schema.default !== null;
}
