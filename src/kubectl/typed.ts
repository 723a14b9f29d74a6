import { typeOf, type FieldSchema, type TypeSchema } from '../api/schema.ts';
import type { KubeObject } from '../api/object.ts';

/** The object as a client with typed structures writes it: empty structs that are never left out stand as `{}`. */
export function typedShape(object: KubeObject): KubeObject {
  const type = typeOf(object.apiVersion ?? '', object.kind ?? '');
  return type ? (structOf(object as Record<string, unknown>, type) as KubeObject) : object;
}

function structOf(value: Record<string, unknown>, type: TypeSchema): Record<string, unknown> {
  const shaped: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) shaped[key] = shapeOf(inner, type.fields.get(key));
  for (const field of type.always)
    if (field.kind === 'struct' && shaped[field.name] === undefined && field.name !== 'metadata') shaped[field.name] = {};
  return shaped;
}

function shapeOf(value: unknown, field: FieldSchema | undefined): unknown {
  if (!field || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => shapeOf(item, field.element));
  if (field.type) return structOf(value as Record<string, unknown>, field.type);
  return value;
}
