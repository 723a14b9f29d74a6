import { equalValues } from '../api/equal.ts';
import { typeOf, type FieldSchema, type TypeSchema } from '../api/schema.ts';

/*
 * The patch of `kubectl apply`: what the new configuration changes or adds against the live object, and
 * what it drops against the configuration that was applied before. Everything else is left to whoever
 * set it (apimachinery strategicpatch.CreateThreeWayMergePatch, jsonmergepatch).
 */

type Tree = Readonly<Record<string, unknown>>;

export interface Configurations {
  /** What was applied before; undefined when that is not known. */
  readonly original: Tree | undefined;
  /** What is applied now. */
  readonly modified: Tree;
  /** What the server has. */
  readonly current: Tree;
}

/** A strategic-merge patch, for kinds whose schema is known. An empty object means nothing to do. */
export function strategicPatch(versions: Configurations): Tree {
  const { apiVersion, kind } = versions.modified as { apiVersion: string; kind: string };
  return mapPatch(versions.original, versions.modified, versions.current, typeOf(apiVersion, kind), false);
}

/** A JSON merge patch: lists are replaced as a whole. */
export function mergePatch(versions: Configurations): Tree {
  return mapPatch(versions.original, versions.modified, versions.current, undefined, false);
}

function mapPatch(original: Tree | undefined, modified: Tree, current: Tree, type: TypeSchema | undefined, retainKeys: boolean): Tree {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(modified)) {
    if (value === undefined) continue;
    const present = current[key];
    if (present === undefined || present === null) {
      if (value !== null) patch[key] = value;
    } else if (value === null) patch[key] = null;
    else valuePatch(patch, key, original?.[key], value, present, type?.fields.get(key));
  }
  for (const key of Object.keys(original ?? {})) {
    if (modified[key] === undefined && current[key] !== undefined && original![key] !== null) patch[key] = null;
  }
  if (retainKeys && Object.keys(patch).length > 0) patch.$retainKeys = Object.keys(modified).sort();
  return patch;
}

function valuePatch(patch: Record<string, unknown>, key: string, original: unknown, modified: unknown, current: unknown, field: FieldSchema | undefined): void {
  if (isTree(modified) && isTree(current)) {
    const retain = field?.patchStrategies.includes('retainKeys') ?? false;
    const inner = mapPatch(isTree(original) ? original : undefined, modified, current, field?.type ?? mapElement(field), retain);
    if (Object.keys(inner).length > 0) patch[key] = inner;
    return;
  }
  if (Array.isArray(modified) && Array.isArray(current) && field?.patchStrategies.includes('merge')) {
    const before = Array.isArray(original) ? original : [];
    if (field.patchMergeKey) keyedListPatch(patch, key, before as Tree[], modified as Tree[], current as Tree[], field);
    else plainListPatch(patch, key, before, modified, current);
    return;
  }
  if (!equalValues(modified, current)) patch[key] = modified;
}

function mapElement(field: FieldSchema | undefined): TypeSchema | undefined {
  return field?.kind === 'map' ? undefined : field?.element?.type;
}

/** Items are told apart by their merge key; those dropped are deleted by name, and the order is written down. */
function keyedListPatch(patch: Record<string, unknown>, key: string, original: readonly Tree[], modified: readonly Tree[], current: readonly Tree[], field: FieldSchema): void {
  const mergeKey = field.patchMergeKey!;
  const present = byKey(current, mergeKey);
  const before = byKey(original, mergeKey);
  const wanted = byKey(modified, mergeKey);
  const retain = field.patchStrategies.includes('retainKeys');
  const items: Tree[] = [];
  for (const [name, item] of wanted) {
    const live = present.get(name);
    if (!live) {
      items.push(item);
      continue;
    }
    const inner = mapPatch(before.get(name), item, live, field.element?.type, retain);
    if (Object.keys(inner).length > 0) items.push({ ...inner, [mergeKey]: item[mergeKey] });
  }
  for (const [name, item] of before) {
    if (!wanted.has(name) && present.has(name)) items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] });
  }
  const order = [...present.keys()].filter((name) => wanted.has(name));
  const wantedOrder = [...wanted.keys()].filter((name) => present.has(name));
  if (items.length === 0 && equalValues(order, wantedOrder)) return;
  patch[`$setElementOrder/${key}`] = modified.map((item) => ({ [mergeKey]: item[mergeKey] }));
  if (items.length > 0) patch[key] = items;
}

function byKey(items: readonly Tree[], mergeKey: string): Map<string, Tree> {
  const map = new Map<string, Tree>();
  for (const item of items) if (isTree(item)) map.set(String(item[mergeKey]), item);
  return map;
}

function plainListPatch(patch: Record<string, unknown>, key: string, original: readonly unknown[], modified: readonly unknown[], current: readonly unknown[]): void {
  const added = modified.filter((item) => !current.includes(item));
  const dropped = original.filter((item) => !modified.includes(item) && current.includes(item));
  if (added.length > 0) patch[key] = added;
  if (dropped.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = dropped;
  if (added.length > 0 || dropped.length > 0) patch[`$setElementOrder/${key}`] = modified;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
