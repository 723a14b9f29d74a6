import { Digest } from '../base/hash.ts';
import { parseRfc3339 } from '../base/time.ts';
import { EtcdMember } from '../etcd/member.ts';
import { Machine } from '../machine/machine.ts';
import { fileLayer, MemoryFiles } from '../machine/memory-files.ts';
import { ALL_PROGRAMS, MACHINE_PROGRAMS } from '../machine/programs/list.ts';
import type { Program } from '../machine/program.ts';
import { ImageRegistry } from '../images/registry.ts';
import { quantityValue } from '../api/quantity.ts';
import { administratorKubeconfig } from '../kubectl/kubeconfig.ts';
import { createDocker } from '../node/docker-cli/main.ts';
import type { DockerEngine } from '../node/runtime/docker.ts';
import { corednsImage } from '../dns/image.ts';
import { createKubectl } from '../kubectl/main.ts';
import { Fabric } from '../net/fabric.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { Kernel } from '../sim/kernel.ts';
import { installAddons } from './addons.ts';
import { ADMINISTRATOR, API_SERVER_PORT, componentClient } from './components.ts';
import type { ClusterDocument, MachineSpec } from './document.ts';
import { HostSystem } from './host-system.ts';
import type { ClusterOutput, Input, LoggedInput } from './input.ts';
import { installMaster } from './master.ts';
import { installMinion } from './minion.ts';
import { machineFiles } from './machine-files.ts';
import { Performer } from './performer.ts';
import { Terminals } from './terminals.ts';
import type { Deployment, Node } from '../api/kinds.ts';
import type { Client } from '../client/client.ts';

/** Output that nobody looks at. */
export const SILENT: ClusterOutput = {
  applied() {},
  responded() {},
  httpHead() {},
  httpChunk() {},
  httpEnd() {},
  terminalOutput() {},
  terminalPrompt() {},
  terminalClosed() {},
};

/**
 * A running cluster: the composition root. Everything that happens in it follows from the document
 * and the inputs; {@link perform} takes an input at the present instant and logs it, and the same log
 * replayed gives the same history.
 */
export class Cluster {
  readonly kernel: Kernel;
  readonly document: ClusterDocument;
  readonly fabric: Fabric;
  readonly store: EtcdMember;
  /** Masters first, in the document's order. */
  readonly machines: ReadonlyMap<string, Machine>;
  readonly terminals: Terminals;
  private readonly systems = new Map<string, HostSystem>();
  private readonly engines = new Map<Machine, DockerEngine>();
  private readonly log: LoggedInput[] = [];
  private readonly performer: Performer;
  private scheduler: Scheduler | undefined;

  /** Builds the machines and switches them on. Nothing has happened yet when it returns. */
  static create(document: ClusterDocument, output: ClusterOutput): Cluster {
    return new Cluster(document, output);
  }

  private constructor(document: ClusterDocument, output: ClusterOutput) {
    this.document = document;
    this.kernel = new Kernel(document.seed, parseRfc3339(document.startTime));
    this.fabric = new Fabric();
    this.store = new EtcdMember(this.kernel);
    const programs = new Map<string, Program>(MACHINE_PROGRAMS);
    programs.set('kubectl', createKubectl({ clientFor: ({ system }) => this.administrator((system as HostSystem).machine) }));
    programs.set(
      'docker',
      createDocker((system) => this.engines.get((system as HostSystem).machine)),
    );
    this.machines = this.buildMachines(programs);
    this.terminals = new Terminals(output, (host) => this.systems.get(host));
    this.performer = new Performer({
      kernel: this.kernel,
      fabric: this.fabric,
      client: this.administrator(this.firstMaster),
      machines: this.machines,
      terminals: this.terminals,
      output,
    });
    for (const machine of this.machines.values()) machine.powerOn(0);
  }

  get firstMaster(): Machine {
    return this.machines.get(this.document.masters[0]!.name)!;
  }

  /** Inputs so far, oldest first. */
  get inputs(): readonly LoggedInput[] {
    return this.log;
  }

