import { deepEqual } from '../base/equal.ts';
import { PatchError } from './patch-error.ts';
import { goType, goValue } from './print.ts';
import type { TypeSchema } from './schema.ts';
import {
  arrange,
  badType,
  checkOrder,
  DELETE_FROM_LIST,
  indexOf,
  isObject,
  itemsAreObjects,
  noMergeKey,
  PATCH,
  patchFailure,
  RETAIN_KEYS,
  ruleOf,
  SET_ORDER,
  type Json,
  type PatchRule,
  type Shape,
} from './strategic-lists.ts';

/** How patches are merged. Applying one to an object resolves its directives; joining two patches keeps them. */
interface Mode {
  readonly resolve: boolean;
}

const APPLY: Mode = { resolve: true };
const JOIN: Mode = { resolve: false };

/**
 * Checks that a body is an object, as strategic merge patches must be.
 *
 * @throws PatchError (malformed)
 */
export function readStrategicPatch(body: unknown): Json {
  if (isObject(body)) return body;
  const found = Array.isArray(body) ? 'array' : typeof body === 'boolean' ? 'bool' : typeof body;
  throw new PatchError('malformed', `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`);
}

/**
 * Applies a strategic merge patch to an object of a type: lists merge by the merge keys of the
 * schema, with the directives `$patch`, `$retainKeys`, `$setElementOrder/...` and
 * `$deleteFromPrimitiveList/...` (apimachinery strategicpatch.StrategicMergeMapPatch). Neither argument
 * is changed; untouched parts are shared. The result is not yet decoded.
 *
 * @throws PatchError (internal) for directives that make no sense
 */
export function applyStrategicPatch<T>(type: TypeSchema, object: T, patch: Json): T {
  return mergeObject(object as Json, patch, { type }, APPLY) as T;
}

/** Two patches as one, whose directives stay (for patches made of a part that deletes and one that adds). */
export function joinStrategicPatches(type: TypeSchema, first: Json, second: Json): Json {
  return mergeObject(first, second, { type }, JOIN);
}

function mergeObject(original: Json, patch: Json, shape: Shape, mode: Mode): Json {
  if (PATCH in patch) return directed(patch);
  const result: Json = { ...original };
  const rest: Json = { ...patch };
  retainKeys(result, rest, mode);
  for (const key of Object.keys(rest)) if (key.startsWith(SET_ORDER)) mergeOrdered(result, rest, key, shape, mode);
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) mergeField(result, key, value, shape, mode);
  return result;
}

