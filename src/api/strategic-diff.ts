import { deepEqual } from '../base/equal.ts';
import { goType, goValue } from './print.ts';
import type { TypeSchema } from './schema.ts';
import { joinStrategicPatches } from './strategic-merge.ts';
import {
  DELETE_FROM_LIST,
  isObject,
  itemsAreObjects,
  noMergeKey,
  PATCH,
  requireMergeKey,
  RETAIN_KEYS,
  ruleOf,
  SET_ORDER,
  sortedBy,
  type Json,
  type PatchRule,
  type Shape,
} from './strategic-lists.ts';

/** Which differences a patch is to hold. */
interface Wanted {
  readonly changes: boolean;
  readonly deletions: boolean;
}

/**
 * The strategic merge patch that makes `modified` of `original`; empty when they are equal
 * (strategicpatch.CreateTwoWayMergePatch). `kubectl edit`, `label`, `set image` and controllers send it.
 *
 * @throws PatchError when a field in both is unknown to the type
 */
export function createStrategicPatch(type: TypeSchema, original: object, modified: object): Json {
  return diffObjects(original as Json, modified as Json, { type }, { changes: true, deletions: true }, false);
}

/**
 * The patch of `kubectl apply`: what `modified` adds to or changes in `current`, and deletions of what
 * `original` (the last applied configuration) had and `modified` has not
 * (strategicpatch.CreateThreeWayMergePatch, with overwrite).
 *
 * @throws PatchError
 */
export function createThreeWayStrategicPatch(type: TypeSchema, original: object, modified: object, current: object): Json {
  const shape = { type };
  const changes = diffObjects(current as Json, modified as Json, shape, { changes: true, deletions: false }, false);
  const deletions = diffObjects(original as Json, modified as Json, shape, { changes: false, deletions: true }, false);
  return joinStrategicPatches(type, deletions, changes);
}

/** Whether a patch changes what an object is: its version, kind or name. `kubectl apply` refuses such. */
export function changesIdentity(patch: Json): boolean {
  const metadata = patch['metadata'];
  return 'apiVersion' in patch || 'kind' in patch || (isObject(metadata) && 'name' in metadata);
}

function diffObjects(original: Json, modified: Json, shape: Shape, wanted: Wanted, retainKeys: boolean): Json {
  const patch: Json = {};
  const retained: string[] = [];
  for (const [key, after] of Object.entries(modified)) {
    if (after === undefined) continue;
    if (retainKeys && after !== null) retained.push(key);
    const before = original[key];
    if (before === undefined || goType(before) !== goType(after)) {
      if (wanted.changes) patch[key] = after;
    } else if (isObject(before)) diffField(patch, key, before, after as Json, shape, wanted);
    else if (Array.isArray(before)) diffLists(patch, key, before, after as unknown[], shape, wanted);
    else if (wanted.changes && before !== after) patch[key] = after;
  }
  let cleared = false;
  for (const [key, before] of Object.entries(original)) {
    if (before === undefined || modified[key] !== undefined) continue;
    if (wanted.deletions) patch[key] = null;
    if (before !== null) cleared = true;
  }
  if (retained.length > 0 && (cleared || Object.keys(patch).length > 0)) patch[RETAIN_KEYS] = retained.sort();
  return patch;
}

function diffField(patch: Json, key: string, before: Json, after: Json, shape: Shape, wanted: Wanted): void {
  if (before === after) return;
  const rule = ruleIfDifferent(shape, key, before, after);
  if (!rule) return;
  if (rule.strategy === 'replace') {
    if (wanted.changes) patch[key] = after;
    return;
  }
  const inner = diffObjects(before, after, rule.shape, wanted, rule.retainKeys);
  if (Object.keys(inner).length > 0) patch[key] = inner;
}

/** A field that the type does not know is no error as long as it is the same on both sides. */
function ruleIfDifferent(shape: Shape, key: string, before: unknown, after: unknown): PatchRule | undefined {
  const known = !shape || !('type' in shape) || shape.type.fields.has(key);
  return !known && deepEqual(before, after) ? undefined : ruleOf(shape, key);
}

function diffLists(patch: Json, key: string, before: readonly unknown[], after: readonly unknown[], shape: Shape, wanted: Wanted): void {
  if (before === after) return;
  const rule = ruleIfDifferent(shape, key, before, after);
  if (!rule) return;
  if (rule.strategy !== 'merge') {
    if (wanted.changes && !deepEqual(before, after)) patch[key] = after;
    return;
  }
  if (before.length === 0) {
    if (after.length > 0 && wanted.changes) patch[key] = after;
    return;
  }
  if (itemsAreObjects(before, after)) diffObjectLists(patch, key, before as readonly Json[], after as readonly Json[], rule, wanted);
  else diffScalarLists(patch, key, before, after, wanted);
}

function diffScalarLists(patch: Json, key: string, before: readonly unknown[], after: readonly unknown[], wanted: Wanted): void {
  const removed = wanted.deletions ? byText([...new Set(before)].filter((item) => !after.includes(item))) : [];
  const added = wanted.changes ? after.filter((item) => !before.includes(item)) : [];
  if (added.length > 0) patch[key] = added;
  if (removed.length > 0) patch[`${DELETE_FROM_LIST}/${key}`] = removed;
  if (after.length > 0 && (removed.length > 0 || (wanted.changes && !deepEqual(before, after)))) patch[`${SET_ORDER}/${key}`] = after;
}

function diffObjectLists(patch: Json, key: string, before: readonly Json[], after: readonly Json[], rule: PatchRule, wanted: Wanted): void {
  const { mergeKey } = rule;
  requireMergeKey(mergeKey, before, after);
  const changed: Json[] = [];
  const deleted: Json[] = [];
  const unmatched = [...before];
  for (const item of after) {
    const at = unmatched.findIndex((other) => other[mergeKey] === item[mergeKey]);
    const [match] = at < 0 ? [] : unmatched.splice(at, 1);
    if (match) {
      const inner = diffObjects(match, item, rule.itemShape, wanted, rule.retainKeys);
      if (Object.keys(inner).length > 0) changed.push({ ...inner, [mergeKey]: item[mergeKey] });
    } else if (wanted.changes) changed.push(item);
  }
  if (wanted.deletions) for (const item of unmatched) deleted.push({ [mergeKey]: item[mergeKey], [PATCH]: 'delete' });
  deleted.sort((a, b) => compareText(a[mergeKey], b[mergeKey]));
  const list = [...sortedBy(changed, after, mergeKey), ...deleted];
  const sameOrder = before.length === after.length && before.every((item, i) => item[mergeKey] === after[i]?.[mergeKey]);
  if (list.length > 0) patch[key] = list;
  if (after.length > 0 && (list.length > 0 || (wanted.changes && !sameOrder))) {
    patch[`${SET_ORDER}/${key}`] = after.map((item) => {
      if (!(mergeKey in item)) throw noMergeKey(item, mergeKey);
      return { [mergeKey]: item[mergeKey] };
    });
  }
}

function compareText(a: unknown, b: unknown): number {
  const left = goValue(a);
  const right = goValue(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

function byText(list: unknown[]): unknown[] {
  return list.sort(compareText);
}
