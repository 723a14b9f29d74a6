import { expect, test } from 'vitest';
import { JsonPath, JsonPathError, relaxedJsonPath } from './jsonpath.ts';

const deployment = {
  metadata: { name: 'one', labels: { tier: 'web', 'example.com/x': 'y' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'one' } },
    paused: false,
    note: null,
    template: {
      spec: {
        containers: [
          {
            name: 'main',
            image: 'nginx:1.27',
            ports: [
              { containerPort: 80, name: 'http', protocol: 'TCP' },
              { containerPort: 443, protocol: 'TCP' },
            ],
          },
          { name: 'side', image: 'busybox:1.36' },
        ],
      },
    },
  },
};
const list = { kind: 'List', items: [deployment, { metadata: { name: 'two' }, spec: { replicas: 3 } }] };

test.each([
  ['{.metadata.name}', 'one'],
  ['metadata.name', 'metadata.name'],
  ['{$.metadata.name} and {@.kind}', 'one and '],
  ['{.spec.replicas} {.spec.paused} {.spec.note}', '0 false null'],
  ['{.spec.template.spec.containers[?(@.name=="side")].image}', 'busybox:1.36'],
  ["{.spec.template.spec.containers[?(@.name!='side')].image}", 'nginx:1.27'],
  ['{.spec.template.spec.containers[0].ports[?(@.containerPort>100)]}', '{"containerPort":443,"protocol":"TCP"}'],
  ['{.spec.template.spec.containers[0].ports[?(@.name)].containerPort}', '80'],
  ['{.spec.template.spec.containers[-1:].name} {.spec.template.spec.containers[0:2].name}', 'side main side'],
  ['{.spec.template.spec.containers[0,1].name}', 'main side'],
  ['{.spec.template.spec.containers[-1].name}', 'side'],
  ['{.spec.template.spec.containers[::2].name}', 'main'],
  ['{..image}', 'nginx:1.27 busybox:1.36'],
  ['{.metadata.labels.example\\.com/x}', 'y'],
  ["{.metadata.labels['tier','example\\.com/x']}", 'web y'],
  ['{.metadata.labels.*}', 'y web'],
  ['{.spec.selector}', '{"matchLabels":{"app":"one"}}'],
  ['{.nothing.there}{"|\\n"}', '|\n'],
  ["{'it\\'s\\t'}x", "it's\tx"],
  ['{.spec.template.spec.containers[*].name}', 'main side'],
  ['{.spec.template.spec.containers[0]["name"]}', undefined],
])('the template %s over a deployment gives %j', (template, text) => {
  const print = () => new JsonPath(template, { allowMissingKeys: true }).print(deployment);
  if (text === undefined) expect(print).toThrow('invalid array index "name"');
  else expect(print()).toBe(text);
});

test.each([
  ['{range .items[*]}{.metadata.name}{"\\t"}{.spec.replicas}{"\\n"}{end}', 'one\t0\ntwo\t3\n'],
  ['{range .items[*]}{.metadata.name}:{range .spec.template.spec.containers[*]}{.name},{end};{end}!', 'one:main,side,;two:;!'],
  ['{range .nothing[*]}x{end}y', 'y'],
  ['{range .items[*]}{.metadata.name}', 'onetwo'],
  ['{.items[*].metadata.name}', 'one two'],
  ['{.items[?(@.spec.replicas>=3)].metadata.name}', 'two'],
  ['{.items[?(@.metadata.name==@.metadata.name)].spec.replicas}', '0 3'],
])('the template %s over a list gives %j', (template, text) => {
  expect(new JsonPath(template, { allowMissingKeys: true }).print(list)).toBe(text);
});

test.each([
  ['{.metadata.name', 'unclosed action'],
  ['{.items[?(@.x=]}', 'unterminated filter'],
  ['{.items[?(@.x)}', 'unclosed array expect ]'],
  ['{.items[0}', 'unterminated array'],
  ['{.items[x]}', 'invalid array index x'],
  ['{"abc}', 'unterminated quoted string'],
  ['{#}', "unrecognized character in action: U+0023 '#'"],
  ['{....a}', 'invalid multiple recursive descent'],
  ['{end}', 'not in range, nothing to end'],
  ['{foo}', 'unrecognized identifier foo'],
  ['{.spec.template.spec.containers[7].name}', 'array index out of bounds: index 7, length 2'],
  ['{.spec[0]}', 'map[string]interface {} is not array or slice'],
  ['{.metadata[?(@.a)]}', 'map[labels:map[example.com/x:y tier:web] name:one] is not array or slice and cannot be filtered'],
  ['{.spec.template.spec.containers[?(@.name>1)]}', 'incompatible types for comparison'],
  ['{.spec.template.spec.containers[?(@.name=~"x")]}', "unrecognized character in action: U+007E '~'"],
])('the template %s fails', (template, message) => {
  expect(() => new JsonPath(template, { allowMissingKeys: true }).print(deployment)).toThrow(new JsonPathError(message));
});

test('a missing field is an error unless it is allowed', () => {
  expect(() => new JsonPath('{.a.b}').print({})).toThrow('a is not found');
});

test('found values print as JSON lists', () => {
  expect(new JsonPath('{.spec.template.spec.containers[*].name}').printAsJson(deployment)).toBe('[\n    "main",\n    "side"\n]\n');
});

test('composite values print as Go encodes JSON', () => {
  expect(new JsonPath('{.a}').print({ a: { z: '<&>', b: [1.5, null] } })).toBe('{"b":[1.5,null],"z":"\\u003c\\u0026\\u003e"}');
});

test.each([
  ['metadata.name', '{.metadata.name}'],
  ['.metadata.name', '{.metadata.name}'],
  ['{metadata.name}', '{.metadata.name}'],
  ['{.metadata.name}', '{.metadata.name}'],
])('the loose path %s means %s', (loose, template) => {
  expect(relaxedJsonPath(loose)).toBe(template);
});

test('a loose path with unbalanced braces is refused', () => {
  expect(() => relaxedJsonPath('{.bad')).toThrow(
    "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
  );
});
