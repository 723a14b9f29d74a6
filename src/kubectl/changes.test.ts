import { describe, expect, test } from 'vitest';
import { NetError } from '../net/fabric.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { CONFIG_MAPS } from '../api/kinds.ts';
import { KubectlHarness } from './testing.ts';
import { createKubectl } from './main.ts';
import { CallbackWriter, TextReader } from '../machine/streams.ts';
import type { Client } from '../client/client.ts';
import type { ProgramContext, System } from '../machine/program.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        env:
        - { name: A, value: "1" }
        - { name: B, value: "2" }
`;

/** Runs a session: lines that begin with `$ ` are commands, what follows is what they print. */
function session(kubectl: KubectlHarness, transcript: string): void {
  const printed: string[] = [];
  for (const step of transcript.trim().split(/^\$ /m).slice(1)) {
    const [line] = step.split('\n');
    printed.push(`$ ${line}\n${kubectl.output(line!.replace(/^kubectl /, ''))}`);
  }
  expect(printed.join('').trimEnd()).toBe(transcript.trim());
}

describe('kubectl apply', () => {
  test('creates, leaves alone, changes what differs and removes what is no longer there', () => {
    const kubectl = new KubectlHarness();
    kubectl.write('web.yaml', DEPLOYMENT);
    session(
      kubectl,
      `
$ kubectl apply -f web.yaml --dry-run=client
deployment.apps/web created (dry run)
$ kubectl apply -f web.yaml --dry-run=server
deployment.apps/web created (server dry run)
$ kubectl apply -f web.yaml
deployment.apps/web created
$ kubectl apply -f web.yaml
deployment.apps/web unchanged
$ kubectl scale deploy web --replicas=5
deployment.apps/web scaled
`,
    );
    kubectl.write('web.yaml', DEPLOYMENT.replace('        - { name: B, value: "2" }\n', '').replace('  replicas: 2\n', ''));
    session(
      kubectl,
      `
$ kubectl apply -f web.yaml
deployment.apps/web configured
$ kubectl get deploy web -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].env}{"\\n"}'
1 [{"name":"A","value":"1"}]
$ kubectl apply -f web.yaml -o name
deployment.apps/web
`,
    );
  });

  test('keeps what others have set', () => {
    const kubectl = new KubectlHarness();
    kubectl.write('web.yaml', DEPLOYMENT);
    kubectl.output('apply -f web.yaml');
    kubectl.output('label deploy web team=x');
    kubectl.write('web.yaml', DEPLOYMENT.replace('1.27', '1.28'));
    expect(kubectl.output('apply -f web.yaml')).toBe('deployment.apps/web configured\n');
    expect(kubectl.output("get deploy web -o jsonpath='{.metadata.labels} {.spec.template.spec.containers[0].image}'")).toBe(
      '{"app":"web","team":"x"} nginx:1.28',
    );
  });

  test('warns of what was not made by apply, once for each object', () => {
    const kubectl = new KubectlHarness();
    kubectl.output('create configmap plain --from-literal=a=1');
    const manifest = kubectl.output('create configmap plain --from-literal=a=2 --dry-run=client -o yaml');
    const warning =
      'Warning: resource configmaps/plain is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n';
    expect(kubectl.output('apply -f -', manifest)).toBe(`${warning}configmap/plain configured\n`);
    expect(kubectl.output('apply -f -', manifest)).toBe('configmap/plain unchanged\n');
  });

  test('goes on after a document that fails and tells of it at the end', () => {
    const kubectl = new KubectlHarness();
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n---\napiVersion: v1\nkind: Foo\nmetadata: { name: x }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: b }\n';
    expect(kubectl.run('apply -f -', text)).toEqual({
      output:
        'configmap/a created\nconfigmap/b created\nerror: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Foo" in version "v1"\nensure CRDs are installed first\n',
      code: 1,
    });
  });
});

test('kubectl delete waits until what it deletes is gone', () => {
  const kubectl = new KubectlHarness();
  const { api } = kubectl;
  kubectl.output('apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: held, finalizers: [example.com/hold] }\n');
  const before = api.kernel.now;
  const release = function* (): Task<void> {
    yield* sleep(5_000);
    yield* api.client.patch(CONFIG_MAPS, { namespace: 'default', name: 'held' }, 'merge', { metadata: { finalizers: null } });
  };
  api.kernel.root.spawn('release', release());
  expect(kubectl.output('delete cm held')).toBe('configmap "held" deleted from default namespace\n');
  expect(api.kernel.now - before).toBeGreaterThanOrEqual(5_000);
});

test('kubectl delete gives up waiting when its time is up', () => {
  const kubectl = new KubectlHarness();
  kubectl.output('apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: held, finalizers: [example.com/hold] }\n');
  expect(kubectl.run('delete cm held --timeout=2s')).toEqual({
    output: 'configmap "held" deleted from default namespace\nerror: timed out waiting for the condition on configmaps/held\n',
    code: 1,
  });
});

test('labels, annotations, scale and images', () => {
  const kubectl = new KubectlHarness();
  kubectl.write('web.yaml', DEPLOYMENT);
  session(
    kubectl,
    `
