import { expect, test } from 'vitest';
import { KubectlHarness } from './testing.ts';

test('creates, gets and deletes', () => {
  const kubectl = new KubectlHarness();
  kubectl.write('c.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n');
  console.log(kubectl.output('create -f c.yaml'));
  console.log(kubectl.output('create -f c.yaml'));
  console.log(kubectl.output('get cm'));
  console.log(kubectl.output('get cm a -o yaml'));
  console.log(kubectl.output('create deployment web --image=nginx --replicas=2'));
  console.log(kubectl.output('get deploy,cm -o name'));
  console.log(kubectl.output('delete cm a'));
  console.log(kubectl.output('get pods nothing --bogus'));
  console.log(kubectl.output('get pods'));
  expect(1).toBe(1);
});
