import { createApiServer } from '../apiserver/server.ts';
import { EtcdMember } from '../etcd/member.ts';
import { enableFreezing } from '../base/freeze.ts';
import { EVENTS, NAMESPACES, PODS, SERVICE_ACCOUNTS, type Pod } from '../api/kinds.ts';
import { FabricTransport } from '../client/transport.ts';
import { RestClient } from '../client/rest.ts';
import { ImageRegistry } from '../images/registry.ts';
import { Machine } from '../machine/machine.ts';
import { MemoryFiles } from '../machine/memory-files.ts';
import { Fabric } from '../net/fabric.ts';
import { Kernel } from '../sim/kernel.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { startKubelet, type Kubelet } from './kubelet/kubelet.ts';
import { DockerEngine } from './runtime/docker.ts';
import type { Stored } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import type { Program } from '../machine/program.ts';

export interface TestNode {
  readonly machine: Machine;
  readonly runtime: DockerEngine;
  readonly kubelet: () => Kubelet;
}

export interface TestCluster {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly client: Client;
  readonly nodes: readonly TestNode[];
  /** What kubelets wrote to their journals. */
  readonly journal: string[];
  run<T>(task: Task<T>): T;
  advance(ms: number): void;
  /** Creates a pod on the first node and lets a minute pass. */
  start(pod: Pod, ms?: number): Stored<Pod>;
  pod(name: string): Stored<Pod> | undefined;
  /** `type reason fieldPath: message`, in the order in which they happened, of a pod. */
  events(name: string): string[];
}

/** A stand-in for a shell: `exit N`, `echo TEXT`, `sleep SECONDS`, separated by `;`. */
const sh: Program = function* ({ args, stdout }) {
  for (const command of (args[1] ?? '').split(';')) {
    const [name, ...rest] = command.trim().split(' ');
    if (name === 'exit') return Number(rest[0] ?? 0);
    if (name === 'echo') yield* stdout.write(`${rest.join(' ')}\n`);
    if (name === 'sleep') yield* sleep(Number(rest[0]) * 1000);
  }
  return 0;
};

const cat: Program = function* ({ stdin, stdout }) {
  yield* stdout.write(yield* stdin.readAll());
  return 0;
};

const printEnv: Program = function* ({ env, stdout }) {
  for (const [name, value] of env) yield* stdout.write(`${name}=${value}\n`);
  return 0;
};

