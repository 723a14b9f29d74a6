import { describe, expect, it } from 'vitest';
import { compile, evaluationFault } from './compile.ts';
import { CostExceeded, metered } from './budget.ts';
import { dynamicSelf, selfTypes } from './self-types.ts';
import { estimateCost } from './cost.ts';
import { celValueOf } from './values.ts';
import { evaluateRules } from './rules.ts';
import type { JsonSchema } from '../custom/json-schema.ts';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: 'number' },
    flag: { type: 'boolean' },
    since: { type: 'string', format: 'date-time' },
    wait: { type: 'string', format: 'duration' },
    size: { 'x-kubernetes-int-or-string': true },
    'odd-name': { type: 'string' },
    namespace: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    ports: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } } },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};

const { environment } = selfTypes(SCHEMA, false)!;

function fault(source: string): string {
  const { fault: found, wrongType } = compile(source, environment, dynamicSelf(), 'bool');
  return found ?? (wrongType === undefined ? '' : `type ${wrongType}`);
}

function run(source: string, self: unknown, oldSelf?: unknown): unknown {
  const { expression } = compile(source, dynamicSelf(), dynamicSelf());
  const result = metered(1_000_000, () => expression!.evaluate({ self: celValueOf(self, SCHEMA), oldSelf: celValueOf(oldSelf, SCHEMA) }));
  return 'error' in result && result.error !== undefined ? evaluationFault(result.error) : result.value;
}

describe('expressions that are none', () => {
  it.each([
    ['self.', "1:6: Syntax error: no viable alternative at input '.'"],
    ['(self.flag', "1:11: Syntax error: missing ')' at '<EOF>'"],
    ['self.flag self', "1:11: Syntax error: mismatched input 'self' expecting <EOF>"],
    ['@', "1:1: Syntax error: token recognition error at: '@'"],
    ['self.nope == 1', "1:5: undefined field 'nope'"],
    ['has(self.nope)', "1:9: undefined field 'nope'"],
    ['!has(self.name) || has(self.ports[0].nope)', "1:37: undefined field 'nope'"],
    ['self.ports.all(p, p.nope > 1)', "1:20: undefined field 'nope'"],
    ['self.open.nope == 1', "1:10: undefined field 'nope'"],
    ['nope == 1', "1:1: undeclared reference to 'nope' (in container '')"],
    ['nope(self.name)', "1:5: undeclared reference to 'nope' (in container '')"],
    ['self.name.nope()', "1:15: undeclared reference to 'nope' (in container '')"],
    ['self.name > 1', "1:11: found no matching overload for '_>_' applied to '(string, int)'"],
    ['self.count + self.name == 1', "1:12: found no matching overload for '_+_' applied to '(int, string)'"],
    ['self.ratio == 1', "1:12: found no matching overload for '_==_' applied to '(double, int)'"],
    ['self.name && true', "1:11: found no matching overload for '_&&_' applied to '(string, bool)'"],
    ['!self.name', "1:1: found no matching overload for '!_' applied to '(string)'"],
    ['self.name.startsWith(1)', "1:21: found no matching overload for 'startsWith' applied to 'string.(int)'"],
    ['self.name.first', "1:10: type 'string' does not support field selection"],
    ["self.name.matches('[')", '1:19: invalid matches argument'],
    ['self.name.matches(1)', "1:18: found no matching overload for 'matches' applied to 'string.(int)'"],
    ["self.wait > duration('x')", '1:22: invalid duration argument'],
    ["timestamp('x') < self.since", '1:11: invalid timestamp argument'],
    ["self.count in [1, 'a']", "1:19: expected type 'int' but found 'string'"],
    ['self.count', 'type int'],
    ['self.tags', 'type list(string)'],
  ])('%s: %s', (source, expected) => {
    const found = fault(source);
    expect(found.split('\n')[0]!.replace('ERROR: <input>:', '')).toBe(expected);
  });

  it('marks the place in the line it stands in', () => {
    expect(fault('self.flag &&\n  self.nope')).toBe("ERROR: <input>:2:7: undefined field 'nope'\n |   self.nope\n | ......^");
  });
});

