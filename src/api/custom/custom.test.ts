import { describe, expect, it } from 'vitest';
import { BEHAVIOURS } from '../behaviours.ts';
import { customTable } from './columns.ts';
import { fillDefaults } from './fill-defaults.ts';
import { prune, pruneNulls } from './prune.ts';
import { validateListTypes } from './list-types.ts';
import { validateValue } from './validate-value.ts';
import { validateStructural } from './validate-structural.ts';
import type { FieldError } from '../status.ts';
import type { CustomResourceDefinition } from './definition-types.ts';
import type { JsonSchema } from './json-schema.ts';

const texts = (errors: readonly FieldError[]) => errors.map(({ field, message }) => `${field}: ${message}`);
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({ type: 'object', properties, ...more });
const TEXT: JsonSchema = { type: 'string' };
const INTEGER: JsonSchema = { type: 'integer' };
const OPEN: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

describe('pruning', () => {
  it.each<[string, JsonSchema, object, object, string[]]>([
    [
      'drops what no schema names',
      object({ spec: object({ a: TEXT }) }),
      { spec: { a: '1', b: 2 }, c: 3 },
      { spec: { a: '1' } },
      ['c', 'spec.b'],
    ],
    [
      'looks into lists',
      object({ l: { type: 'array', items: object({ a: TEXT }) } }),
      { l: [{ a: '1' }, { b: 2 }] },
      { l: [{ a: '1' }, {}] },
      ['l[1].b'],
    ],
    [
      'keeps what is to be kept, and prunes what is known below',
      object({ o: { ...OPEN, properties: { k: object({}) } } }),
      { o: { x: 1, k: { y: 1 } } },
      { o: { x: 1, k: {} } },
      ['o.k.y'],
    ],
    [
      'keeps entries of maps',
      object({ m: { type: 'object', additionalProperties: object({ a: TEXT }) } }),
      { m: { x: { a: '1', b: 1 } } },
      { m: { x: { a: '1' } } },
      ['m.x.b'],
    ],
    [
      'keeps what every resource has',
      object({}),
      { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } },
      [],
    ],
    ['takes names of the language for names', object({ a: TEXT }), { constructor: 1, a: '1' }, { a: '1' }, ['constructor']],
  ])('%s', (_name, schema, value, expected, unknown) => {
    const pruned = prune(value, schema, true);
    expect(pruned.value).toEqual(expected);
    expect(pruned.unknown).toEqual(unknown);
  });

  it('answers the object itself when nothing is to be dropped', () => {
    const value = { spec: { a: '1' } };
    expect(prune(value, object({ spec: object({ a: TEXT }) }), true).value).toBe(value);
  });

  it('drops nulls that nothing stands in for', () => {
    const schema = object({ a: TEXT, b: { type: 'string', nullable: true }, c: { type: 'string', default: 'x' } });
    expect(pruneNulls({ a: null, b: null, c: null }, schema)).toEqual({ b: null, c: null });
  });
});

describe('defaults', () => {
  it.each<[string, JsonSchema, object, object]>([
    ['fill in what is missing', object({ a: { type: 'string', default: 'x' } }), {}, { a: 'x' }],
    ['leave what is there', object({ a: { type: 'string', default: 'x' } }), { a: '' }, { a: '' }],
    ['stand in for nulls', object({ a: { type: 'string', default: 'x' } }), { a: null }, { a: 'x' }],
    ['leave nulls that are allowed', object({ a: { type: 'string', default: 'x', nullable: true } }), { a: null }, { a: null }],
    [
      'reach into what they filled in',
      object({ a: { ...object({ b: { type: 'integer', default: 1 } }), default: {} } }),
      {},
      { a: { b: 1 } },
    ],
    ['do not make what is around them', object({ a: object({ b: { type: 'integer', default: 1 } }) }), {}, {}],
    [
      'reach into lists and maps',
      object({ l: { type: 'array', items: object({ b: { type: 'integer', default: 1 } }) } }),
      { l: [{}] },
      { l: [{ b: 1 }] },
    ],
  ])('%s', (_name, schema, value, expected) => {
    expect(fillDefaults(value, schema)).toEqual(expected);
  });
});

