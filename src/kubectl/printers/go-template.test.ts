import { describe, expect, test } from 'vitest';
import { templatePrinter } from './go-template.ts';

const LIST = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { metadata: { name: 'one', labels: { app: 'a', tier: 'web' } }, spec: { containers: [{ name: 'x' }, { name: 'y' }] } },
    { metadata: { name: 'two' }, spec: { containers: [] } },
  ],
};

describe('a go template', () => {
  test.each([
    ['{{.kind}}', 'List'],
    ['{{range .items}}{{.metadata.name}}: {{len .spec.containers}}{{"\\n"}}{{end}}', 'one: 2\ntwo: 0\n'],
    ['{{range $i, $item := .items}}{{$i}}={{$item.metadata.name}} {{end}}', '0=one 1=two '],
    ['{{range .items}}{{range $k, $v := .metadata.labels}}{{$k}}:{{$v}},{{end}}{{else}}none{{end}}', 'app:a,tier:web,'],
    ['{{range .nothing}}x{{else}}none{{end}}', 'none'],
    ['{{if eq .kind "List"}}yes{{else}}no{{end}}', 'yes'],
    ['{{if not .items}}empty{{else if gt (len .items) 1}}many{{else}}one{{end}}', 'many'],
    ['{{with index .items 0}}{{.metadata.name}}{{end}}', 'one'],
    ['{{$n := len .items}}{{printf "%s has %d" .kind $n}}', 'List has 2'],
    ['{{(index .items 0).metadata.labels.tier | printf "%q"}}', '"web"'],
    ['a {{- .kind -}} b', 'aListb'],
    ['{{/* nothing */}}{{.apiVersion}}', 'v1'],
    ['{{.missing.field}}', '<no value>'],
    ['{{index (index .items 0).metadata.labels "app"}}', 'a'],
    ['{{range .items}}{{if eq .metadata.name "two"}}{{break}}{{end}}{{.metadata.name}}{{end}}', 'one'],
  ])('%s', (template, text) => {
    expect(templatePrinter(template, true)(LIST)).toBe(text);
  });

  test.each([
    [
      '{{range .items}}{{.metadata.name\n',
      'error parsing template {{range .items}}{{.metadata.name\n, template: output:2: unclosed action started at output:1',
    ],
    ['{{if .x}}', 'error parsing template {{if .x}}, template: output:1: unexpected EOF'],
    ['{{end}}', 'error parsing template {{end}}, template: output:1: unexpected {{end}}'],
  ])('that cannot be read says where: %j', (template, message) => {
    expect(() => templatePrinter(template, true)).toThrow(message);
  });
});
