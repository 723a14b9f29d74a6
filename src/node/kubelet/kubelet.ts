import { NODES, PODS, SERVICES, type Node, type Pod } from '../../api/kinds.ts';
import { EventWriter } from '../../client/event-recorder.ts';
import { SharedInformers } from '../../client/reflector.ts';
import { admit, type Amounts } from './admission.ts';
import { serviceEnv } from './environment.ts';
import { ImagePuller } from './image-puller.ts';
import { NodeReporter } from './node-reporter.ts';
import { nodeObject } from './node-object.ts';
import { PodWorker } from './pod-worker.ts';
import { serveKubelet } from './server.ts';
import { StatusWriter } from './status-writer.ts';
import type { Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Task } from '../../sim/wait.ts';
import type { Env, Runtime } from '../runtime/runtime.ts';
import type { KubeletContext } from './context.ts';

/** How often the runtime is looked at for what has changed (PLEG's relist period). */
const RELIST_MS = 1_000;
const DEFAULT_PORT = 10_250;
const DEFAULT_MAX_PODS = 110;

export interface KubeletOptions {
  readonly kernel: Kernel;
  readonly machine: Machine;
  /** The unit's group: what the kubelet itself runs. Containers belong to the runtime. */
  readonly group: Group;
  /** As the node: `system:node:NAME` in `system:nodes`. */
  readonly client: Client;
  readonly runtime: Runtime;
  /** Forked for this node's kubelet. */
  readonly rng: Rng;
  /** `v1.35.0`. */
  readonly release: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  readonly zone?: string;
  /** Flags without dashes: `cluster-dns`, `hostname-override`, `max-pods`, `pod-cidr`, `port`, `serialize-image-pulls`. */
  readonly flags: Readonly<Record<string, string>>;
  log(line: string): void;
}

/** Starts a kubelet on a machine; it ends with its group, and its containers go on without it. */
export function startKubelet(options: KubeletOptions): Kubelet {
  return new Kubelet(options);
}

/** The node agent: registers its node, keeps its lease, and runs the pods bound to it. */
export class Kubelet {
  readonly nodeName: string;
  private readonly options: KubeletOptions;
  private readonly context: KubeletContext;
  private readonly workers = new Map<string, PodWorker>();
  private readonly reporter: NodeReporter;
  private readonly informers: SharedInformers;
  private node: Node;
  /** Pods whose containers have changed since the last look. */
  private changed = new Set<string>();
  private relistDue = false;
  private readonly relistPhaseMs: number;
  private serviceEnvs = new Map<string, Env>();

  constructor(options: KubeletOptions) {
    this.options = options;
    const { kernel, group, client, runtime, machine, flags, rng } = options;
    this.nodeName = flags['hostname-override'] ?? machine.name;
    this.relistPhaseMs = rng.int(0, RELIST_MS - 1);
    const facts = {
      name: this.nodeName,
      machine,
      runtime,
      release: options.release,
      labels: options.labels,
      taints: options.taints,
      ...(options.zone !== undefined && { zone: options.zone }),
      maxPods: Number(flags['max-pods'] ?? DEFAULT_MAX_PODS),
      port: Number(flags['port'] ?? DEFAULT_PORT),
    };
    this.node = nodeObject(facts);
    if (flags['pod-cidr']) runtime.configureNetwork(flags['pod-cidr']);
    this.informers = new SharedInformers(client, group);
    const recorder = new EventWriter(kernel, group, client, 'kubelet', this.nodeName);
    this.reporter = new NodeReporter({ kernel, group, client, runtime, recorder, rng, facts, log: options.log });
    this.context = {
      kernel,
      group,
      machine,
      fabric: machine.fabric,
      client,
      runtime,
      recorder,
      images: new ImagePuller(kernel, runtime, flags['serialize-image-pulls'] !== 'false'),
      statuses: new StatusWriter(group, client),
      nodeName: this.nodeName,
      hostIps: [{ ip: machine.ip }],
      allocatable: this.node.status!.allocatable as Record<string, string>,
      clusterDns: flags['cluster-dns'] ?? '',
      services: (namespace) => this.servicesOf(namespace),
      admit: (pod, wanted) => this.admit(pod, wanted),
      forget: (worker) => this.workers.delete(worker.uid),
    };
    options.log(`Kubelet version: ${options.release}`);
    options.log('Starting kubelet main sync loop');
    this.watchRuntime();
    serveKubelet({ kernel, group, machine, runtime, port: facts.port, workers: () => this.workers.values() });
    group.spawn('kubelet', this.run());
  }