describe('expressions that are right', () => {
  it.each([
    'self == oldSelf',
    'self.ports == oldSelf.ports',
    'self.ports[0] in oldSelf.ports',
    'self.labels == oldSelf.labels',
    "self.odd__dash__name == 'a' && self.__namespace__ != ''",
    "self.since < timestamp('2030-01-01T00:00:00Z')",
    "self.wait > duration('1h')",
    'self.ratio > 1',
    "type(self.size) == int ? self.size < 5 : self.size.matches('^[0-9]+%$')",
    "self.labels.all(k, self.labels[k] != '')",
    "self.tags.isSorted() && self.tags.indexOf('a') >= 0",
    "self.name.find('[0-9]+') != ''",
    "quantity('1Gi').isGreaterThan(quantity('1M'))",
    "url('https://a.b/c').getHostname() == 'a.b'",
    "ip('10.0.0.1').family() == 4 && cidr('10.0.0.0/8').containsIP('10.0.0.1')",
    "self.?name.orValue('x') == 'x'",
    "cel.bind(n, self.name, n == 'a' || n == 'b')",
    "self.ports.exists_one(p, p.name == 'a')",
    "self.ports.map(p, p.name).filter(n, n != '').size() > 0",
    "sets.contains(self.tags, ['a'])",
    "self.name.matches('(?i)^a') && matches(self.name, r'^\\d')",
    "self.name.lowerAscii().replace('a', 'b').split(',')[0].trim() == ''",
  ])('%s', (source) => {
    expect(fault(source)).toBe('');
  });
});

describe('evaluation', () => {
  it.each<[string, unknown, unknown]>([
    ['self.count / 2', { count: 5 }, 2n],
    ['self.ratio * 2.0', { ratio: 5 }, 10],
    ['self.count > 1.5', { count: 2 }, true],
    ['self.name', {}, 'no such key: name'],
    ['has(self.name)', {}, false],
    ['has(self.ports[0].port)', { ports: [{ port: 1 }] }, true],
    ['has(self.ports[0].name)', { ports: [{ port: 1 }] }, false],
    ['self.ports.all(p, has(p.port))', { ports: [{ port: 1 }, {}] }, false],
    ["self.name.matches('(?i)^AB')", { name: 'abc' }, true],
    ['self.tags[3]', { tags: ['a'] }, 'index out of bounds: 3'],
    ['1 / (self.count - 1)', { count: 1 }, 'division by zero'],
    ['self.size + 1', { size: 'x' }, 'no such overload'],
    ['has(self.name) && self.name == "a" || true', {}, true],
    ['self.tags.exists(t, t == "b") || self.nope', { tags: ['b'] }, true],
    ['self.ports.map(p, p.port)[1]', { ports: [{ port: 1 }, { port: 2 }] }, 2n],
    ['self.ports[0] == {"name": "a", "port": 1}', { ports: [{ name: 'a', port: 1 }] }, true],
    ["self.since - timestamp('2026-01-01T00:00:00Z') == duration('1h')", { since: '2026-01-01T01:00:00Z' }, true],
    ["self.odd__dash__name + '!'", { 'odd-name': 'a' }, 'a!'],
    ["self.labels['__proto__']", { labels: {} }, 'no such key: __proto__'],
  ])('%s', (source, self, expected) => {
    expect(run(source, self)).toEqual(expected);
  });

  it('ends when it costs too much', () => {
    const { expression } = compile(
      '[1,2,3,4,5,6,7,8,9,0].all(a, [1,2,3,4,5,6,7,8,9,0].all(b, [1,2,3,4,5,6,7,8,9,0].all(c, [1,2,3,4,5,6,7,8,9,0].all(d, [1,2,3,4,5,6,7,8,9,0].map(e, e + a).size() > 0))))',
      dynamicSelf(),
      dynamicSelf(),
    );
    const { error, spent } = metered(10_000, () => expression!.evaluate({}));
    expect(error).toBeInstanceOf(CostExceeded);
    expect(spent).toBeLessThanOrEqual(10_000);
  });
});

