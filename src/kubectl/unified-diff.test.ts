import { expect, test } from 'vitest';
import { unifiedHunks } from './unified-diff.ts';

const lines = (...numbers: (number | string)[]) => numbers.map((n) => `${n}\n`).join('');

test.each([
  ['equal texts', lines(1, 2), lines(1, 2), ''],
  [
    'a changed line in the middle',
    lines(1, 2, 3, 4, 5, 6, 7, 8, 9),
    lines(1, 2, 3, 4, 'x', 6, 7, 8, 9),
    '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n',
  ],
  ['a new text', '', lines('a', 'b'), '@@ -0,0 +1,2 @@\n+a\n+b\n'],
  [
    'changes far apart',
    lines(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
    lines('x', 2, 3, 4, 5, 6, 7, 8, 9, 'y'),
    '@@ -1,4 +1,4 @@\n-1\n+x\n 2\n 3\n 4\n@@ -7,4 +7,4 @@\n 7\n 8\n 9\n-10\n+y\n',
  ],
])('%s', (_what, before, after, hunks) => {
  expect(unifiedHunks(before, after)).toBe(hunks);
});
