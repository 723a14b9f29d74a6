import { expect, test } from 'vitest';
import { JsonSyntaxError, parseJson, parseJsonStrictly, parseJsonValue } from './json.ts';

test.each([['{"a":[1,-2.5e3,true,false,null,"x\\u00e9\\n"],"b":{}}'], [' [ ] '], ['"\\ud83d\\ude00"'], ['0']])(
  '%s is read as JSON.parse reads it',
  (text) => {
    expect(parseJsonStrictly(text).value).toEqual(JSON.parse(text));
  },
);

test.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['xyz', "invalid character 'x' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['{"a":1}}', "invalid character '}' after top-level value"],
  ['"\n"', "invalid character '\\n' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['tru3', "invalid character '3' in literal true (expecting 'e')"],
  ['[1.]', "invalid character ']' after decimal point in numeric literal"],
  ['[-]', "invalid character ']' in numeric literal"],
  ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
])('%j is refused in the words of Go', (text, message) => {
  expect(() => parseJson(text)).toThrow(message);
});

test('keys that come twice are noted, and the last value counts', () => {
  const { value, duplicates } = parseJsonStrictly('{"a":1,"b":{"c":1,"c":2,"c":3},"a":2}');
  expect(value).toEqual({ a: 2, b: { c: 3 } });
  expect(duplicates.get(value as object)).toEqual(['a']);
  expect(duplicates.get((value as { b: object }).b)).toEqual(['c']);
});

test('a key named __proto__ is a key like any other', () => {
  const { value } = parseJsonStrictly('{"__proto__":{"a":1}}');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
});

test('a text may hold several values, read one after the other', () => {
  const text = ' {"a":1}\n[2] ';
  expect(parseJsonValue(text, 0)).toEqual({ value: { a: 1 }, start: 1, end: 8 });
  expect(parseJsonValue(text, 8)).toEqual({ value: [2], start: 9, end: 12 });
  expect(parseJsonValue(text, 12)).toBeUndefined();
  try {
    parseJsonValue('{"a":x}', 0);
    expect.unreachable();
  } catch (error) {
    expect((error as JsonSyntaxError).offset).toBe(6);
  }
});

test('what is nested too deeply is refused', () => {
  expect(() => parseJson('['.repeat(100_000))).toThrow('exceeded max depth');
  expect(parseJson(`["${'['.repeat(2000)}"]`)).toEqual(['['.repeat(2000)]);
});
