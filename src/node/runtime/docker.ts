import { Future } from '../../sim/sync.ts';
import { Killed } from '../../sim/process.ts';
import { sleep, withTimeout, type Task } from '../../sim/wait.ts';
import { parseReference } from '../../images/reference.ts';
import { PullError, type ImageRegistry } from '../../images/registry.ts';
import { PAUSE_REFERENCE } from '../../images/pause/image.ts';
import { DockerContainer, RunningContainer, execProblem } from './container.ts';
import { IpPool } from './ip-pool.ts';
import { ContainerLog } from './log.ts';
import { ExecError, RuntimeError, missingBytes } from './runtime.ts';
import { DockerSandbox, PodNetwork } from './sandbox.ts';
import type { Console } from './console.ts';
import type { Resident, ResolvedImage } from '../../images/image.ts';
import type { Fabric, NetHost } from '../../net/fabric.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Rng } from '../../sim/rng.ts';
import type { Container, ContainerConfig, ExecStreams, LocalImage, MountSource, Runtime, Sandbox, SandboxConfig } from './runtime.ts';

type Bounds = readonly [number, number];

/* How long the engine takes, in milliseconds; lower and upper bound. */
const SANDBOX_MS: Bounds = [180, 320];
const CREATE_MS: Bounds = [30, 70];
const START_MS: Bounds = [90, 170];
/** From SIGTERM to the end of a program that listens to it. */
const EXIT_MS: Bounds = [60, 240];
const STOP_SANDBOX_MS: Bounds = [60, 140];
/** Asking the registry for a manifest. */
const MANIFEST_MS: Bounds = [350, 650];
/** Fetching and unpacking layers. */
const PULL_BYTES_PER_MS = 60_000;
/** What the daemon gives its containers when it is stopped itself. */
const SHUTDOWN_GRACE_MS = 10_000;
const KILLED_EXIT_CODE = 137;
/** What the daemon notes of containers that were gone when it came back. */
const LOST_EXIT_CODE = 255;

const NOT_RUNNING = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
const CANNOT_START =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ';

export interface DockerOptions {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly machine: NetHost;
  readonly registry: ImageRegistry;
  readonly rng: Rng;
}

/**
 * A machine's docker: images, sandboxes and containers on its disk, and, from {@link start} to the
 * end of the group it was started in, the processes of those that run.
 */
export class DockerEngine implements Runtime {
  readonly name = 'docker';
  readonly version = '29.1.3';
  private readonly kernel: Kernel;
  private readonly fabric: Fabric;
  private readonly machine: NetHost;
  private readonly registry: ImageRegistry;
  private readonly rng: Rng;
  /** Where containers live while the daemon runs. */
  private group: Group | undefined;
  private pool: IpPool | undefined;
  /** By `name:tag` or `name@digest`. */
  private readonly localImages = new Map<string, LocalImage>();
  private readonly layers = new Set<string>();
  /** Nearly every pod has one. */
  private readonly byPod = new Map<string, DockerSandbox | readonly DockerSandbox[]>();
  private standaloneContainers: readonly DockerContainer[] = [];
  private readonly listeners = new Set<(podUid: string) => void>();

  constructor(options: DockerOptions) {
    this.kernel = options.kernel;
    this.fabric = options.fabric;
    this.machine = options.machine;
    this.registry = options.registry;
    this.rng = options.rng;
  }

  /** Starts the daemon in a unit's group. What ran before and was not stopped in order counts as lost. */
  start(group: Group): void {
    this.group = group;
    group.onKill(() => this.halted());
    for (const podUid of this.byPod.keys()) this.notify(podUid);
  }

  /** The daemon's own end in good order: every container is asked to stop, then killed. The group is to be killed afterwards. */
  *shutdown(): Task<void> {
    const { group } = this;
    if (!group) return;
    const stops = this.runningContainers().map((container) => group.spawn('shutdown', this.stop(container, SHUTDOWN_GRACE_MS)));
    for (const stop of stops) yield* stop.join();
  }

  get running(): boolean {
    return this.group !== undefined;
  }

  get networkProblem(): string | undefined {
    return this.pool ? undefined : 'docker: network plugin is not ready: cni config uninitialized';
  }

  configureNetwork(podCIDR: string): void {
    if (this.pool?.cidr !== podCIDR) this.pool = new IpPool(podCIDR);
  }