describe('estimates of costs', () => {
  const cost = (source: string, schema: JsonSchema): number => {
    const { environment: typed, type } = selfTypes(schema, false)!;
    return estimateCost(compile(source, typed, dynamicSelf()).expression!.tree, new Map([['self', type]]));
  };
  const list = (items: JsonSchema, maxItems?: number): JsonSchema => ({
    type: 'object',
    properties: { list: { type: 'array', items, ...(maxItems && { maxItems }) } },
  });

  it('count a selection, a comparison and a loop as cel-go does', () => {
    expect(cost('self.count == self.count', SCHEMA)).toBe(5);
    expect(cost('self.list.all(x, x > 0)', list({ type: 'integer' }, 5))).toBe(2 + 5 * 5 + 1);
  });

  it('go by what a request can carry where a schema sets no bound', () => {
    expect(cost('self.list.all(x, x > 0)', list({ type: 'integer' }))).toBeGreaterThan(1_000_000);
    expect(cost("self.list.all(x, x.startsWith('a'))", list({ type: 'string', maxLength: 10 }, 10))).toBeLessThan(100);
    expect(cost('self.list.all(x, self.list.all(y, x != y))', list({ type: 'string' }))).toBeGreaterThan(1e12);
  });
});

describe('rules', () => {
  const schema = (rule: object, more: JsonSchema = {}): JsonSchema => ({
    type: 'object',
    properties: { spec: { ...SCHEMA, ...more, 'x-kubernetes-validations': [{ rule: 'true', ...rule }] } },
  });
  const messages = (rule: object, spec: object, old?: object) =>
    evaluateRules('', { spec }, schema(rule), old && { spec: old }, true).map(({ field, message }) => `${field}: ${message}`);

  it.each<[string, object, object, object | undefined, string[]]>([
    [
      'say their text when they have no message',
      { rule: 'self.count > 1' },
      { count: 1 },
      undefined,
      ['spec: Invalid value: failed rule: self.count > 1'],
    ],
    [
      'say what their expression says',
      { rule: 'false', messageExpression: '"is " + string(self.count)' },
      { count: 1 },
      undefined,
      ['spec: Invalid value: is 1'],
    ],
    [
      'fall back to their message',
      { rule: 'false', message: 'no', messageExpression: 'self.nope' },
      { count: 1 },
      undefined,
      ['spec: Invalid value: no'],
    ],
    [
      'name a field and a reason',
      { rule: 'false', message: 'no', reason: 'FieldValueRequired', fieldPath: '.name' },
      {},
      undefined,
      ['spec.name: Required value: no'],
    ],
    [
      'tell of errors',
      { rule: 'self.name == "a"' },
      {},
      undefined,
      ['spec: Invalid value: "object": no such key: name evaluating rule: self.name == "a"'],
    ],
    ['wait for an old value when they compare with it', { rule: 'self.count >= oldSelf.count' }, { count: 1 }, undefined, []],
    [
      'compare with the old value',
      { rule: 'self.count >= oldSelf.count', message: 'no' },
      { count: 1 },
      { count: 2 },
      ['spec: Invalid value: no'],
    ],
    [
      'take a missing old value when they say so',
      { rule: '!oldSelf.hasValue()', optionalOldSelf: true, message: 'no' },
      { count: 1 },
      { count: 2 },
      ['spec: Invalid value: no'],
    ],
    ['forgive what did not change', { rule: 'false' }, { count: 1 }, { count: 1 }, []],
  ])('%s', (_name, rule, spec, old, expected) => {
    expect(messages(rule, spec, old)).toEqual(expected);
  });
});
