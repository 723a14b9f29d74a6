import { copyOf } from '../base/copy.ts';
import { deepEqual } from '../base/equal.ts';
import { goTypeName } from './decode-scalars.ts';
import { PatchError } from './patch-error.ts';

type Json = Record<string, unknown>;

/**
 * Checks that a body is an object, as merge patches must be.
 *
 * @throws PatchError (malformed)
 */
export function readMergePatch(body: unknown): Json {
  if (isObject(body)) return body;
  throw new PatchError(
    'malformed',
    `error decoding patch: json: cannot unmarshal ${goTypeName(body)} into Go value of type map[string]interface {}`,
  );
}

/** Applies a merge patch (RFC 7396): null deletes, objects merge, all else is replaced. Untouched parts are shared. */
export function applyMergePatch<T>(document: T, patch: unknown): T {
  return merge(document, patch) as T;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Json = isObject(target) ? copyOf(target) : {};
  for (const key of Object.keys(patch)) {
    if (patch[key] === undefined) continue;
    if (patch[key] === null) delete result[key];
    else result[key] = merge(Object.hasOwn(result, key) ? result[key] : undefined, patch[key]);
  }
  return result;
}

/** The merge patch that makes `modified` of `original`; empty when they are equal. */
export function createMergePatch(original: Json, modified: Json): Json {
  const patch: Json = {};
  for (const key of Object.keys(modified)) {
    const before = original[key];
    const after = modified[key];
    if (after === undefined || deepEqual(before, after)) continue;
    if (isObject(before) && isObject(after)) patch[key] = createMergePatch(before, after);
    else patch[key] = after;
  }
  for (const key of Object.keys(original)) if (original[key] !== undefined && modified[key] === undefined) patch[key] = null;
  return patch;
}

/**
 * The patch with which `kubectl apply` changes a custom resource: what `modified` adds to or changes in
 * `current`, and deletions of what `original` (the last applied configuration) had and `modified` has
 * not (apimachinery jsonmergepatch).
 */
export function createThreeWayMergePatch(original: Json, modified: Json, current: Json): Json {
  const changes = filterNulls(createMergePatch(current, modified), false);
  const deletions = filterNulls(createMergePatch(original, modified), true);
  return combine(deletions, changes);
}

/** Keeps only the nulls of a patch, or all but them. */
function filterNulls(patch: Json, keepNulls: boolean): Json {
  const kept: Json = {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (keepNulls) kept[key] = null;
    } else if (isObject(value) && Object.keys(value).length > 0) {
      const inner = filterNulls(value, keepNulls);
      if (Object.keys(inner).length > 0) kept[key] = inner;
    } else if (!keepNulls) kept[key] = value;
  }
  return kept;
}

/** Two patches as one; nulls of the first stay. */
function combine(first: Json, second: Json): Json {
  const result: Json = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const present = result[key];
    result[key] = isObject(present) && isObject(value) ? combine(present, value) : value;
  }
  return result;
}
