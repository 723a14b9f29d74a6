import type { NetHost } from '../../net/fabric.ts';
import type { DockerContainer } from './container.ts';
import type { Sandbox, SandboxConfig } from './runtime.ts';

/** A pod's place on the network. It is on as long as its machine is. */
export class PodNetwork implements NetHost {
  readonly name: string;
  readonly ip: string;
  /** The machine whose links its traffic takes. */
  readonly machine: NetHost;

  constructor(name: string, ip: string, machine: NetHost) {
    this.name = name;
    this.ip = ip;
    this.machine = machine;
  }

  get powered(): boolean {
    return this.machine.powered;
  }
}

const NO_CONTAINERS: readonly DockerContainer[] = [];

export class DockerSandbox implements Sandbox {
  readonly id: string;
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  readonly attempt: number;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  readonly createdMs: number;
  readonly network: NetHost;
  state: 'ready' | 'notready' = 'ready';
  ip: string;
  stoppedMs = 0;
  /* Nearly every pod has one container. */
  private few: DockerContainer | readonly DockerContainer[] = NO_CONTAINERS;

  constructor(id: string, config: SandboxConfig, network: NetHost, createdMs: number) {
    this.id = id;
    this.podUid = config.podUid;
    this.podName = config.podName;
    this.namespace = config.namespace;
    this.attempt = config.attempt;
    this.hostname = config.hostname;
    this.hostNetwork = config.hostNetwork;
    this.createdMs = createdMs;
    this.network = network;
    this.ip = network.ip;
  }

  get containers(): readonly DockerContainer[] {
    const { few } = this;
    return Array.isArray(few) ? (few as readonly DockerContainer[]) : [few as DockerContainer];
  }

  set containers(containers: readonly DockerContainer[]) {
    this.few = containers.length === 1 ? containers[0]! : containers;
  }
}
