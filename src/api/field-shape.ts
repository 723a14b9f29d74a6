import { OBJECT_META, type FieldSchema, type TypeSchema } from './schema.ts';

/**
 * How the value at a place is owned by field managers: as one (`leaf`), field by field (`map`), or item
 * by item (`list`). `free` is a place of which the schema says nothing: maps are then owned field by
 * field, all else as one.
 */
export interface FieldShape {
  readonly kind: 'leaf' | 'map' | 'list' | 'free';
  /** The fields of a struct; undefined for free maps. */
  readonly fields?: ReadonlyMap<string, FieldSchema>;
  /** What the values of a free map are. */
  readonly values?: FieldSchema;
  /** What the items of a list are. */
  readonly items?: FieldSchema;
  /** Fields by which items are told apart; none for a set of scalars. */
  readonly keys: readonly string[];
  /** What the server says was expected of a wrong value. */
  readonly expects: 'string' | 'boolean' | 'numeric' | 'map' | 'list' | 'any';
}

const NO_KEYS: readonly string[] = [];

export const FREE: FieldShape = { kind: 'free', keys: NO_KEYS, expects: 'any' };

const EXPECTS: Readonly<Partial<Record<FieldSchema['kind'], FieldShape['expects']>>> = {
  string: 'string',
  bytes: 'string',
  time: 'string',
  microTime: 'string',
  boolean: 'boolean',
  int32: 'numeric',
  int64: 'numeric',
  double: 'numeric',
};

const shapes = new WeakMap<FieldSchema, FieldShape>();
const roots = new WeakMap<TypeSchema, FieldShape>();

/** The shape of a whole object; of a custom resource if there is no type. */
export function rootShape(type: TypeSchema | undefined): FieldShape {
  if (!type) return CUSTOM;
  let shape = roots.get(type);
  if (!shape) roots.set(type, (shape = { kind: 'map', fields: type.fields, keys: NO_KEYS, expects: 'map' }));
  return shape;
}

/** The shape of what a field holds; of an unknown one if there is no schema. */
export function shapeOfField(field: FieldSchema | undefined): FieldShape {
  if (!field) return FREE;
  let shape = shapes.get(field);
  if (!shape) shapes.set(field, (shape = compile(field)));
  return shape;
}

function compile(field: FieldSchema): FieldShape {
  switch (field.kind) {
    case 'struct':
      return { kind: field.atomic ? 'leaf' : 'map', fields: field.type?.fields, keys: NO_KEYS, expects: 'map' };
    case 'map':
      return { kind: field.atomic ? 'leaf' : 'map', values: field.element, keys: NO_KEYS, expects: 'map' };
    case 'list':
      return {
        kind: field.listType === 'atomic' ? 'leaf' : 'list',
        items: field.element,
        keys: field.listType === 'map' ? field.listMapKeys : NO_KEYS,
        expects: 'list',
      };
    case 'any':
      return FREE;
    default:
      return { kind: 'leaf', keys: NO_KEYS, expects: EXPECTS[field.kind] ?? 'any' };
  }
}

/** Custom resources: their metadata is known, the rest is free. */
const CUSTOM: FieldShape = {
  kind: 'map',
  fields: new Map([['metadata', metadataField()]]),
  keys: NO_KEYS,
  expects: 'map',
};

function metadataField(): FieldSchema {
  return {
    name: 'metadata',
    kind: 'struct',
    goType: 'v1.ObjectMeta',
    pointer: false,
    always: true,
    type: OBJECT_META,
    required: false,
    listType: 'atomic',
    listMapKeys: NO_KEYS,
    atomic: false,
    patchStrategies: NO_KEYS,
  };
}

export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The shape of a field of a map or struct. */
export function childShape(shape: FieldShape, name: string): FieldShape {
  return shapeOfField(shape.fields ? shape.fields.get(name) : shape.values);
}

/** Whether a field is one of a struct, not an entry of a free map. */
export function isNamedField(shape: FieldShape, name: string): boolean {
  return shape.fields?.has(name) ?? false;
}

/** Whether a value at a place is owned as one. */
export function isLeaf(shape: FieldShape, value: unknown): boolean {
  if (shape.kind === 'free') return !isObject(value);
  return shape.kind === 'leaf' || (shape.kind === 'map' ? !isObject(value) : !Array.isArray(value));
}

/** `k:{"name":"c"}` or `v:"x"`: how an item is told from others. Undefined if it lacks every key. */
export function itemElement(shape: FieldShape, item: unknown): string | undefined {
  if (shape.keys.length === 0) return `v:${JSON.stringify(item)}`;
  if (!isObject(item)) return undefined;
  const keys: Json = {};
  let found = false;
  for (const key of [...shape.keys].sort()) {
    const value = item[key] ?? shape.items?.type?.fields.get(key)?.default;
    if (value === undefined || value === null) continue;
    keys[key] = value;
    found = true;
  }
  return found ? `k:${JSON.stringify(keys)}` : undefined;
}
