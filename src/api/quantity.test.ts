import { expect, test } from 'vitest';
import {
  addQuantities,
  bytes,
  canonicalQuantity,
  canonicalResource,
  compareQuantities,
  cpuMillis,
  milliQuantity,
  parseQuantity,
  quantityFault,
  quantityValue,
  subtractQuantities,
  wholeQuantity,
} from './quantity.ts';

test.each([
  ['0', '0'],
  ['0Mi', '0'],
  ['0.5', '500m'],
  ['1.5', '1500m'],
  ['1.234', '1.234'],
  ['1000m', '1'],
  ['1100m', '1100m'],
  ['0.0005', '500u'],
  ['1024Mi', '1Gi'],
  ['1536Mi', '1536Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['1023', '1023'],
  ['128974848', '128974848'],
  ['129e6', '129e6'],
  ['1000', '1k'],
  ['1e3', '1e3'],
  ['1000e0', '1e3'],
  ['12E', '12E'],
  ['1E3', '1E3'],
  ['-1.5Gi', '-1536Mi'],
  ['1000Ki', '1000Ki'],
  ['9999999999Ei', '9223372036854775807'],
  [2, '2'],
  [0.1, '100m'],
])('the quantity %s is stored as %s', (text, canonical) => {
  expect(canonicalQuantity(text)).toBe(canonical);
});

test.each(['lots', '1 Gi', '1Gi ', '', '1..5', '0x1'])('%j is no quantity', (text) => {
  expect(quantityFault(text)).toBe("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
});

test.each(['1K', '1mi', '5e', '1kk', '3Mm', '--1'])('%j has no suffix of quantities', (text) => {
  expect(quantityFault(text)).toBe("unable to parse quantity's suffix");
});

test('values are rounded up', () => {
  expect(cpuMillis('0.0001')).toBe(1);
  expect(cpuMillis(2)).toBe(2000);
  expect(quantityValue('100m')).toBe(1);
  expect(bytes('64Mi')).toBe(67108864);
  expect(parseQuantity('0.1n').nanos).toBe(1n);
  expect(canonicalResource('100u')).toBe('1m');
  expect(canonicalResource('64Mi')).toBe('64Mi');
});

test('quantities compare by value and add in the format of the first', () => {
  expect(compareQuantities('1Gi', '1024Mi')).toBe(0);
  expect(compareQuantities('1G', '1Gi')).toBe(-1);
  expect(compareQuantities('1', '999m')).toBe(1);
  expect(addQuantities('500m', '0.5')).toBe('1');
  expect(addQuantities('1Gi', '1000Mi')).toBe('2024Mi');
  expect(addQuantities('0', '1Mi')).toBe('1Mi');
  expect(subtractQuantities('2', '500m')).toBe('1500m');
});

test('numbers become quantities', () => {
  expect(milliQuantity(250)).toBe('250m');
  expect(wholeQuantity(2 * 1024 ** 3, 'BinarySI')).toBe('2Gi');
  expect(wholeQuantity(110, 'DecimalSI')).toBe('110');
});