describe('values', () => {
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['of another type', INTEGER, 'x', ['f: Invalid value: "string": f in body must be of type integer: "string"']],
    ['null', TEXT, null, ['f: Invalid value: "null": f in body must be of type string: "null"']],
    ['too large', { ...INTEGER, maximum: 10 }, 11, ['f: Invalid value: 11: f in body should be less than or equal to 10']],
    [
      'not below an excluded bound',
      { ...INTEGER, maximum: 10, exclusiveMaximum: true },
      10,
      ['f: Invalid value: 10: f in body should be less than 10'],
    ],
    ['too small', { type: 'number', minimum: 0.5 }, 0.25, ['f: Invalid value: 0.25: f in body should be greater than or equal to 0.5']],
    ['no multiple', { ...INTEGER, multipleOf: 3 }, 4, ['f: Invalid value: 4: f in body should be a multiple of 3']],
    ['too long', { ...TEXT, maxLength: 2, pattern: '^x' }, 'abc', ['f: Too long: may not be more than 2 bytes']],
    ['too short', { ...TEXT, minLength: 2 }, 'é', ['f: Invalid value: "é": f in body should be at least 2 chars long']],
    ['of another pattern', { ...TEXT, pattern: '^[a-z]+$' }, 'A', ['f: Invalid value: "A": f in body should match \'^[a-z]+$\'']],
    ['none of a few', { ...TEXT, enum: ['a', 'b'] }, 'c', ['f: Unsupported value: "c": supported values: "a", "b"']],
    ['of another format', { ...TEXT, format: 'date-time' }, 'now', ['f: Invalid value: "now": f in body must be of type date-time: "now"']],
    ['of a format that nobody knows', { ...TEXT, format: 'colour' }, 'now', []],
    [
      'neither number nor text',
      { 'x-kubernetes-int-or-string': true },
      true,
      ['f: Invalid value: "boolean": f in body must be of type integer,string: "boolean"'],
    ],
    ['too many items', { type: 'array', items: TEXT, maxItems: 1 }, ['a', 'b'], ['f: Too many: 2: must have at most 1 items']],
    ['too few items', { type: 'array', items: TEXT, minItems: 1 }, [], ['f: Invalid value: 0: f in body should have at least 1 items']],
    [
      'wrong items',
      { type: 'array', items: TEXT },
      ['a', 1],
      ['f[1]: Invalid value: "integer": f[1] in body must be of type string: "integer"'],
    ],
    [
      'without a field',
      object({ a: TEXT }, { required: ['a', 'constructor'] }),
      {},
      ['f.a: Required value', 'f.constructor: Required value'],
    ],
    ['wrong fields', object({ a: TEXT }), { a: 1 }, ['f.a: Invalid value: "integer": f.a in body must be of type string: "integer"']],
    [
      'none of several',
      { anyOf: [{ maximum: 1 }, { minimum: 5 }] },
      3,
      [
        '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
        'f: Invalid value: 3: f in body should be less than or equal to 1',
      ],
    ],
    [
      'more than one',
      { oneOf: [{ minimum: 1 }, { minimum: 2 }] },
      3,
      ['<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    ['what they must not be', { not: { minimum: 1 } }, 3, ['<nil>: Invalid value: "": "f" must not validate the schema (not)']],
  ])('that are %s', (_name, schema, value, expected) => {
    expect(texts(validateValue('', { f: value }, object({ f: schema })))).toEqual(expected);
  });

  it('that did not change are forgiven, item by item in lists that are maps', () => {
    const schema = object({
      a: { ...INTEGER, maximum: 1 },
      l: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: object({ k: TEXT, v: { ...INTEGER, maximum: 1 } }),
      },
    });
    const old = { a: 5, l: [{ k: 'x', v: 5 }] };
    expect(
      texts(
        validateValue(
          '',
          {
            a: 5,
            l: [
              { k: 'y', v: 6 },
              { k: 'x', v: 5 },
            ],
          },
          schema,
          old,
        ),
      ),
    ).toEqual(['l[0].v: Invalid value: 6: l[0].v in body should be less than or equal to 1']);
  });

  it('that come twice in sets and maps are named once', () => {
    const errors: FieldError[] = [];
    const schema = object({
      s: { type: 'array', 'x-kubernetes-list-type': 'set', items: TEXT },
      m: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: OPEN },
    });
    validateListTypes('', { s: ['a', 'b', 'a', 'a'], m: [{ k: 1, x: 1 }, { k: 1 }] }, schema, errors);
    expect(texts(errors)).toEqual(['m[1]: Duplicate value: {"k":1}', 's[2]: Duplicate value: "a"']);
  });
});

