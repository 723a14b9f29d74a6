import { expect, test } from 'vitest';
import { formatLabelSelector, requirement, SelectorError, selectorFrom, selectorFromMap } from './labels.ts';
import { parseSelector, parseToLabelSelector } from './label-parser.ts';

test.each([
  ['', { a: '1' }, true],
  ['a=1', { a: '1' }, true],
  ['a==1', { a: '2' }, false],
  ['a!=1', {}, true],
  ['a!=1', { a: '1' }, false],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['!a', { a: '' }, false],
  ['a=', { a: '' }, true],
  ['a in (1,2)', { a: '2' }, true],
  ['a in (1,2)', {}, false],
  ['a notin (1,2)', {}, true],
  ['a notin (1,2)', { a: '2' }, false],
  ['n in ()', { n: '' }, true],
  ['n in ()', { n: 'x' }, false],
  ['n in (in,notin)', { n: 'in' }, true],
  ['n>3', { n: '4' }, true],
  ['n > 3', { n: '3' }, false],
  ['n<3', { n: '2' }, true],
  ['n<3', { n: 'two' }, false],
  ['n<3', {}, false],
  ['app in (a,b),env!=dev', { app: 'b', env: 'prod' }, true],
  ['constructor', {}, false],
  ['!constructor', {}, true],
])('the selector %s on %j answers %s', (text, labels: Record<string, string>, matches) => {
  expect(parseSelector(text).matches(labels)).toBe(matches);
});

test.each([
  ['app in (kubia),!retired', 'app in (kubia),!retired'],
  ['b=1 , a', 'a,b=1'],
  ['x notin (c, b,,a)', 'x notin (,a,b,c)'],
  ['n>3,m==2', 'm==2,n>3'],
])('the selector %s prints as %s', (text, printed) => {
  expect(parseSelector(text).toString()).toBe(printed);
});

const BAD_NAME =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test.each([
  ['app=a=b', "found '=', expected: ',' or 'end of string'"],
  ['app in a', "unable to parse requirement: found 'a' expected: '('"],
  ['=', "found '=', expected: !, identifier, or 'end of string'"],
  ['a,', "found '', expected: identifier after ','"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['!=b', "found '!=', expected: !, identifier, or 'end of string'"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in (=', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
  ['-x=b', `unable to parse requirement: <nil>: Invalid value: "-x": name part ${BAD_NAME}`],
  ['n>x', "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"],
])('the selector %s is refused', (text, message) => {
  expect(() => parseSelector(text)).toThrow(new SelectorError(message));
});

test('a value that is no label value is named with its key', () => {
  expect(() => parseSelector('a=-')).toThrow(
    'unable to parse requirement: values[0][a]: Invalid value: "-": a valid label must be an empty string or',
  );
});

test('a selector tells the one value it requires of a key', () => {
  const selector = parseSelector('a=1,b in (2),c in (3,4),!d');
  expect(['a', 'b', 'c', 'd', 'e'].map((key) => selector.requiresExact(key))).toEqual(['1', '2', undefined, undefined, undefined]);
});

test('a missing LabelSelector selects nothing, an empty one everything', () => {
  expect(selectorFrom(undefined).matches({})).toBe(false);
  expect(selectorFrom({}).matches(undefined)).toBe(true);
  expect(selectorFromMap({ a: '1' }).matches({ a: '1', b: '2' })).toBe(true);
});

test('a LabelSelector prints its conditions in the order of keys', () => {
  const selector = {
    matchLabels: { b: '1' },
    matchExpressions: [
      { key: 'a', operator: 'In', values: ['y', 'x'] },
      { key: 'c', operator: 'DoesNotExist' },
    ],
  };
  expect(formatLabelSelector(selector)).toBe('a in (x,y),b=1,!c');
  expect(formatLabelSelector({})).toBe('<none>');
  expect(formatLabelSelector({ matchExpressions: [{ key: 'a', operator: 'Near' }] })).toBe('<error>');
});

test('a requirement names every fault', () => {
  expect(() => requirement('', 'in', [])).toThrow(
    `[key: Invalid value: "": name part must be non-empty; name part ${BAD_NAME}, values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty]`,
  );
});

test('a text becomes a LabelSelector object', () => {
  expect(parseToLabelSelector('a=1,b,!c,d in (x)')).toEqual({
    matchLabels: { a: '1' },
    matchExpressions: [
      { key: 'b', operator: 'Exists' },
      { key: 'c', operator: 'DoesNotExist' },
      { key: 'd', operator: 'In', values: ['x'] },
    ],
  });
  expect(() => parseToLabelSelector('n>3')).toThrow('"gt" isn\'t supported in label selectors');
});
