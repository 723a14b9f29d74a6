import { expect, test } from 'vitest';
import { KubectlHarness } from './testing.ts';
import { applyFiles } from './apply-files.ts';

test('creates, gets and deletes', () => {
  const kubectl = new KubectlHarness();
  kubectl.write('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n');
  kubectl.write('web.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: nginx, image: nginx}]}}\n---\napiVersion: v1\nkind: Foo\n');
  const say = (line: string) => console.log(`$ kubectl ${line}\n${kubectl.output(line)}`);
  say('create -f c.yaml');
  say('apply -f c.yaml');
  say('apply -f c.yaml');
  say('apply -f web.yaml');
  say('apply -f web.yaml');
  say('get all');
  say('get cm,deploy -A');
  console.log(JSON.stringify(kubectl.api.run(applyFiles(kubectl.api.client, [{name: 'x.yaml', text: '\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n  - name: X_y\n    image: nginx\n---\nkind: [\n'}, {name: 'y.yaml', text: kubectl.files.read('/root/web.yaml')}])), null, 1));
  expect(1).toBe(1);
});
