import { expect, test } from 'vitest';
import { FieldSelectorError, parseFieldSelector } from './fields.ts';

test.each([
  ['a=1', { a: '1' }, true],
  ['a==1', { a: '2' }, false],
  ['a!=1', {}, true],
  ['a=', {}, true],
  ['a=1,b!=2', { a: '1', b: '2' }, false],
  [',a=1,', { a: '1' }, true],
  ['a=x\\,y\\=z\\\\', { a: 'x,y=z\\' }, true],
])('the field selector %s on %j answers %s', (text, fields: Record<string, string>, matches) => {
  expect(parseFieldSelector(text).matchesFields(fields)).toBe(matches);
  expect(parseFieldSelector(text).matches((field) => fields[field] ?? '')).toBe(matches);
});

test.each([
  ['nonsense', "invalid selector: 'nonsense'; can't understand 'nonsense'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ['a=\\x', 'invalid field selector: invalid escape sequence: \\x'],
  ['a=x\\', 'invalid field selector: invalid escape sequence: \\'],
])('the field selector %s is refused', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(new FieldSelectorError(message));
});

test('a field selector prints its terms sorted and escaped, and tells what it requires', () => {
  const selector = parseFieldSelector('status.phase!=Running,metadata.name==a\\,b');
  expect(selector.toString()).toBe('metadata.name=a\\,b,status.phase!=Running');
  expect(selector.requiresExact('metadata.name')).toBe('a,b');
  expect(selector.requiresExact('status.phase')).toBeUndefined();
  expect(parseFieldSelector('').empty).toBe(true);
});