function directed(patch: Json): Json {
  const { [PATCH]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw patchFailure(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`);
}

function mergeField(result: Json, key: string, value: unknown, shape: Shape, mode: Mode): void {
  if (key.startsWith(DELETE_FROM_LIST)) {
    if (mode.resolve) deleteFromList(result, listName(key, 'invalid patch format of primitive list'), value);
    else result[key] = value;
    return;
  }
  if (value === null) {
    delete result[key];
    if (!mode.resolve) result[key] = null;
    return;
  }
  const present = Object.hasOwn(result, key) ? result[key] : undefined;
  if (present === undefined || goType(present) !== goType(value)) {
    const plain = withoutDirectives(value, mode.resolve);
    if (plain === undefined) delete result[key];
    else result[key] = plain;
  } else if (isObject(present)) {
    const rule = ruleOf(shape, key);
    result[key] = rule.strategy === 'replace' ? value : mergeObject(present, value as Json, rule.shape, mode);
  } else if (Array.isArray(present)) {
    result[key] = mergeList(present, value as unknown[], ruleOf(shape, key), mode);
  } else {
    result[key] = value;
  }
}

function deleteFromList(result: Json, key: string, unwanted: unknown): void {
  const present = result[key];
  if (present === undefined) return;
  if (!Array.isArray(unwanted)) throw badType('[]interface {}', unwanted);
  if (!Array.isArray(present)) return;
  if (itemsAreObjects(present, unwanted)) throw patchFailure('invalid patch format of primitive list');
  result[key] = present.filter((item) => !unwanted.includes(item));
}

function listName(directive: string, fault: string): string {
  const slash = directive.indexOf('/');
  if (slash < 0) throw patchFailure(fault);
  return directive.slice(slash + 1);
}

/** `$retainKeys` clears every field of the object that it does not name. */
function retainKeys(result: Json, rest: Json, mode: Mode): void {
  const keys = rest[RETAIN_KEYS];
  if (keys === undefined) return;
  delete rest[RETAIN_KEYS];
  if (!mode.resolve) {
    const present = result[RETAIN_KEYS];
    if (present !== undefined && !deepEqual(present, keys)) {
      throw patchFailure(
        `${goValue(present)} and ${goValue(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`,
      );
    }
    result[RETAIN_KEYS] = keys;
    return;
  }
  if (!Array.isArray(keys)) throw new PatchError('malformed', 'invalid patch format of retainKeys');
  for (const [key, value] of Object.entries(rest)) {
    const directive = key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ORDER);
    if (value !== null && !directive && !keys.includes(key)) throw new PatchError('malformed', 'invalid patch format of retainKeys');
  }
  for (const key of Object.keys(result)) if (!keys.includes(key)) delete result[key];
}

/** Merges a list for which the patch gives the order, and takes both out of the patch. */
function mergeOrdered(result: Json, rest: Json, directive: string, shape: Shape, mode: Mode): void {
  const order = rest[directive];
  if (!mode.resolve) {
    if (result[directive] !== undefined && !deepEqual(result[directive], order))
      throw patchFailure('invalid patch format of setElementOrder list');
    result[directive] = order;
  }
  delete rest[directive];
  if (!Array.isArray(order)) throw badType('[]interface {}', order);
  const key = listName(directive, 'invalid patch format of setElementOrder list');
  const live = result[key];
  const change = rest[key];
  for (const list of [live, change]) if (list !== undefined && !Array.isArray(list)) throw badType('[]interface {}', list);
  const rule = ruleOf(shape, key);
  checkOrder((change as unknown[] | undefined) ?? [], order, rule.mergeKey);
  if (live === undefined && change === undefined) return;
  delete rest[key];
  let merged: readonly unknown[];
  if (change === undefined) merged = live as unknown[];
  else if (live === undefined) merged = withoutDirectives(change, false) as unknown[];
  else merged = mergeList(live as unknown[], change as unknown[], rule, mode);
  if (itemsAreObjects((live as unknown[] | undefined) ?? [], (change as unknown[] | undefined) ?? []) === undefined) {
    throw patchFailure('no elements in any of the given slices');
  }
  result[key] = arrange(merged, order, (live as unknown[] | undefined) ?? [], rule.mergeKey);
}

function mergeList(live: readonly unknown[], change: readonly unknown[], rule: PatchRule, mode: Mode): readonly unknown[] {
  if (rule.strategy !== 'merge') return change;
  const objects = itemsAreObjects(live, change);
  if (objects === undefined) return live;
  if (!objects) return arrange([...new Set([...live, ...change])], change, live, '');
  if (rule.mergeKey === '') throw patchFailure('cannot merge lists without merge key for slice');
  const { kept, items } = specialItems(live as readonly Json[], change as readonly Json[], rule.mergeKey);
  const merged = [...kept];
  for (const item of items) {
    if (!(rule.mergeKey in item)) throw noMergeKey(item, rule.mergeKey);
    const at = indexOf(merged, item, rule.mergeKey);
    if (at < 0) merged.push(item);
    else merged[at] = mergeObject(merged[at] as Json, item, rule.itemShape, mode);
  }
  return arrange(merged, items, kept, rule.mergeKey);
}

/** Resolves items with `$patch`: what is left of the live list, and the items to merge into it. */
function specialItems(live: readonly Json[], change: readonly Json[], mergeKey: string): { kept: readonly Json[]; items: readonly Json[] } {
  const items: Json[] = [];
  let kept = live;
  let replaced = false;
  for (const item of change) {
    const directive = item[PATCH];
    if (!(PATCH in item)) items.push(item);
    else if (directive === 'delete') {
      if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
      kept = kept.filter((other) => other[mergeKey] !== item[mergeKey]);
    } else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') throw patchFailure('merging lists cannot yet be specified in the patch');
    else throw patchFailure(`unknown patch type: ${goValue(directive)} in map: ${goValue(item)}`);
  }
  return replaced ? { kept: items, items: [] } : { kept, items };
}

/** A part of a patch as a value: objects with `$patch` are gone, and nulls too if asked for. Undefined when nothing is left. */
function withoutDirectives(value: unknown, dropNulls: boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withoutDirectives(item, dropNulls)).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (PATCH in value) return undefined;
  const plain: Json = {};
  for (const [key, inner] of Object.entries(value)) {
    const kept = inner === null && dropNulls ? undefined : withoutDirectives(inner, dropNulls);
    if (kept !== undefined) plain[key] = kept;
  }
  return plain;
}
