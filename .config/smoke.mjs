// Real clients against `npm run serve`: Debian's kubectl 1.20.2 and
// @kubernetes/client-node.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { clientLibrary } from './smoke-library.mjs';
import { startServer } from './serve.mjs';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const cache = path.resolve(here, '../.kubarium/kubernetes-client');
const COMMAND_MS = 60_000;

/** Debian's kubectl, unpacked without being installed; undefined where there is no apt or no such package. */
function debianKubectl() {
  const binary = path.join(cache, 'usr/bin/kubectl');
  if (fs.existsSync(binary)) return binary;
  fs.mkdirSync(cache, { recursive: true });
  const shell = (script) => spawnSync('sh', ['-c', script], { cwd: cache, stdio: 'ignore' }).status === 0;
  if (!shell('command -v apt-get && command -v dpkg')) return undefined;
  const unpack = 'apt-get download -qq kubernetes-client && dpkg -x kubernetes-client_*.deb .';
  if (!shell(unpack) && !(shell('apt-get update -qq') && shell(unpack))) return undefined;
  return fs.existsSync(binary) ? binary : undefined;
}

/**
 * Debian's, or else the one on the PATH. Newer ones than 1.31 send typed objects as protocol buffers,
 * which the server does not read yet.
 */
function kubectls() {
  const debian = debianKubectl();
  if (debian) return [debian];
  const onPath = spawnSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).stdout.trim();
  return onPath ? [onPath] : [];
}

/** Runs a command to its end, or until its output matches `until`; answers its output and how it ended. */
function run(binary, args, { input, until, onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let text = '';
    let done = false;
    const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_MS);
    const read = (data) => {
      text += data;
      onOutput?.();
      if (!until?.test(text) || done) return;
      done = true;
      child.kill();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.on('error', (error) => resolve({ text: error.message, ok: false }));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ text, ok: done || code === 0 });
    });
  });
}

const CONFIG = (value) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {mode: "${value}"}\n`;
const TALKER = `apiVersion: v1
kind: Pod
metadata: {name: talker}
spec:
  restartPolicy: Never
  containers:
  - {name: c, image: busybox, command: [sh, -c, "echo one; sleep 3; echo two"]}
`;

async function kubectlJourney(binary, kubeconfig, namespace) {
  const step = async (args, expected, options = {}) => {
    const { text, ok } = await run(binary, ['--kubeconfig', kubeconfig, '-n', namespace, ...args], options);
    if (ok && expected.test(text)) return;
    throw new Error(`kubectl ${args.join(' ')}: expected ${expected}, got ${ok ? '' : 'a failure and '}\n${text}`);
  };
  await step(['version'], /Server Version.*1\.?"?,? ?(Minor:")?.?35/s);
  await step(['get', 'nodes'], /\bReady\b/);
  await step(['create', 'namespace', namespace], /namespace\/\S+ created/);
  await step(['create', 'deployment', 'web', '--image=nginx:1.27'], /deployment\.apps\/web created/);
  await step(['rollout', 'status', 'deployment/web', '--timeout=50s'], /successfully rolled out/);
  await step(['apply', '-f', '-'], /configmap\/settings created/, { input: CONFIG('a') });
  await step(['apply', '-f', '-'], /configmap\/settings configured/, { input: CONFIG('b') });
  await step(['apply', '-f', '-'], /configmap\/settings unchanged/, { input: CONFIG('b') });
  await step(['apply', '--server-side', '--force-conflicts', '-f', '-'], /configmap\/settings serverside-applied/, { input: CONFIG('c') });
  await step(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.mode}'], /^c$/);
  await step(['patch', 'deployment', 'web', '-p', '{"spec":{"replicas":3}}'], /deployment\.apps\/web patched/);
  await step(['rollout', 'status', 'deployment/web', '--timeout=50s'], /successfully rolled out/);
  let opened;
  const isOpen = new Promise((resolve) => (opened = resolve));
  const pods = step(['get', 'pods', '-w', '-l', 'app=web'], /Terminating/, { until: /Terminating/, onOutput: opened });
  await Promise.race([isOpen, pods]);
  await step(['scale', 'deployment', 'web', '--replicas=1'], /deployment\.apps\/web scaled/);
  await pods;
  await step(['create', '-f', '-'], /pod\/talker created/, { input: TALKER });
  await step(['wait', '--for=condition=Ready', 'pod/talker', '--timeout=50s'], /condition met/);
  await step(['logs', '-f', 'talker'], /^one\r?\ntwo\r?\n$/);
  await step(['describe', 'pod', 'talker'], /Started\s+.*kubelet/);
  await step(['delete', 'pod', 'talker', '--now'], /pod "talker" (force )?deleted/);
  await step(['delete', 'namespace', namespace, '--timeout=50s'], /namespace "\S+" deleted/);
}

let failed = 0;
async function attempt(name, journey) {
  const started = performance.now();
  try {
    await journey();
    console.log(`${name} works (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  } catch (error) {
    failed++;
    console.log(`${name}: ${error.stack ?? error}`);
  }
}

const binaries = kubectls();
if (binaries.length === 0) console.log('No kubectl here and none to be had by apt: left out.');
// Over plain HTTP everybody is the administrator: kubectl sends tokens over TLS only.
for (const options of [[], ['--tls', '--token', 'smoke']]) {
  const server = await startServer(['--speed', '10', ...options]);
  const over = options.length > 0 ? 'HTTPS with a token' : 'HTTP';
  try {
    for (const [i, binary] of binaries.entries()) {
      const version = /v\d+\.\d+\.\d+/.exec(spawnSync(binary, ['version', '--client'], { encoding: 'utf8' }).stdout)?.[0] ?? binary;
      await attempt(`kubectl ${version} over ${over}`, () => kubectlJourney(binary, server.kubeconfig, `smoke-${i}`));
    }
    await attempt(`@kubernetes/client-node over ${over}`, () => clientLibrary(server.kubeconfig));
  } finally {
    await server.stop();
  }
}
process.exit(failed === 0 ? 0 : 1);