  /** Takes an input at the present instant. Machines or terminals that do not exist are answered, not thrown. */
  perform(input: Input): void {
    this.log.push({ event: this.kernel.events, atMs: this.kernel.now, input });
    this.performer.perform(input);
  }

  /** What Tab offers in a terminal: no virtual time passes. */
  complete(terminal: string, line: string, cursor: number): readonly string[] {
    return this.terminals.complete(terminal, line, cursor);
  }

  /** The machine's view for shells, by name or address. */
  system(host: string): HostSystem | undefined {
    return this.systems.get(host);
  }

  /** An administrator's client on a machine. */
  administrator(from: Machine): Client {
    const { kernel, fabric } = this;
    const server = () => this.firstMaster.ip;
    return componentClient({ kernel, fabric, from, server, identity: ADMINISTRATOR, userAgent: 'kubectl/v1.35.0 (linux/amd64)' });
  }

  /** The scheduler that leads, if any, for its verdicts. */
  get leadingScheduler(): Scheduler | undefined {
    return this.scheduler;
  }

  /** How many nodes are Ready. */
  readyNodes(): number {
    return this.store.peek('/registry/nodes/').filter(({ value }) => isNodeReady(value as Node)).length;
  }

  /** Whether the cluster's own workloads are all available. */
  addonsAvailable(): boolean {
    const deployments = this.store.peek('/registry/deployments.apps/kube-system/');
    return deployments.length > 0 && deployments.every(({ value }) => isAvailable(value as Deployment));
  }

  /** A digest of the whole history and the present state of the store: equal if and only if the clusters are. */
  stateHash(): string {
    const digest = new Digest();
    digest.mixText(this.kernel.trace.toString());
    digest.mix(this.kernel.events);
    digest.mixText(String(this.kernel.now));
    for (const { key, value, modRevision } of this.store.peek('/')) {
      digest.mixText(key);
      digest.mix(modRevision);
      digest.mixText(JSON.stringify(value));
    }
    return digest.toString();
  }

  private buildMachines(programs: ReadonlyMap<string, Program>): ReadonlyMap<string, Machine> {
    const { document } = this;
    const machines = new Map<string, Machine>();
    const registry = new ImageRegistry(ALL_PROGRAMS);
    registry.add(corednsImage());
    const layer = fileLayer(machineFiles(document));
    const find = (name: string) => this.systems.get(name);
    const build = (spec: MachineSpec): Machine => {
      const machine = new Machine({
        kernel: this.kernel,
        fabric: this.fabric,
        name: spec.name,
        ip: spec.ip,
        cpu: spec.cpu,
        memoryBytes: quantityValue(spec.memory),
        files: new MemoryFiles(this.kernel, { base: layer }),
      });
      machine.files.write('/etc/hostname', `${spec.name}\n`);
      machines.set(spec.name, machine);
      const system = new HostSystem(machine, programs, find);
      this.systems.set(spec.name, system);
      this.systems.set(spec.ip, system);
      return machine;
    };
    const server = () => this.firstMaster.ip;
    for (const spec of document.masters) {
      const machine = build(spec);
      machine.files.makeDirectory('/root/.kube', { parents: true });
      machine.files.write('/root/.kube/config', administratorKubeconfig(`https://${spec.ip}:${API_SERVER_PORT}`), 0o600);
      installMaster({ machine, document, etcd: this.store, onScheduler: (scheduler) => (this.scheduler = scheduler) });
      this.engines.set(machine, installMinion({ machine, document, spec, registry, server, isMaster: true }));
    }
    for (const spec of document.minions) {
      const machine = build(spec);
      this.engines.set(machine, installMinion({ machine, document, spec, registry, server, isMaster: false }));
    }
    installAddons(machines.get(document.masters[0]!.name)!, document);
    return machines;
  }
}

function isAvailable({ spec, status }: Deployment): boolean {
  return (status?.availableReplicas ?? 0) >= (spec?.replicas ?? 1);
}

function isNodeReady(node: Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
