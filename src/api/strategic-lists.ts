import { deepEqual } from '../base/equal.ts';
import { PatchError } from './patch-error.ts';
import { goType, goValue } from './print.ts';
import type { FieldSchema, TypeSchema } from './schema.ts';

export type Json = Record<string, unknown>;

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
export const SET_ORDER = '$setElementOrder';

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error of a patch as the server passes it on, unclassified. */
export function patchFailure(message: string): PatchError {
  return new PatchError('internal', message);
}

export function noMergeKey(item: Json, key: string): PatchError {
  return patchFailure(`map: ${goValue(item)} does not contain declared merge key: ${key}`);
}

export function badType(expected: 'map[string]interface {}' | '[]interface {}', actual: unknown): PatchError {
  return patchFailure(`expected a ${expected}, but received a ${goType(actual)}`);
}

/** What a patch knows of the object it is in: a struct, a free map (its values' schema), or nothing. */
export type Shape = { readonly type: TypeSchema } | { readonly values: FieldSchema } | undefined;

/** How a field of a shape is patched. */
export interface PatchRule {
  readonly shape: Shape;
  /** Items of lists are of this shape. */
  readonly itemShape: Shape;
  /** `merge`, `replace`, or '' where nothing is said. */
  readonly strategy: string;
  readonly retainKeys: boolean;
  readonly mergeKey: string;
}

const FREE: PatchRule = { shape: undefined, itemShape: undefined, strategy: '', retainKeys: false, mergeKey: '' };
const rules = new WeakMap<FieldSchema, PatchRule>();

/**
 * How a field is patched.
 *
 * @throws PatchError when the type has no such field
 */
export function ruleOf(shape: Shape, key: string): PatchRule {
  if (!shape) return FREE;
  const field = 'type' in shape ? shape.type.fields.get(key) : shape.values;
  if (!field) {
    const name = 'type' in shape ? shape.type.goName : '';
    throw patchFailure(`unable to find api field in struct ${name} for the json field ${JSON.stringify(key)}`);
  }
  let rule = rules.get(field);
  if (!rule) rules.set(field, (rule = compileRule(field)));
  return rule;
}

function compileRule(field: FieldSchema): PatchRule {
  return {
    shape: shapeOf(field),
    itemShape: field.element && shapeOf(field.element),
    strategy: field.patchStrategies.find((strategy) => strategy !== 'retainKeys') ?? '',
    retainKeys: field.patchStrategies.includes('retainKeys'),
    mergeKey: field.patchMergeKey ?? '',
  };
}

function shapeOf(field: FieldSchema): Shape {
  if (field.type) return { type: field.type };
  return field.kind === 'map' && field.element ? { values: field.element } : undefined;
}

/** The value by which an item of a list is told from others: its merge key, or itself. */
function identity(item: unknown, mergeKey: string): unknown {
  return mergeKey === '' ? item : isObject(item) ? item[mergeKey] : undefined;
}

export function indexOf(list: readonly unknown[], item: unknown, mergeKey: string): number {
  const wanted = identity(item, mergeKey);
  return list.findIndex((other) => identity(other, mergeKey) === wanted);
}

/**
 * Whether the items of lists are objects; undefined when there are no items.
 *
 * @throws PatchError when they are mixed, or lists
 */
export function itemsAreObjects(...lists: readonly (readonly unknown[])[]): boolean | undefined {
  let first: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const type = goType(item);
      if (type === '[]interface {}') throw new PatchError('unprocessable', 'lists of lists are not supported');
      first ??= type;
      if (type !== first) throw patchFailure(`list element types are not identical: ${goValue(lists)}`);
    }
  }
  return first === undefined ? undefined : first.startsWith('map');
}

/** @throws PatchError unless every item is an object with the merge key */
export function requireMergeKey(mergeKey: string, ...lists: readonly (readonly unknown[])[]): void {
  for (const list of lists) {
    for (const item of list) {
      if (!isObject(item)) throw badType('map[string]interface {}', item);
      if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
    }
  }
}

/** `list` in the order of `order`; items marked for deletion go to the end. */
export function sortedBy(list: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  if (mergeKey !== '') requireMergeKey(mergeKey, list, order);
  const kept = list.filter((item) => !isDeletion(item));
  const places = new Map(kept.map((item) => [item, indexOf(order, item, mergeKey)]));
  kept.sort((a, b) => (places.get(a) as number) - (places.get(b) as number));
  return [...kept, ...list.filter(isDeletion)];
}

export function isDeletion(item: unknown): boolean {
  return isObject(item) && item[PATCH] === 'delete';
}

/**
 * Puts the items of a merged list in order: those of the patch as the patch has them, those only
 * the server has as the live list has them, and between the two by the live list where it knows
 * both; else the patch's come first.
 */
export function arrange(
  merged: readonly unknown[],
  patchOrder: readonly unknown[],
  liveOrder: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const inPatch = (item: unknown) => indexOf(patchOrder, item, mergeKey) >= 0;
  if (mergeKey !== '') requireMergeKey(mergeKey, merged);
  const patched = sortedBy(merged.filter(inPatch), patchOrder, mergeKey);
  const serverOnly = sortedBy(
    merged.filter((item) => !inPatch(item)),
    liveOrder,
    mergeKey,
  );
  const result: unknown[] = [];
  let next = 0;
  for (const item of patched) {
    const place = indexOf(liveOrder, item, mergeKey);
    while (next < serverOnly.length && place >= 0) {
      const other = indexOf(liveOrder, serverOnly[next], mergeKey);
      if (other < 0 || other > place) break;
      result.push(serverOnly[next++]);
    }
    result.push(item);
  }
  return [...result, ...serverOnly.slice(next)];
}

/**
 * Checks that the items of a patch come in the order of its `$setElementOrder` list, and are all in it.
 *
 * @throws PatchError
 */
export function checkOrder(patchList: readonly unknown[], order: readonly unknown[], mergeKey: string): void {
  if (patchList.length === 0 || order.length === 0) return;
  if (mergeKey !== '') for (const item of patchList) if (!isObject(item)) throw badType('map[string]interface {}', item);
  const items = patchList.filter((item) => !isDeletion(item) && !(mergeKey !== '' && isObject(item) && PATCH in item));
  if (mergeKey !== '') requireMergeKey(mergeKey, items, order);
  let next = 0;
  for (const entry of order) if (next < items.length && deepEqual(identity(items[next], mergeKey), identity(entry, mergeKey))) next++;
  if (next < items.length) {
    throw patchFailure(`The order in patch list:\n${goValue(patchList)}\n doesn't match ${SET_ORDER} list:\n${goValue(order)}\n`);
  }
}
