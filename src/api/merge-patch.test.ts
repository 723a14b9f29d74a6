import { expect, test } from 'vitest';
import { applyMergePatch, createMergePatch, createThreeWayMergePatch, readMergePatch } from './merge-patch.ts';
import { PatchError } from './patch-error.ts';

test.each<[unknown, unknown, unknown]>([
  [{ a: 1, b: { c: 2, d: 3 } }, { b: { c: null, e: 4 } }, { a: 1, b: { d: 3, e: 4 } }],
  [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
  [{ a: 1 }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
  [{}, { a: { b: { c: null } } }, { a: { b: {} } }],
])('%j patched with %j is %j', (document, patch, expected) => {
  expect(applyMergePatch(document, patch)).toEqual(expected);
});

test('the patch between two values makes one of the other', () => {
  const original = { a: 1, b: { c: [1], d: 'x' }, e: {} };
  const modified = { b: { c: [2], d: 'x' }, e: {}, f: true };
  const patch = createMergePatch(original, modified);
  expect(patch).toEqual({ a: null, b: { c: [2] }, f: true });
  expect(applyMergePatch(original, patch)).toEqual(modified);
});

test('the three-way patch deletes what was applied before and keeps what others set', () => {
  const original = { spec: { a: 1, b: 2 } };
  const modified = { spec: { a: 5 } };
  const current = { spec: { a: 1, b: 2, other: 3 }, status: {} };
  const patch = createThreeWayMergePatch(original, modified, current);
  expect(patch).toEqual({ spec: { a: 5, b: null } });
  expect(applyMergePatch(current, patch)).toEqual({ spec: { a: 5, other: 3 }, status: {} });
});

test('a body that is no object is malformed', () => {
  expect(() => readMergePatch([])).toThrow(
    new PatchError('malformed', 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}'),
  );
});
