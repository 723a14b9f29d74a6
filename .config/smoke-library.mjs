// A journey of @kubernetes/client-node: create, read, patch, apply on the server's side, watch, logs, delete.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  PatchStrategy,
  Watch,
  setHeaderOptions,
} from '@kubernetes/client-node';

const SOON_MS = 60_000;
const NAMESPACE = 'smoke-library';

async function soon(what, check) {
  const deadline = Date.now() + SOON_MS;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const template = (app, container) => ({ metadata: { labels: { app } }, spec: { containers: [container] } });

async function watchesADeployment(config, apps) {
  const seen = [];
  const controller = await new Watch(config).watch(
    `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
    {},
    (type, object) => seen.push(`${type} ${object.metadata.name}`),
    () => {},
  );
  const spec = {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: template('web', { name: 'nginx', image: 'nginx:1.27' }),
  };
  await apps.createNamespacedDeployment({ namespace: NAMESPACE, body: { metadata: { name: 'web' }, spec } });
  await soon(
    'a roll-out',
    async () => (await apps.readNamespacedDeployment({ namespace: NAMESPACE, name: 'web' })).status?.readyReplicas === 2,
  );
  await soon('watch events', async () => seen.includes('ADDED web') && seen.includes('MODIFIED web'));
  controller.abort();
}

async function changesADeployment(config, apps) {
  const patch = [{ op: 'replace', path: '/spec/replicas', value: 1 }];
  const patched = await apps.patchNamespacedDeployment(
    { namespace: NAMESPACE, name: 'web', body: patch },
    setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
  );
  assert.equal(patched.spec.replicas, 1);
  const scale = await apps.readNamespacedDeploymentScale({ namespace: NAMESPACE, name: 'web' });
  assert.equal(scale.spec.replicas, 1);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: NAMESPACE }, data: { mode: 'a' } };
  const applied = await objects.patch(settings, undefined, undefined, 'smoke', true, PatchStrategy.ServerSideApply);
  assert.equal(applied.data.mode, 'a');
  assert.equal(applied.metadata.managedFields[0].operation, 'Apply');
}

async function followsLogs(config, core) {
  const container = { name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one; sleep 3; echo two'] };
  await core.createNamespacedPod({
    namespace: NAMESPACE,
    body: { metadata: { name: 'talker' }, spec: { restartPolicy: 'Never', containers: [container] } },
  });
  await soon(
    'a running pod',
    async () => (await core.readNamespacedPod({ namespace: NAMESPACE, name: 'talker' })).status?.phase === 'Running',
  );
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (data) => (text += data));
  const ended = new Promise((resolve) => stream.on('end', resolve));
  await new Log(config).log(NAMESPACE, 'talker', 'c', stream, { follow: true });
  await ended;
  assert.equal(text, 'one\ntwo\n');
}

export async function clientLibrary(kubeconfig) {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  await core.createNamespace({ body: { metadata: { name: NAMESPACE } } });
  await watchesADeployment(config, apps);
  await changesADeployment(config, apps);
  await followsLogs(config, core);
  const { items } = await core.listNamespacedPod({ namespace: NAMESPACE });
  assert.ok(items.length >= 2);
  await assert.rejects(core.readNamespacedPod({ namespace: NAMESPACE, name: 'nobody' }), (error) => error.code === 404);
  await core.deleteNamespace({ name: NAMESPACE });
  await soon(
    'the end of the namespace',
    async () => !(await core.listNamespace()).items.some(({ metadata }) => metadata.name === NAMESPACE),
  );
}
