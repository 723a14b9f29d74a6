import { describe, expect, test } from 'vitest';
import { applyFiles } from './apply-files.ts';
import { KubectlHarness } from './testing.ts';

function applied(...files: [name: string, text: string][]) {
  const { api } = new KubectlHarness();
  return api.run(
    applyFiles(
      api.client,
      files.map(([name, text]) => ({ name, text })),
    ),
  );
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: nginx
    image: nginx
`;

describe('files from outside', () => {
  test('are applied in order, each document with its line', () => {
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
    expect(
      applied(['a.yaml', `# first\n${map}---\n${POD}`], ['b.yaml', map]).map(
        ({ file, line, object, outcome }) => `${file}:${line} ${object} ${outcome}`,
      ),
    ).toEqual(['a.yaml:2 configmap/a created', 'a.yaml:6 pod/web created', 'b.yaml:1 configmap/a unchanged']);
  });

  test.each([
    [
      'a value that is refused',
      POD.replace('name: nginx', 'name: Web_1'),
      7,
      /^The Pod "web" is invalid: spec\.containers\[0\]\.name: Invalid value/,
    ],
    [
      'an unknown field',
      POD.replace('    image:', '    imagePolicy: x\n    image:'),
      8,
      /strict decoding error: unknown field "spec\.containers\[0\]\.imagePolicy"$/,
    ],
    [
      'a wrong type',
      POD.replace('spec:', 'spec:\n  activeDeadlineSeconds: soon'),
      6,
      /cannot unmarshal string into Go struct field PodSpec\.spec\.activeDeadlineSeconds of type int64$/,
    ],
    ['a missing field', POD.replace('    image: nginx\n', ''), 7, /spec\.containers\[0\]\.image: Required value$/],
    ['an unknown kind', POD.replace('kind: Pod', 'kind: Foo'), 2, /no matches for kind "Foo" in version "v1"/],
    ['a kind that is not there', POD.replace('kind: Pod\n', ''), 1, /error validating data: kind not set/],
    [
      'a label that is no text',
      POD.replace('  name: web', '  name: web\n  labels: { n: 5 }'),
      1,
      /^unable to decode "f\.yaml": json: cannot unmarshal number/,
    ],
    ['broken YAML', `${POD}bad: [\n`, 9, /^error parsing f\.yaml: error converting YAML to JSON: yaml: /],
    [
      'a namespace that does not exist',
      POD.replace('  name: web', '  name: web\n  namespace: nowhere'),
      1,
      /namespaces "nowhere" not found$/,
    ],
  ])('with %s say so at the line', (_what, text, line, message) => {
    const [document] = applied(['f.yaml', text]);
    expect(document).toMatchObject({ outcome: 'failed', error: { line, message: expect.stringMatching(message) } });
  });

  test('go on after a document that failed, and gather the warnings of each', () => {
    const { api } = new KubectlHarness();
    const text = `apiVersion: v1\nkind: Foo\n---\napiVersion: v1\nkind: Endpoints\nmetadata: { name: e }\n---\napiVersion: v1\nkind: Endpoints\nmetadata: { name: f }\n`;
    const documents = api.run(applyFiles(api.client, [{ name: 'f.yaml', text }]));
    expect(documents.map(({ outcome, warnings }) => [outcome, warnings.length])).toEqual([
      ['failed', 0],
      ['created', 1],
      ['created', 1],
    ]);
  });
});
