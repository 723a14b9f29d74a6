import { beforeAll, describe, expect, test } from 'vitest';
import { PODS } from '../api/kinds.ts';
import { KubectlHarness } from './testing.ts';

/* Excerpts of what kubectl v1.35 prints, ages aside. */

let kubectl: KubectlHarness;
beforeAll(() => {
  kubectl = new KubectlHarness();
  kubectl.write(
    'pods.yaml',
    ['a1 {app: a, env: prod} nginx:1.27', 'a2 {app: a, env: dev} busybox:1.36', 'b1 {app: b} alpine:3']
      .map((line) => {
        const [, name, labels, image] = /^(\S+) (\{.*\}) (\S+)$/.exec(line)!;
        return `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, labels: ${labels} }\nspec: { containers: [{ name: c, image: "${image}" }] }\n`;
      })
      .join('---\n'),
  );
  kubectl.write('cols.txt', 'NAME          IMAGE\nmetadata.name spec.containers[0].image\n');
  expect(kubectl.output('create -f pods.yaml')).toBe('pod/a1 created\npod/a2 created\npod/b1 created\n');
});

function ageless(text: string): string {
  return text.replace(/\b\d+s\b/g, '0s');
}

describe('kubectl get', () => {
  test.each([
    [
      'get pods -l app=a',
      'NAME   READY   STATUS    RESTARTS   AGE\na1     0/1     Pending   0          0s\na2     0/1     Pending   0          0s\n',
    ],
    [
      'get pods -L app,env --no-headers',
      'a1    0/1   Pending   0     0s    a     prod\na2    0/1   Pending   0     0s    a     dev\nb1    0/1   Pending   0     0s    b     \n',
    ],
    ['get pod b1 --show-labels', 'NAME   READY   STATUS    RESTARTS   AGE   LABELS\nb1     0/1     Pending   0          0s    app=b\n'],
    ["get pods -l 'app in (a,b),env!=dev' -o name", 'pod/a1\npod/b1\n'],
    ['get pods --sort-by=.metadata.labels.env -o name', 'pod/b1\npod/a2\npod/a1\n'],
    [
      "get pods --sort-by='{.spec.containers[0].image}' --no-headers",
      'b1    0/1   Pending   0     0s\na2    0/1   Pending   0     0s\na1    0/1   Pending   0     0s\n',
    ],
    ['get pods --sort-by=.nothing.here -o name', 'error: couldn\'t find any field with path "{.nothing.here}" in the list of objects\n'],
    ["get pods --sort-by='{.bad'", 'No resources found in default namespace.\n'],
    [
      'get pods --no-headers -o custom-columns=N:.metadata.name,I:.spec.containers[*].image',
      'a1    nginx:1.27\na2    busybox:1.36\nb1    alpine:3\n',
    ],
    ['get pods -o custom-columns-file=cols.txt', 'NAME   IMAGE\na1     nginx:1.27\na2     busybox:1.36\nb1     alpine:3\n'],
    [`get pods -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'`, 'a1\na2\nb1\n'],
    [
      'get pod/a1 pod/a2',
      'NAME   READY   STATUS    RESTARTS   AGE\na1     0/1     Pending   0          0s\na2     0/1     Pending   0          0s\n',
    ],
    ['get po a1 --show-kind', 'NAME     READY   STATUS    RESTARTS   AGE\npod/a1   0/1     Pending   0          0s\n'],
    [
      'get pods,svc -l app=b',
      'NAME   READY   STATUS    RESTARTS   AGE\npod/b1   0/1     Pending   0          0s\n'.replace('NAME   READY', 'NAME     READY'),
    ],
    ['get pods -A -l app=b', 'NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE\ndefault     b1     0/1     Pending   0          0s\n'],
  ])('%s', (line, expected) => {
    expect(ageless(kubectl.output(line))).toBe(expected);
  });

  test.each([
    [
      'get',
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n',
    ],
    ['get pods x -f missing.yaml', 'error: the path "missing.yaml" does not exist\n'],
    ['get pods a1 -l app=a', 'error: name cannot be provided when a selector is specified\n'],
    ['get pods -A a1', 'error: a resource cannot be retrieved by name across all namespaces\n'],
    ['get pods,widgets', 'error: the server doesn\'t have a resource type "widgets"\n'],
    ['get pods/', 'error: arguments in resource/name form must have a single resource and name\n'],
    ['get deployments.v2.apps', 'error: the server doesn\'t have a resource type "deployments"\n'],
    [
      'get pod nothing deploy/x',
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n",
    ],
    ['get pod a1 nothing -o name', 'pod/a1\nError from server (NotFound): pods "nothing" not found\n'],
    [
      'get pods -o bogus',
      'error: unable to match a printer suitable for the output format "bogus", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,wide,yaml\n',
    ],
    ['get pods -l app=zzz', 'No resources found in default namespace.\n'],
    ['get pods -A -l app=zzz', 'No resources found\n'],
    ['get pods --bogus', "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n"],
    ['gte pods', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n'],
    [
      'get pods -l app=a=b',
      'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "app=a=b", field selector "": found \'=\', expected: \',\' or \'end of string\'\n',
    ],
  ])('%s fails', (line, expected) => {
    expect(kubectl.run(line)).toEqual({ output: expected, code: expected.startsWith('No resources') ? 0 : 1 });
  });

  test('an object as YAML has its keys sorted and no managed fields', () => {
    expect(kubectl.output('get pod b1 -o yaml')).toMatch(/^apiVersion: v1\nkind: Pod\nmetadata:\n {2}creationTimestamp: "[^"]+"\n/);
    expect(kubectl.output('get pod b1 -o yaml')).not.toContain('managedFields');
    expect(kubectl.output('get pods -l app=b -o json')).toMatch(
      /^\{\n {4}"apiVersion": "v1",\n {4}"items": \[\n {8}\{\n {12}"apiVersion": "v1",/,
    );
  });

  test('a watch prints headers once and each change as a row, until its time is up', () => {
    const { api } = kubectl;
    api.kernel.after(
      1_000,
      () =>
        void api.kernel.root.spawn(
          'change',
          api.client.patch(PODS, { namespace: 'default', name: 'b1' }, 'merge', { metadata: { labels: { x: 'y' } } }) as never,
        ),
    );
    expect(ageless(kubectl.output('get pod b1 -w --request-timeout=3s'))).toBe(
      'NAME   READY   STATUS    RESTARTS   AGE\nb1     0/1     Pending   0          0s\nb1     0/1     Pending   0          0s\n',
    );
  });
});
