import type { ImageRegistry } from '../images/registry.ts';
import type { Machine } from '../machine/machine.ts';
import { startKubelet } from '../node/kubelet/kubelet.ts';
import { DockerEngine } from '../node/runtime/docker.ts';
import { clusterDns } from './addons.ts';
import { component, componentClient, rateOf } from './components.ts';
import type { ClusterDocument, MachineSpec } from './document.ts';
import { installProxy } from './proxy.ts';

export interface MinionOptions {
  readonly machine: Machine;
  readonly document: ClusterDocument;
  readonly spec: MachineSpec;
  readonly registry: ImageRegistry;
  /** The API server's address. */
  readonly server: () => string;
  readonly isMaster: boolean;
}

const MASTER_LABELS = { 'node-role.kubernetes.io/control-plane': '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' };

/** Installs what makes a machine a node: the container engine, which it answers, the kubelet and the proxy. */
export function installMinion(options: MinionOptions): DockerEngine {
  const { machine, document, spec, registry, server, isMaster } = options;
  const { kernel, fabric } = machine;
  const engine = new DockerEngine({ kernel, fabric, machine, registry, rng: kernel.rng.fork(`docker ${machine.name}`) });
  machine.units.install({
    name: 'docker',
    description: 'Docker Application Container Engine',
    enabled: true,
    execStart: '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock',
    start: ({ group }) => engine.start(group),
    stop: () => engine.shutdown(),
  });
  machine.units.install({
    name: 'kubelet',
    description: 'Kubernetes Kubelet Server',
    requires: ['docker'],
    enabled: true,
    restartAfterMs: 10_000,
    start({ group, log }) {
      const flags = { 'cluster-dns': clusterDns(document), ...document.flags['kubelet'] };
      const identity = component(`system:node:${machine.name}`, 'system:nodes');
      const userAgent = 'kubelet/v1.35.0 (linux/amd64)';
      startKubelet({
        kernel,
        machine,
        group,
        client: componentClient({ kernel, fabric, from: machine, server, identity, userAgent, rate: rateOf(flags, 50, 100) }),
        runtime: engine,
        rng: kernel.rng.fork(`kubelet ${machine.name} ${kernel.now}`),
        release: document.release,
        labels: isMaster ? { ...MASTER_LABELS, ...spec.labels } : spec.labels,
        taints: spec.taints,
        ...(spec.zone !== undefined && { zone: spec.zone }),
        flags,
        log,
      });
    },
  });
  installProxy({ machine, document, server });
  return engine;
}