  private *run(): Task<void> {
    const nodes = this.informers.informer(NODES, { fieldSelector: `metadata.name=${this.nodeName}` });
    nodes.onChange({ added: (node) => this.nodeChanged(node), updated: (_, node) => this.nodeChanged(node) });
    const services = this.informers.informer(SERVICES);
    const forgetEnvs = (): void => this.serviceEnvs.clear();
    services.onChange({ added: forgetEnvs, updated: forgetEnvs, deleted: forgetEnvs });
    this.informers.start();
    yield* services.synced();
    const pods = this.informers.informer(PODS, { fieldSelector: `spec.nodeName=${this.nodeName}` });
    pods.onChange({
      added: (pod) => this.podSeen(pod),
      updated: (before, pod) => {
        if (before.metadata.uid !== pod.metadata.uid) this.workers.get(before.metadata.uid)?.remove();
        this.podSeen(pod);
      },
      deleted: (pod) => this.workers.get(pod.metadata.uid)?.remove(),
    });
    this.informers.start();
    yield* pods.synced();
    yield* this.removeOrphans();
  }

  /** Ends what runs of pods that were deleted while the kubelet was away. */
  private *removeOrphans(): Task<void> {
    const { runtime, group } = this.options;
    for (const podUid of [...runtime.pods()]) {
      if (this.workers.has(podUid)) continue;
      group.spawn(
        'orphan',
        (function* (): Task<void> {
          for (const sandbox of [...runtime.sandboxes(podUid)]) {
            for (const container of sandbox.containers) yield* runtime.stopContainer(container, 30_000);
            yield* runtime.removePodSandbox(sandbox);
          }
        })(),
      );
    }
  }

  private podSeen(pod: Stored<Pod>): void {
    const { uid } = pod.metadata;
    const known = this.workers.get(uid);
    if (known) {
      known.update(pod);
      return;
    }
    const worker = new PodWorker(this.context, pod);
    this.workers.set(uid, worker);
    worker.wake();
  }

  private nodeChanged(node: Stored<Node>): void {
    this.node = node;
    const { runtime } = this.options;
    const podCIDR = node.spec?.podCIDR;
    if (podCIDR && runtime.networkProblem !== undefined) {
      runtime.configureNetwork(podCIDR);
      this.reporter.look();
    }
    this.reporter.known(node);
  }

  /** Looks after the pods that have changed at the next relist. */
  private watchRuntime(): void {
    const { kernel, runtime, group } = this.options;
    const stop = runtime.onChange((podUid) => {
      this.changed.add(podUid);
      if (this.relistDue) return;
      this.relistDue = true;
      const sinceMs = (kernel.now - this.relistPhaseMs) % RELIST_MS;
      const timer = kernel.after(RELIST_MS - (sinceMs < 0 ? sinceMs + RELIST_MS : sinceMs), () => {
        forget();
        this.relist();
      });
      const forget = group.onKill(() => timer.cancel());
    });
    group.onKill(() => {
      stop();
      for (const worker of this.workers.values()) worker.halt();
    });
  }

  private relist(): void {
    this.relistDue = false;
    const { changed } = this;
    this.changed = new Set();
    for (const podUid of changed) this.workers.get(podUid)?.wake();
  }

  private admit(pod: Stored<Pod>, wanted: Amounts): ReturnType<typeof admit> {
    const used = { pods: 0, cpuMillis: 0, memoryBytes: 0 };
    for (const worker of this.workers.values()) {
      const amounts = worker.occupies;
      if (!amounts) continue;
      used.pods++;
      used.cpuMillis += amounts.cpuMillis;
      used.memoryBytes += amounts.memoryBytes;
    }
    return admit(pod, this.node, wanted, used);
  }

  private servicesOf(namespace: string): Env {
    let env = this.serviceEnvs.get(namespace);
    if (!env) this.serviceEnvs.set(namespace, (env = serviceEnv(this.informers.informer(SERVICES).list(), namespace)));
    return env;
  }
}
