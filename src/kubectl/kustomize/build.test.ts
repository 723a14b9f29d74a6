import { describe, expect, test } from 'vitest';
import { Kernel } from '../../sim/kernel.ts';
import { MemoryFiles } from '../../machine/memory-files.ts';
import { kustomizationText } from './build.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - { name: nginx, image: nginx, envFrom: [{ configMapRef: { name: conf } }] }
`;

function built(files: Readonly<Record<string, string>>, folder: string): string {
  const tree = new MemoryFiles(new Kernel(1));
  for (const [path, text] of Object.entries(files)) {
    const absolute = `/root/${path}`;
    tree.makeDirectory(absolute.slice(0, absolute.lastIndexOf('/')), { parents: true });
    tree.write(absolute, text);
  }
  return kustomizationText({ files: tree, cwd: '/root' }, folder);
}

describe('a kustomization', () => {
  test('names, labels, patches and generates, on top of another', () => {
    const text = built(
      {
        'base/kustomization.yaml': 'resources: [deploy.yaml]\n',
        'base/deploy.yaml': DEPLOYMENT,
        'prod/kustomization.yaml': `resources: [../base]
namePrefix: prod-
labels:
- pairs: { env: prod }
images:
- { name: nginx, newTag: "1.27" }
replicas:
- { name: web, count: 2 }
configMapGenerator:
- name: conf
  literals: [a=1]
patches:
- target: { kind: Deployment }
  patch: |
    - op: add
      path: /metadata/annotations
      value: { note: patched }
`,
      },
      'prod',
    );
    expect(text).toBe(`apiVersion: v1
data:
  a: "1"
kind: ConfigMap
metadata:
  labels:
    env: prod
  name: prod-conf-h29d89cmmt
---
apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    note: patched
  labels:
    env: prod
  name: prod-web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - envFrom:
        - configMapRef:
            name: prod-conf-h29d89cmmt
        image: nginx:1.27
        name: nginx
`);
  });

  test('with a namespace and common labels changes selectors too', () => {
    const text = built(
      { 'a/kustomization.yaml': 'resources: [d.yaml]\nnamespace: team\ncommonLabels: { app: x }\n', 'a/d.yaml': DEPLOYMENT },
      'a',
    );
    expect(text).toContain('  labels:\n    app: x\n  name: web\n  namespace: team\n');
    expect(text).toContain('  selector:\n    matchLabels:\n      app: x\n');
  });

  test.each([
    [
      {},
      'nothing',
      "must build at directory: not a valid directory: evalsymlink failure on 'nothing' : lstat /root/nothing: no such file or directory",
    ],
    [
      { 'none/x': '' },
      'none',
      "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/root/none'",
    ],
    [{ 'a/kustomization.yaml': 'resorces: []\n' }, 'a', 'invalid Kustomization: json: unknown field "resorces"'],
    [{ 'a/kustomization.yaml': 'resources: [../a]\n' }, 'a', 'cycle detected'],
    [{ 'a/kustomization.yaml': 'resources: [x.yaml]\n' }, 'a', 'no such file or directory'],
  ])('that cannot be built says why: %j', (files, folder, message) => {
    expect(() => built(files, folder)).toThrow(message);
  });
});