$ kubectl create -f web.yaml
deployment.apps/web created
$ kubectl label deploy web env=prod
deployment.apps/web labeled
$ kubectl label deploy web env=prod
deployment.apps/web not labeled
$ kubectl label deploy web env=dev
error: 'env' already has a value (prod), and --overwrite is false
$ kubectl label deploy web env=dev --overwrite
deployment.apps/web labeled
$ kubectl label deploy web env-
deployment.apps/web unlabeled
$ kubectl label deploy web env-
label "env" not found.
deployment.apps/web not labeled
$ kubectl label deploy web x=1 x-
error: can not both modify and remove a label in the same command
$ kubectl annotate deploy web note=hello
deployment.apps/web annotated
$ kubectl scale deploy web --current-replicas=5 --replicas=1
error: Expected replicas to be 5, was 2
$ kubectl scale deploy web
error: required flag(s) "replicas" not set
$ kubectl scale deploy -l app=web --replicas=0
deployment.apps/web scaled
$ kubectl set image deploy/web nginx=nginx:1.28
deployment.apps/web image updated
$ kubectl set image deploy/web nginx=nginx:1.28
$ kubectl set image deploy/web nope=nginx
error: unable to find container named "nope"
$ kubectl patch deploy web -p '{"spec":{"replicas":0}}'
deployment.apps/web patched (no change)
$ kubectl patch deploy web -p '{"spec":{"replicas":-1}}'
The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0
$ kubectl rollout pause deploy/web
deployment.apps/web paused
$ kubectl rollout pause deploy/web
error: deployments.apps "web" is already paused
$ kubectl wait --for=condition=Available deploy/web --timeout=1s
error: timed out waiting for the condition on deployments/web
`,
  );
});

test.each([[['get', 'pods']], [['apply', '-f', '-']], [['delete', 'pod', 'x']], [['describe', 'nodes']]])(
  'without a server %j says that it was refused',
  (args) => {
    const kubectl = new KubectlHarness();
    const { kernel } = kubectl.api;
    const refused = {
      *raw(): Task<never> {
        throw new NetError('ECONNREFUSED', '10.0.0.10:6443', 'dial tcp 10.0.0.10:6443: connect: connection refused');
      },
    } as unknown as Client;
    let output = '';
    const terminal = new CallbackWriter((text) => (output += text));
    const context = {
      system: { kernel, files: kubectl.files, programs: new Map() } as unknown as System,
      kernel,
      group: kernel.root.child('kubectl'),
      name: 'kubectl',
      args,
      env: new Map([['HOME', '/root']]),
      cwd: '/root',
      stdin: new TextReader('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'),
      stdout: terminal,
      stderr: terminal,
    } satisfies ProgramContext;
    expect(kubectl.api.run(createKubectl({ clientFor: () => refused })(context))).toBe(1);
    expect(output).toBe('The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n');
  },
);
