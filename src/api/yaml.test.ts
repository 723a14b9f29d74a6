import { expect, test } from 'vitest';
import { printYaml, readYaml, readYamlDocuments } from './yaml.ts';

/** Checked against kubectl 1.32. */
test.each<[string, unknown]>([
  ['y', true],
  ['No', false],
  ['on', true],
  ['~', null],
  ['', null],
  ['017', 15],
  ['08', 8],
  ['0o17', 15],
  ['0x1F', 31],
  ['0b101', 5],
  ['-0x10', -16],
  ['1_000', 1000],
  ['1e3', 1000],
  ['.5', 0.5],
  ['12:30', '12:30'],
  ['2001-01-01', '2001-01-01'],
  ['1.2.3', '1.2.3'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['tRue', 'tRue'],
  ['"y"', 'y'],
  ['!!str 5', '5'],
  ['!!int "5"', 5],
  ['|\n  a\n  b\n', 'a\nb\n'],
  ['>-\n  a\n  b\n', 'a b'],
])('the word %j is read as %j', (word, value) => {
  expect(readYaml(`a: ${word}`)).toEqual({ a: value });
});

test('keys become texts, keys that come twice keep the last value, merges fill in', () => {
  expect(readYaml('no: 1\n8: 2\nNo: 3\n')).toEqual({ false: 3, 8: 2 });
  expect(readYaml('base: &b {x: 1, z: 2}\nc:\n  <<: *b\n  z: 3\n')).toEqual({ base: { x: 1, z: 2 }, c: { x: 1, z: 3 } });
});

test.each([
  ['a: 1\nfoo\n', "line 3: could not find expected ':'"],
  ['a: b: c\n', 'mapping values are not allowed in this context'],
  ['a: b\n  c: d\n', 'line 2: mapping values are not allowed in this context'],
  ['a:\n  b: 1\n c: 2\n', 'line 2: did not find expected key'],
  ['a:\n  - b: 1\n    c: 2\n   d: 3\n', "line 3: did not find expected '-' indicator"],
  ['a: - b\n', 'block sequence entries are not allowed in this context'],
  ['a:\n\tb: 1\n', 'line 2: found character that cannot start any token'],
  ['a: 1\n\tb: 2\n', 'line 2: found a tab character that violates indentation'],
  ['a: |\n\tx\n', 'line 2: found a tab character where an indentation space is expected'],
  ['a: `x`\n', 'found character that cannot start any token'],
  ['a: "x\nb: 1\n', 'line 3: found unexpected end of stream'],
  ['a: "\\q"\n', 'found unknown escape character'],
  ['kind: [\n', 'line 1: did not find expected node content'],
  ['a: [1, 2\nb: 3\n', "line 1: did not find expected ',' or ']'"],
  ['a: {b: 1\nc: 2\n', "line 1: did not find expected ',' or '}'"],
  ["a: 'it's'\n", 'did not find expected key'],
  ['a: ? b\n', 'mapping keys are not allowed in this context'],
  ['a: &\n', 'did not find expected alphabetic or numeric character'],
  ['a: *x\n', "unknown anchor 'x' referenced"],
  ['a: {x: 1}\n<<: 5\n', 'map merge requires map or sequence of maps as the value'],
  ['a: {{ .x }}\n', 'invalid map key: map[interface {}]interface {}{".x":interface {}(nil)}'],
  ['a: \u0001\n', 'control characters are not allowed'],
])('%j is refused in the words of go-yaml', (text, message) => {
  expect(() => readYaml(text)).toThrow(`yaml: ${message}`);
});

test('a bomb of aliases is refused', () => {
  let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n';
  for (let i = 1; i < 9; i++) text += `a${i}: &a${i} [${new Array(10).fill(`*a${i - 1}`).join(', ')}]\n`;
  expect(() => readYaml(text)).toThrow('yaml: document contains excessive aliasing');
});

test('documents are told apart, with the lines of their fields', () => {
  const text = '# first\nkind: A\nspec:\n  ports:\n  - port: 80\n  - port: 81\n---\n---\n# nothing\n---\nkind: B\n';
  const documents = readYamlDocuments(text);
  expect(documents.map(({ value, index, line }) => [value, index, line])).toEqual([
    [{ kind: 'A', spec: { ports: [{ port: 80 }, { port: 81 }] } }, 0, 2],
    [null, 1, 8],
    [{ kind: 'B' }, 2, 11],
  ]);
  const [first] = documents;
  expect([['kind'], ['spec', 'ports', 1, 'port'], ['spec', 'ports', 0, 'nope'], ['nope']].map((path) => first?.lineOf(path))).toEqual([
    2, 6, 5, 2,
  ]);
  expect(documents[2]?.lineOf(['kind'])).toBe(11);
});

test('reading ends at a broken document, whose message counts from its own beginning', () => {
  const documents = readYamlDocuments('a: 1\n---\nb: 1\nfoo\n---\nc: 1\n');
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, undefined]);
  expect(documents[1]?.error?.message).toBe("yaml: line 3: could not find expected ':'");
  expect(documents[1]?.line).toBe(5);
});

