import { expect, test } from 'vitest';
import { parseIntOrString, percentOf, scaledCount } from './intstr.ts';

test.each([
  [3, 10, true, 3],
  ['25%', 10, true, 3],
  ['25%', 10, false, 2],
  ['100%', 7, false, 7],
  ['0%', 7, true, 0],
  ['x', 7, true, undefined],
  ['2.5%', 7, true, undefined],
])('%s of %i, rounded up %s, is %s', (value, total, roundUp, count) => {
  expect(scaledCount(value, total, roundUp)).toBe(count);
});

test('texts become numbers where they are some', () => {
  expect([parseIntOrString('80'), parseIntOrString('http'), parseIntOrString('25%')]).toEqual([80, 'http', '25%']);
  expect([percentOf('5%'), percentOf(5), percentOf('5')]).toEqual([5, undefined, undefined]);
});
