import { expect, test } from 'vitest';
import { PODS } from '../api/kinds.ts';
import { KubectlHarness } from './testing.ts';

/* Excerpts of what kubectl v1.35 prints. */

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { note: hello } }
spec:
  replicas: 1
  minReadySeconds: 1
  strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 0 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: default
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{ containerPort: 80, name: http }]
        env: [{ name: A, value: "1" }, { name: NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
        resources: { requests: { cpu: 50m }, limits: { memory: 64Mi } }
        readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 }
        livenessProbe: { httpGet: { path: /, port: http }, initialDelaySeconds: 3 }
        volumeMounts: [{ name: conf, mountPath: /conf, readOnly: true }, { name: tmp, mountPath: /scratch }]
      volumes:
      - { name: conf, configMap: { name: conf, optional: true } }
      - { name: tmp, emptyDir: {} }
`;

test('a deployment is described with its template, its replica sets and its events', () => {
  const kubectl = new KubectlHarness();
  kubectl.write('web.yaml', WEB);
  kubectl.output('create -f web.yaml');
  expect(kubectl.output('describe deploy web')).toBe(`Name:                   web
Namespace:              default
CreationTimestamp:      Thu, 01 Jan 2026 00:00:01 +0000
Labels:                 <none>
Annotations:            note: hello
Selector:               app=web
Replicas:               1 desired | 0 updated | 0 total | 0 available | 0 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        1
RollingUpdateStrategy:  0 max unavailable, 2 max surge
Pod Template:
  Labels:           app=web
  Service Account:  default
  Containers:
   nginx:
    Image:      nginx:1.27
    Port:       80/TCP (http)
    Host Port:  0/TCP (http)
    Limits:
      memory:  64Mi
    Requests:
      cpu:      50m
    Liveness:   http-get http://:http/ delay=3s timeout=1s period=10s #success=1 #failure=3
    Readiness:  tcp-socket :80 delay=0s timeout=1s period=5s #success=1 #failure=3
    Environment:
      A:     1
      NAME:   (v1:metadata.name)
    Mounts:
      /conf from conf (ro)
      /scratch from tmp (rw)
  Volumes:
   conf:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      conf
    Optional:  true
   tmp:
    Type:          EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:        
    SizeLimit:     <unset>
  Node-Selectors:  <none>
  Tolerations:     <none>
OldReplicaSets:    <none>
NewReplicaSet:     <none>
Events:            <none>
`);
});

test('a pod is described with the states of its containers', () => {
  const kubectl = new KubectlHarness();
  kubectl.output(
    ['create', '-f', '-'],
    'apiVersion: v1\nkind: Pod\nmetadata: { name: solo, labels: { app: solo } }\nspec: { containers: [{ name: c, image: "nginx:1.27", command: [sleep, "10"], args: [x] }] }\n',
  );
  const { api } = kubectl;
  const times = { startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-02T00:00:00Z' };
  const state = { running: { startedAt: '2026-01-01T00:00:01Z' } };
  const lastState = { terminated: { exitCode: 137, reason: 'Error', ...times } };
  const containerStatuses = [
    {
      name: 'c',
      image: 'nginx:1.27',
      imageID: 'docker-pullable://nginx@sha256:1',
      containerID: 'docker://2',
      ready: true,
      restartCount: 1,
      state,
      lastState,
    },
  ];
  const status = {
    phase: 'Running',
    podIP: '10.0.0.5',
    podIPs: [{ ip: '10.0.0.5' }],
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses,
  };
  api.run(api.client.patch(PODS, { namespace: 'default', name: 'solo' }, 'merge', { status }, { subresource: 'status' }));
  const text = kubectl.output('describe pod so');
  expect(text).toContain(
    'Node:             <none>\nLabels:           app=solo\nAnnotations:      <none>\nStatus:           Running\nIP:               10.0.0.5\nIPs:\n  IP:  10.0.0.5\n',
  );
  expect(text).toContain(`  c:
    Container ID:  docker://2
    Image:         nginx:1.27
    Image ID:      docker-pullable://nginx@sha256:1
    Port:          <none>
    Host Port:     <none>
    Command:
      sleep
      10
    Args:
      x
    State:          Running
      Started:      Thu, 01 Jan 2026 00:00:01 +0000
    Last State:     Terminated
      Reason:       Error
      Exit Code:    137
      Started:      Thu, 01 Jan 2026 00:00:00 +0000
      Finished:     Fri, 02 Jan 2026 00:00:00 +0000
    Ready:          True
    Restart Count:  1
    Environment:    <none>
`);
  expect(text).toContain('Conditions:\n  Type    Status\n  Ready   True \n');
});

test('a config map is described with its data as it stands', () => {
  const kubectl = new KubectlHarness();
  kubectl.write('app.properties', 'colour=blue\nsize=10\n');
  kubectl.output('create configmap file --from-file=app.properties');
  expect(kubectl.output('describe cm file')).toBe(
    'Name:         file\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\napp.properties:\n----\ncolour=blue\nsize=10\n\n\n\nBinaryData\n====\n\nEvents:  <none>\n',
  );
});

test.each([
  ['describe pod nothing', 'Error from server (NotFound): pods "nothing" not found\n', 1],
  ['describe pods -l app=nothing', 'No resources found in default namespace.\n', 0],
  ['describe widgets', 'error: the server doesn\'t have a resource type "widgets"\n', 1],
  [
    'describe',
    'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    1,
  ],
])('%s', (line, output, code) => {
  expect(new KubectlHarness().run(line)).toEqual({ output, code });
});