test('JSON values follow one another, and what is no JSON may still be YAML', () => {
  const documents = readYamlDocuments('{"a": 1}\n{"b":\n 2}\n');
  expect(documents.map(({ value, line }) => [value, line])).toEqual([
    [{ a: 1 }, 1],
    [{ b: 2 }, 2],
  ]);
  expect(documents[1]?.lineOf(['b'])).toBe(2);
  expect(readYamlDocuments('{a: 1}\n').map(({ value }) => value)).toEqual([{ a: 1 }]);
  expect(readYamlDocuments('{"a": 1\n').map(({ error }) => error?.message)).toEqual(['unexpected EOF']);
  expect(readYamlDocuments('{"a" 1}}\n').map(({ error }) => error?.message)).toEqual([
    "json: offset 6: invalid character '1' after object key",
  ]);
});

const long = 'word '.repeat(30).trim();

/** As kubectl 1.32 prints them. */
test.each<[unknown, string]>([
  [{ b: 1, a: [1, { x: 'y', w: [] }], c: {} }, 'a:\n- 1\n- w: []\n  x: "y"\nb: 1\nc: {}\n'],
  [
    {
      a: [
        [1, 2],
        [{ b: 1 }, {}],
      ],
    },
    'a:\n- - 1\n  - 2\n- - b: 1\n  - {}\n',
  ],
  [{ a: null, b: undefined, c: true }, 'a: null\nc: true\n'],
  [['', 'yes', '1', '1e3', '12:30', '2001-01-01', '~', '.5'], '- ""\n- "yes"\n- "1"\n- "1e3"\n- "12:30"\n- "2001-01-01"\n- "~"\n- ".5"\n'],
  [
    ['a: b', 'a #b', '- a', '-', '[a]', "'a'", '*a', 'a:', ' a', 'a '],
    "- 'a: b'\n- 'a #b'\n- '- a'\n- '-'\n- '[a]'\n- '''a'''\n- '*a'\n- 'a:'\n- ' a'\n- 'a '\n",
  ],
  [
    ['a:b', 'a#b', '-a', ':a', 'a,b', 'x{y}', "a'b", '<<', 'NaN', '0x', '80/TCP'],
    "- a:b\n- a#b\n- -a\n- :a\n- a,b\n- x{y}\n- a'b\n- <<\n- NaN\n- 0x\n- 80/TCP\n",
  ],
  [['a\tb', '\u0007', '\u{1f600}', 'a\r\nb', 'a \nb'], '- "a\\tb"\n- "\\a"\n- "\\U0001F600"\n- "a\\r\\nb"\n- "a \\nb"\n'],
  [
    { a: 'x\ny', b: 'x\n', c: 'x\n\n', d: '\nx', e: ' x\ny' },
    'a: |-\n  x\n  y\nb: |\n  x\nc: |+\n  x\n\nd: |2-\n\n  x\ne: |2-\n   x\n  y\n',
  ],
  [{ k: long }, `k: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(14).trim()}\n`],
  [
    { a10: 1, a2: 1, a1b: 1, a01: 1, A: 1, b: 1, '.x': 1, 9: 1, 10: 1, yes: 1 },
    '.x: 1\n"9": 1\n"10": 1\nA: 1\na1b: 1\na01: 1\na2: 1\na10: 1\nb: 1\n"yes": 1\n',
  ],
  [{ ['x'.repeat(130)]: '1' }, `? ${'x'.repeat(130)}\n: "1"\n`],
])('%j is printed', (value, text) => {
  expect(printYaml(value)).toBe(text);
  expect(readYaml(text)).toEqual(JSON.parse(JSON.stringify(value)));
});
