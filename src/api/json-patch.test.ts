import { expect, test } from 'vitest';
import { applyJsonPatch, readJsonPatch, type PatchOperation } from './json-patch.ts';
import { PatchError } from './patch-error.ts';

const document = { metadata: { name: 'p', labels: { 'a/b': '1' } }, list: [1, 2, 3] };

test.each<[PatchOperation, unknown]>([
  [
    { op: 'add', path: '/metadata/labels/c', value: 'x' },
    { ...document, metadata: { name: 'p', labels: { 'a/b': '1', c: 'x' } } },
  ],
  [
    { op: 'replace', path: '/metadata/labels/a~1b', value: '2' },
    { ...document, metadata: { name: 'p', labels: { 'a/b': '2' } } },
  ],
  [
    { op: 'remove', path: '/metadata/labels' },
    { ...document, metadata: { name: 'p' } },
  ],
  [
    { op: 'add', path: '/list/-', value: 4 },
    { ...document, list: [1, 2, 3, 4] },
  ],
  [
    { op: 'add', path: '/list/0', value: 0 },
    { ...document, list: [0, 1, 2, 3] },
  ],
  [
    { op: 'add', path: '/list/3', value: 4 },
    { ...document, list: [1, 2, 3, 4] },
  ],
  [
    { op: 'remove', path: '/list/-1' },
    { ...document, list: [1, 2] },
  ],
  [
    { op: 'move', from: '/list/0', path: '/list/2' },
    { ...document, list: [2, 3, 1] },
  ],
  [
    { op: 'copy', from: '/metadata/name', path: '/list/0' },
    { ...document, list: ['p', 1, 2, 3] },
  ],
  [{ op: 'test', path: '/metadata/name', value: 'p' }, document],
  [{ op: 'test', path: '/metadata/nope', value: null }, document],
  [{ op: 'replace', path: '', value: {} }, {}],
])('%j is applied', (operation, expected) => {
  expect(applyJsonPatch(document, [operation])).toEqual(expected);
});

test.each<[unknown, string]>([
  [{ op: 'test', path: '/metadata/name', value: 'zzz' }, 'testing value /metadata/name failed: test failed'],
  [
    { op: 'remove', path: '/metadata/labels/none' },
    "error in remove for path: '/metadata/labels/none': unable to remove nonexistent key: none: missing value",
  ],
  [
    { op: 'replace', path: '/metadata/none', value: 1 },
    'replace operation does not apply: doc is missing key: /metadata/none: missing value',
  ],
  [{ op: 'add', path: '/none/x', value: 1 }, 'add operation does not apply: doc is missing path: "/none/x": missing value'],
  [{ op: 'add', path: '/list/9', value: 1 }, 'Unable to access invalid index: 9: invalid index referenced'],
  [{ op: 'add', path: 'nopath', value: 1 }, 'add operation does not apply: doc is missing path: "nopath": missing value'],
  [{ op: 'add', value: 1 }, 'add operation failed to decode path: missing value'],
  [{ op: 'move', path: '/a' }, 'move operation failed to decode from: operation, missing from field: missing value'],
  [{ op: 'nope', path: '/metadata' }, 'Unexpected kind: nope'],
])('%j is refused', (operation, message) => {
  expect(() => applyJsonPatch(document, [operation as PatchOperation])).toThrow(new PatchError('unprocessable', message));
});

test('untouched parts are shared and the document stays as it was', () => {
  const before = JSON.stringify(document);
  const result = applyJsonPatch(document, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }]);
  expect(result.list).toBe(document.list);
  expect(JSON.stringify(document)).toBe(before);
});

test('a body that is no list of operations is malformed', () => {
  expect(() => readJsonPatch({})).toThrow(
    new PatchError('malformed', 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'),
  );
});
