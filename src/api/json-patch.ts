import { deepEqual } from '../base/equal.ts';
import { goTypeName } from './decode-scalars.ts';
import { PatchError } from './patch-error.ts';

/** One operation of RFC 6902. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** More operations than this are refused by the server. */
export const MOST_OPERATIONS = 10_000;

/**
 * Checks that a body is a list of operations; what each holds is seen when it is applied.
 *
 * @throws PatchError (malformed)
 */
export function readJsonPatch(body: unknown): readonly PatchOperation[] {
  const wrong = (found: unknown, type: string): PatchError =>
    new PatchError('malformed', `error decoding patch: json: cannot unmarshal ${goTypeName(found)} into Go value of type ${type}`);
  if (!Array.isArray(body)) throw wrong(body, '[]handlers.jsonPatchOp');
  for (const operation of body) {
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) throw wrong(operation, 'handlers.jsonPatchOp');
  }
  return body as PatchOperation[];
}

/**
 * Applies operations in order; the document given is not changed, and what no operation touches is
 * shared. Negative indexes count from the end, as in the library the server uses.
 *
 * @throws PatchError (unprocessable) in the words of evanphx/json-patch
 */
export function applyJsonPatch<T>(document: T, operations: readonly PatchOperation[]): T {
  let current: unknown = document;
  for (const operation of operations) current = apply(current, operation);
  return current as T;
}

function fail(message: string): PatchError {
  return new PatchError('unprocessable', message);
}

function apply(document: unknown, { op, path, from, value }: PatchOperation): unknown {
  switch (op) {
    case 'add':
      return edit(document, 'add', segments(op, path), (parent, key) => add(parent, key, path, value));
    case 'remove':
      return edit(document, 'remove', segments(op, path), (parent, key) => remove(parent, key, path));
    case 'replace':
      if (path === '') return value;
      return edit(document, 'replace', segments(op, path), (parent, key) => replace(parent, key, path, value));
    case 'test':
      return test(document, path, value);
    case 'copy':
      return edit(document, 'copy', segments(op, path), (parent, key) => add(parent, key, path, source(document, op, from)));
    case 'move': {
      const moved = source(document, op, from);
      const without = edit(document, 'move', segments(op, from), (parent, key) => remove(parent, key, from as string));
      return edit(without, 'move', segments(op, path), (parent, key) => add(parent, key, path, moved));
    }
    default:
      throw fail(`Unexpected kind: ${typeof op === 'string' ? op : 'unknown'}`);
  }
}

function segments(op: string, path: unknown): readonly string[] {
  if (typeof path !== 'string') throw fail(`${op} operation failed to decode path: missing value`);
  const parts = path.split('/');
  if (parts.length < 2) throw missing(op, path);
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function missing(op: string, path: string): PatchError {
  return fail(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
}

type Parent = readonly unknown[] | Readonly<Record<string, unknown>>;

/** Copies the containers down to the parent of the last segment, which `change` replaces. */
function edit(node: unknown, op: string, path: readonly string[], change: (parent: Parent, key: string) => unknown): unknown {
  const descend = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) throw missing(op, `/${path.join('/')}`);
    const key = path[depth] as string;
    if (depth === path.length - 1) return change(value as Parent, key);
    if (Array.isArray(value)) {
      const index = arrayIndex(value, key);
      return value.with(index, descend(value[index], depth + 1));
    }
    const record = value as Record<string, unknown>;
    return { ...record, [key]: descend(Object.hasOwn(record, key) ? record[key] : undefined, depth + 1) };
  };
  return descend(node, 0);
}

function arrayIndex(list: readonly unknown[], key: string, limit = list.length): number {
  if (!/^-?\d+$/.test(key)) throw fail(`value was not a proper array index: '${key}'`);
  const given = Number(key);
  const index = given < 0 ? given + limit : given;
  if (index < 0 || index >= limit) throw fail(`Unable to access invalid index: ${given}: invalid index referenced`);
  return index;
}

function add(parent: Parent, key: string, path: string, value: unknown): unknown {
  if (value === undefined) throw fail(`error in add for path: '${path}': operation, missing value field: missing value`);
  if (!Array.isArray(parent)) return { ...parent, [key]: value };
  if (key === '-') return [...parent, value];
  return parent.toSpliced(arrayIndex(parent, key, parent.length + 1), 0, value);
}

function remove(parent: Parent, key: string, path: string): unknown {
  if (Array.isArray(parent)) return parent.toSpliced(arrayIndex(parent, key), 1);
  if (!Object.hasOwn(parent, key))
    throw fail(`error in remove for path: '${path}': unable to remove nonexistent key: ${key}: missing value`);
  const { [key]: _removed, ...rest } = parent as Record<string, unknown>;
  return rest;
}

function replace(parent: Parent, key: string, path: string, value: unknown): unknown {
  if (value === undefined) throw fail(`error in replace for path: '${path}': operation, missing value field: missing value`);
  if (Array.isArray(parent)) return parent.with(arrayIndex(parent, key), value);
  if (!Object.hasOwn(parent, key)) throw fail(`replace operation does not apply: doc is missing key: ${path}: missing value`);
  return { ...parent, [key]: value };
}

/** The value at a path; undefined where there is none. */
function find(document: unknown, path: readonly string[]): unknown {
  let value: unknown = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    if (Array.isArray(value)) value = /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
    else value = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value;
}

function source(document: unknown, op: string, from: unknown): unknown {
  if (typeof from !== 'string') throw fail(`${op} operation failed to decode from: operation, missing from field: missing value`);
  const value = from === '' ? document : find(document, segments(op, from));
  if (value === undefined) throw fail(`${op} operation does not apply: doc is missing from path: "${from}": missing value`);
  return value;
}

function test(document: unknown, path: string, value: unknown): unknown {
  const present = path === '' ? document : find(document, segments('test', path));
  if (deepEqual(present ?? null, value ?? null)) return document;
  throw fail(`testing value ${path} failed: test failed`);
}