  onChange(listener: (podUid: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  images(): Iterable<LocalImage> {
    return this.localImages.values();
  }

  findImage(reference: string): ResolvedImage | undefined {
    const { familiarName, tag, digest } = parseReference(reference);
    if (digest === undefined) return this.localImages.get(`${familiarName}:${tag}`)?.resolved;
    const wanted = `${familiarName}@${digest}`;
    for (const { resolved } of this.localImages.values()) if (resolved.repoDigest === wanted) return resolved;
    return undefined;
  }

  *pullImage(reference: string): Task<ResolvedImage> {
    parseReference(reference);
    yield* this.take(MANIFEST_MS);
    const resolved = this.resolve(reference);
    const bytes = missingBytes(resolved.layers, this.layers);
    if (bytes > 0) {
      yield* sleep((bytes / PULL_BYTES_PER_MS) * (this.rng.int(90, 120) / 100));
      this.checkRunning();
    }
    for (const layer of resolved.layers) this.layers.add(layer.id);
    const present = this.localImages.get(resolved.familiarName);
    if (present?.resolved.id !== resolved.id) {
      this.localImages.set(resolved.familiarName, { resolved, tags: [resolved.familiarName], pulledMs: this.kernel.now });
    }
    return resolved;
  }

  *removeImage(reference: string): Task<void> {
    this.checkRunning();
    const { familiarName, tag, digest } = parseReference(reference);
    this.localImages.delete(digest ? `${familiarName}@${digest}` : `${familiarName}:${tag}`);
    this.layers.clear();
    for (const { resolved } of this.localImages.values()) for (const layer of resolved.layers) this.layers.add(layer.id);
    yield* sleep(0);
  }

  pods(): Iterable<string> {
    return this.byPod.keys();
  }

  sandboxes(podUid: string): readonly DockerSandbox[] {
    const few = this.byPod.get(podUid);
    return few instanceof DockerSandbox ? [few] : (few ?? NO_SANDBOXES);
  }

  *runPodSandbox(config: SandboxConfig): Task<Sandbox> {
    this.checkRunning();
    if (!this.findImage(PAUSE_REFERENCE)) yield* this.pullImage(PAUSE_REFERENCE);
    yield* this.take(SANDBOX_MS);
    const id = this.rng.hex(64);
    const network = config.hostNetwork ? this.machine : new PodNetwork(config.podName, this.allocateIp(config, id), this.machine);
    const sandbox = new DockerSandbox(id, config, network, Math.floor(this.kernel.now));
    if (!config.hostNetwork) this.fabric.attach(network);
    this.keep(config.podUid, this.sandboxes(config.podUid).concat([sandbox]));
    this.notify(config.podUid);
    return sandbox;
  }

  *stopPodSandbox(sandbox: Sandbox): Task<void> {
    const own = sandbox as DockerSandbox;
    this.checkRunning();
    for (const container of own.containers) this.kill(container, KILLED_EXIT_CODE);
    if (own.ip === '') return;
    yield* this.take(STOP_SANDBOX_MS);
    this.releaseIp(own);
    own.state = 'notready';
    own.stoppedMs = Math.floor(this.kernel.now);
    this.notify(own.podUid);
  }

  *removePodSandbox(sandbox: Sandbox): Task<void> {
    yield* this.stopPodSandbox(sandbox);
    const left = this.sandboxes(sandbox.podUid).filter((other) => other !== sandbox);
    this.keep(sandbox.podUid, left);
  }

  *createContainer(sandbox: Sandbox, config: ContainerConfig, volumes?: MountSource): Task<Container> {
    const own = sandbox as DockerSandbox;
    yield* this.take(CREATE_MS);
    if (own.state !== 'ready')
      throw new RuntimeError(`Error response from daemon: cannot join network of a non running container: ${own.id}`);
    const container = new DockerContainer(this.rng.hex(64), config, volumes, own, Math.floor(this.kernel.now));
    own.containers = own.containers.concat([container]);
    return container;
  }

  *startContainer(container: Container): Task<void> {
    const own = container as DockerContainer;
    yield* this.take(START_MS);
    if (own.state !== 'created') throw new RuntimeError(`Error response from daemon: container ${own.id} cannot be started again`);
    const group = this.group!.child(own.name);
    const live = new RunningContainer(own, this.fabric, group);
    const problem = live.startProblem();
    if (problem) {
      group.dispose();
      this.failStart(own, problem);
    }
    own.live = live;
    own.state = 'running';
    own.startedMs = Math.floor(this.kernel.now);
    group.spawn(own.name, this.main(own, live));
    this.notify(own.sandbox.podUid);
  }

  *stopContainer(container: Container, graceMs: number): Task<void> {
    this.checkRunning();
    if (container.state !== 'running') return;
    const stopping = this.group!.spawn('stop', this.stop(container as DockerContainer, graceMs));
    try {
      yield* stopping.join();
    } catch (error) {
      if (error instanceof Killed) throw new RuntimeError(NOT_RUNNING);
      throw error;
    }
  }

  *removeContainer(container: Container): Task<void> {
    const own = container as DockerContainer;
    this.checkRunning();
    this.kill(own, KILLED_EXIT_CODE);
    own.sandbox.containers = own.sandbox.containers.filter((other) => other !== own);
    this.standaloneContainers = this.standaloneContainers.filter((other) => other !== own);
    yield* sleep(0);
  }

  /** Containers that belong to no pod, oldest first. */
  standalone(): readonly DockerContainer[] {
    return this.standaloneContainers;
  }

  /** A container of `docker create`, on the machine's own bridge: pods cannot reach it. `config.name` is its name. */
  *createStandalone(config: ContainerConfig): Task<DockerContainer> {
    yield* this.take(CREATE_MS);
    const id = this.rng.hex(64);
    const hostname = id.slice(0, 12);
    const network = new PodNetwork(config.name, `172.17.0.${(this.standaloneContainers.length % 250) + 2}`, this.machine);
    const sandbox = new DockerSandbox(
      id,
      { podUid: '', podName: config.name, namespace: '', attempt: 0, hostname, hostNetwork: false },
      network,
      Math.floor(this.kernel.now),
    );
    const container = new DockerContainer(id, config, undefined, sandbox, sandbox.createdMs);
    sandbox.containers = [container];
    this.standaloneContainers = [...this.standaloneContainers, container];
    return container;
  }

  /** A signal to process 1: SIGTERM and its like ask, SIGKILL ends it. */
  *killContainer(container: Container, signal: string): Task<void> {
    const own = container as DockerContainer;
    this.checkRunning();
    if (signal === 'KILL') this.kill(own, KILLED_EXIT_CODE);
    else this.signalFromInside(own, signal);
    yield* sleep(0);
  }

  /** Process 1 of a container only gets the signals that it has a handler for; SIGKILL has none. */
  private signalFromInside(container: DockerContainer, signal: string): void {
    const { live } = container;
    if (!live || !['TERM', 'INT', 'QUIT', 'HUP'].includes(signal)) return;
    if (live.resident?.exitCodeOnTermination === undefined) live.terminate();
    else this.group!.spawn('signal', this.stop(container, EXIT_MS[1]));
  }

  openLog(container: Container): ContainerLog {
    const own = container as DockerContainer;
    if (!own.log) {
      own.log = new ContainerLog();
      if (own.state === 'exited') own.log.close(this.kernel.epochMs());
    }
    return own.log;
  }

  *exec(container: Container, command: readonly string[], streams: ExecStreams): Task<number> {
    this.checkRunning();
    const { live } = container as DockerContainer;
    if (!live) throw new RuntimeError(`Error response from daemon: container ${container.id} is not running`);
    const problem = execProblem(live, live.workingDir, command[0] ?? '');
    if (problem)
      throw new ExecError(
        `OCI runtime exec failed: exec failed: unable to start container process: ${problem.message}: unknown`,
        problem.exitCode,
      );
    const group = live.group.child('exec');
    try {
      return yield* group
        .spawn(
          command[0]!,
          live.exec(command, group, streams, (signal) => this.signalFromInside(container as DockerContainer, signal)),
        )
        .join();
    } catch (error) {
      if (error instanceof Killed) return KILLED_EXIT_CODE;
      throw error;
    } finally {
      group.dispose();
    }
  }

  consoleOf(container: Container): Console | undefined {
    return (container as DockerContainer).live?.console;
  }

  *ended(container: Container): Task<void> {
    const { live } = container as DockerContainer;
    if (live) yield* (live.ended ??= new Future<void>()).wait();
  }

  private *main(container: DockerContainer, live: RunningContainer): Task<void> {
    let end: number | Resident;
    try {
      end = yield* live.body();
    } catch (error) {
      end = live.exitCodeOf(error);
    }
    if (typeof end === 'number') this.exited(container, end);
    else if (live.stopRequested && end.exitCodeOnTermination !== undefined) this.exited(container, end.exitCodeOnTermination);
    else live.resident = end;
  }

  private *stop(container: DockerContainer, graceMs: number): Task<void> {
    const { live } = container;
    if (!live) return;
    live.terminate();
    const politeCode = live.resident?.exitCodeOnTermination;
    if (politeCode !== undefined) {
      yield* sleep(Math.min(graceMs, this.rng.int(EXIT_MS[0], EXIT_MS[1])));
      this.kill(container, politeCode);
      return;
    }
    if (graceMs > 0) yield* withTimeout<void>(graceMs, (live.ended ??= new Future<void>()));
    if (container.live === live) this.kill(container, KILLED_EXIT_CODE);
  }

  private kill(container: DockerContainer, exitCode: number): void {
    if (container.live) this.exited(container, exitCode);
  }

  /** Process 1 has ended, or has to: with it ends everything in the container. */
  private exited(container: DockerContainer, exitCode: number): void {
    const live = container.live!;
    container.live = undefined;
    container.state = 'exited';
    container.exitCode = exitCode;
    container.reason = exitCode === 0 ? 'Completed' : 'Error';
    container.finishedMs = Math.floor(this.kernel.now);
    container.log?.close(this.kernel.epochMs());
    live.ended?.resolve();
    live.group.dispose();
    this.notify(container.sandbox.podUid);
  }

  private failStart(container: DockerContainer, problem: { exitCode: number; message: string }): never {
    container.state = 'exited';
    container.startedMs = container.finishedMs = container.createdMs;
    container.exitCode = problem.exitCode;
    container.reason = 'ContainerCannotRun';
    container.message = `${CANNOT_START}${problem.message}: unknown`;
    this.notify(container.sandbox.podUid);
    throw new RuntimeError(`Error response from daemon: ${container.message}`);
  }

  /** The daemon's group was killed: by the loss of power, or after {@link shutdown}. Nobody hears of it before it runs again. */
  private halted(): void {
    this.group = undefined;
    for (const podUid of this.byPod.keys()) {
      for (const sandbox of this.sandboxes(podUid)) {
        sandbox.state = 'notready';
        sandbox.stoppedMs = Math.floor(this.kernel.now);
        for (const container of sandbox.containers) this.kill(container, LOST_EXIT_CODE);
      }
    }
    for (const container of this.standaloneContainers) this.kill(container, LOST_EXIT_CODE);
  }

  private runningContainers(): DockerContainer[] {
    const running: DockerContainer[] = [];
    for (const podUid of this.byPod.keys()) {
      for (const sandbox of this.sandboxes(podUid)) for (const container of sandbox.containers) if (container.live) running.push(container);
    }
    return running;
  }

  private keep(podUid: string, sandboxes: readonly DockerSandbox[]): void {
    if (sandboxes.length === 0) this.byPod.delete(podUid);
    else this.byPod.set(podUid, sandboxes.length === 1 ? sandboxes[0]! : sandboxes);
  }

  private resolve(reference: string): ResolvedImage {
    try {
      return this.registry.resolve(reference);
    } catch (error) {
      if (error instanceof PullError) throw new RuntimeError(error.message);
      throw error;
    }
  }

  private allocateIp({ namespace, podName }: SandboxConfig, id: string): string {
    const prefix = `failed to set up sandbox container "${id}" network for pod "${podName}": networkPlugin cni failed to set up pod "${podName}_${namespace}" network: `;
    if (!this.pool) throw new RuntimeError(`${prefix}cni config uninitialized`);
    const ip = this.pool.allocate();
    if (ip === undefined)
      throw new RuntimeError(`${prefix}failed to allocate for range 0: no IP addresses available in range set: ${this.pool.range}`);
    return ip;
  }

  private releaseIp(sandbox: DockerSandbox): void {
    if (!sandbox.hostNetwork && sandbox.ip !== '') {
      this.pool?.release(sandbox.ip);
      if (this.fabric.hostByIp(sandbox.ip) === sandbox.network) this.fabric.detach(sandbox.network);
    }
    sandbox.ip = '';
  }

  /** Lets the daemon work for a while. Throws if it does not run, or not any more. */
  private *take(bounds: Bounds): Task<void> {
    const group = this.checkRunning();
    yield* sleep(this.rng.int(bounds[0], bounds[1]));
    if (this.group !== group) throw new RuntimeError(NOT_RUNNING);
  }

  private checkRunning(): Group {
    if (!this.group) throw new RuntimeError(NOT_RUNNING);
    return this.group;
  }

  private notify(podUid: string): void {
    for (const listener of this.listeners) listener(podUid);
  }
}

const NO_SANDBOXES: readonly DockerSandbox[] = [];