describe('structural schemas', () => {
  it.each<[string, JsonSchema, string[]]>([
    ['have types', object({ a: {} }), ['s.properties[a].type: Required value: must not be empty for specified object fields']],
    ['describe items', object({ a: { type: 'array' } }), ['s.properties[a].items: Required value: must be specified']],
    [
      'describe fields before they restrict them',
      object({}, { anyOf: [{ properties: { a: { minimum: 1 } } }] }),
      ['s.properties[a]: Required value: because it is defined in s.anyOf[0].properties[a]'],
    ],
    [
      'set no types within alternatives',
      object({ a: { ...TEXT, anyOf: [{ type: 'string' }] } }),
      ['s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural'],
    ],
    [
      'may say that a value is a number or a text',
      object({ a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } }),
      [],
    ],
    [
      'leave metadata alone',
      object({ metadata: object({ labels: OPEN }) }),
      [
        's.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
    [
      'have patterns that can be read',
      object({ a: { ...TEXT, pattern: '(' } }),
      [
        's.properties[a].pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`',
      ],
    ],
  ])('%s', (_name, schema, expected) => {
    expect(texts(validateStructural('s', schema))).toEqual(expected);
  });
});

describe('definitions', () => {
  const behaviour = BEHAVIOURS.get('apiextensions.k8s.io/v1/customresourcedefinitions')!;
  const definition = (versions: object[], spec: object = {}): CustomResourceDefinition =>
    behaviour.prepareForCreate(
      behaviour.defaults({
        metadata: { name: 'as.x.io' },
        spec: { group: 'x.io', scope: 'Namespaced', names: { plural: 'as', kind: 'A' }, versions, ...spec },
      }),
      { nowMs: 0 },
    ) as CustomResourceDefinition;
  const version = (name: string, schema: object, more: object = {}) => ({
    name,
    served: true,
    storage: name === 'v1',
    schema: { openAPIV3Schema: schema },
    ...more,
  });
  const rule = (more: object) =>
    object({ spec: { ...object({ l: { type: 'array', items: TEXT } }), 'x-kubernetes-validations': [more] } } as Record<
      string,
      JsonSchema
    >);

  it('get names, a conversion and a status', () => {
    const made = definition([version('v1', object({}))]);
    expect(made.spec.names).toEqual({ plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' });
    expect(made.spec.conversion).toEqual({ strategy: 'None' });
    expect(made.status).toEqual({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: ['v1'] });
    expect(behaviour.validate({ ...made, metadata: { ...made.metadata, name: 'as.x.io' } })).toEqual([]);
  });

  it('remember every version in which objects were stored', () => {
    const old = definition([version('v1', object({}))]);
    const next = {
      ...old,
      spec: {
        ...old.spec,
        versions: [
          { ...old.spec.versions[0]!, storage: false },
          { ...version('v2', object({})), storage: true },
        ],
      },
    };
    const updated = behaviour.prepareForUpdate(next, old, '', { nowMs: 0 }) as CustomResourceDefinition;
    expect(updated.status?.storedVersions).toEqual(['v1', 'v2']);
    expect(updated.metadata?.generation).toBe(2);
  });

  it.each<[string, CustomResourceDefinition, string[]]>([
    [
      'name the version of a schema only where versions differ',
      definition([version('v1', object({ a: {} })), version('v2', object({}))]),
      ['spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields'],
    ],
    [
      'refuse rules that could cost too much',
      definition([version('v1', rule({ rule: 'self.l.all(a, self.l.exists(b, a == b))' }))]),
      [
        'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
        'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
        'spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
      ],
    ],
    [
      'refuse rules that are no tests',
      definition([version('v1', rule({ rule: 'self.l.size()' }))]),
      [
        'spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.l.size()","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool',
      ],
    ],
    [
      'refuse defaults that their schema refuses',
      definition([version('v1', object({ a: { ...INTEGER, maximum: 1, default: 2 } }))]),
      ['spec.validation.openAPIV3Schema.properties[a].default: Invalid value: 2:  in body should be less than or equal to 1'],
    ],
    [
      'refuse keys of maps that may be missing',
      definition([
        version(
          'v1',
          object({
            l: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: object({ k: TEXT }) },
          }),
        ),
      ]),
      [
        'spec.validation.openAPIV3Schema.properties[l].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
  ])('%s', (_name, given, expected) => {
    expect(texts(behaviour.validate(given))).toEqual(expected);
  });
});

describe('tables', () => {
  it('show what their columns find, in the type they say', () => {
    const { columns, row } = customTable([
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'List', type: 'string', jsonPath: '.spec.list' },
      { name: 'First', type: 'string', jsonPath: '.spec.list[0]' },
      { name: 'Wrong', type: 'integer', jsonPath: '.spec.list' },
      { name: 'None', type: 'string', jsonPath: '.spec.none' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]);
    expect(columns.map(({ name }) => name)).toEqual(['Name', 'Size', 'List', 'First', 'Wrong', 'None', 'Age']);
    const shown = row(
      { metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' }, spec: { size: 3.5, list: ['x', 'y'] } },
      { nowMs: Date.UTC(2026, 0, 1, 0, 1) },
    );
    expect(shown.cells).toEqual(['a', 3, '["x","y"]', 'x', null, null, '60s']);
  });

  it('show names and ages where nothing is said', () => {
    const { columns, row } = customTable(undefined);
    expect(columns.map(({ name }) => name)).toEqual(['Name', 'Age']);
    expect(row({ metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' } }, { nowMs: Date.UTC(2026, 0, 1, 1) }).cells).toEqual([
      'a',
      '60m',
    ]);
  });
});