/** Machines with docker and a kubelet each, around an API server without controllers or scheduler. */
export function testCluster(options: { nodes?: number; freeze?: boolean; flags?: Readonly<Record<string, string>> } = {}): TestCluster {
  enableFreezing(options.freeze ?? true);
  const kernel = new Kernel(1, 1_767_225_600_000);
  const fabric = new Fabric();
  const store = new EtcdMember(kernel);
  store.start(kernel.root.child('etcd'));
  const machineAt = (name: string, ip: string): Machine =>
    new Machine({ kernel, fabric, name, ip, cpu: 4, memoryBytes: 8 * 1024 ** 3, files: new MemoryFiles(kernel) });
  const master = machineAt('master-1', '10.0.0.10');
  master.powerOn(0);
  const server = createApiServer({
    kernel,
    group: master.group,
    store,
    rng: kernel.rng.fork('apiserver'),
    address: master.ip,
    dial: (ip, port, request) => fabric.request(master, ip, port, request),
  });
  fabric.listen(master, 6443, master.group, server.handle);
  const clientOf = (from: Machine, userAgent: string, name: string, group: string): Client => {
    const identity = { name, groups: [group, 'system:authenticated'] };
    return new RestClient(new FabricTransport(fabric, from, () => ({ ip: master.ip, port: 6443 }), identity), { userAgent });
  };
  const client = clientOf(master, 'kubectl/v1.35.0', 'kubernetes-admin', 'system:masters');
  const registry = new ImageRegistry(
    new Map([
      ['sh', sh],
      ['cat', cat],
      ['env', printEnv],
    ]),
  );
  const journal: string[] = [];
  const nodes = Array.from({ length: options.nodes ?? 1 }, (_, i): TestNode => {
    const machine = machineAt(`minion-${i + 1}`, `10.0.${1 + (i >> 8)}.${i & 255}`);
    const runtime = new DockerEngine({ kernel, fabric, machine, registry, rng: kernel.rng.fork(`docker ${machine.name}`) });
    let kubelet: Kubelet;
    machine.units.install({
      name: 'docker',
      description: 'Docker Application Container Engine',
      enabled: true,
      start: ({ group }) => runtime.start(group),
      stop: () => runtime.shutdown(),
    });
    machine.units.install({
      name: 'kubelet',
      description: 'Kubernetes Kubelet Server',
      enabled: true,
      start: ({ group, log }) => {
        kubelet = startKubelet({
          kernel,
          machine,
          group,
          client: clientOf(machine, 'kubelet/v1.35.0', `system:node:${machine.name}`, 'system:nodes'),
          runtime,
          rng: kernel.rng.fork(`kubelet ${machine.name}`),
          release: 'v1.35.0',
          labels: {},
          taints: [],
          flags: { 'pod-cidr': `10.${244 + (i >> 8)}.${i & 255}.0/24`, ...options.flags },
          log: (line) => {
            journal.push(line);
            log(line);
          },
        });
      },
    });
    machine.powerOn(0);
    return { machine, runtime, kubelet: () => kubelet };
  });
  const run = <T>(task: Task<T>): T => {
    let outcome: { value: T } | { error: unknown } | undefined;
    kernel.root.spawn(
      'test',
      (function* (): Task<void> {
        try {
          outcome = { value: yield* task };
        } catch (error) {
          outcome = { error };
        }
      })(),
    );
    while (!outcome && kernel.step());
    if (!outcome) throw new Error('the task waits for something that never happens');
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  };
  const advance = (ms: number): void => void kernel.run({ untilMs: kernel.now + ms });
  const pod = (name: string): Stored<Pod> | undefined =>
    run(client.list(PODS, { namespace: 'default', fieldSelector: `metadata.name=${name}` })).items[0];
  run(server.ready());
  run(prepare(client));
  advance(2_000);
  return {
    kernel,
    fabric,
    client,
    nodes,
    journal,
    run,
    advance,
    start: (manifest, ms = 60_000) => {
      const made = run(client.create(PODS, { ...manifest, spec: { nodeName: 'minion-1', ...manifest.spec! } }));
      advance(ms);
      return pod(made.metadata.name)!;
    },
    pod,
    events: (name) =>
      run(client.list(EVENTS, { namespace: 'default' }))
        .items.filter(({ involvedObject }) => involvedObject.name === name)
        .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
        .map(
          ({ type, reason, involvedObject, message, count }) =>
            `${type} ${reason} ${involvedObject.fieldPath ?? ''}: ${message}${(count ?? 1) > 1 ? ` (x${count})` : ''}`,
        ),
  };
}

function* prepare(client: Client): Task<void> {
  const namespaces = yield* client.list(NAMESPACES);
  if (!namespaces.items.some(({ metadata }) => metadata.name === 'default'))
    yield* client.create(NAMESPACES, { metadata: { name: 'default' } });
  if (!namespaces.items.some(({ metadata }) => metadata.name === 'kube-node-lease'))
    yield* client.create(NAMESPACES, { metadata: { name: 'kube-node-lease' } });
  yield* client.create(SERVICE_ACCOUNTS, { metadata: { name: 'default', namespace: 'default' } });
}

/** A pod of one container called like itself. */
export function podOf(name: string, image: string, more: Partial<NonNullable<Pod['spec']>> & { container?: object } = {}): Pod {
  const { container, ...spec } = more;
  return { metadata: { name, namespace: 'default' }, spec: { containers: [{ name, image, ...container }], ...spec } };
}
