import { RuntimeError, type Container, type ContainerConfig, type MountSource, type Sandbox } from '../runtime/runtime.ts';
import { Backoff, goDuration } from './backoff.ts';
import { ConfigProblem, containerEnv, expandAll } from './environment.ts';
import { runHook } from './hooks.ts';
import { ImageProblem, type TellContainer } from './image-puller.ts';
import { resolvConf } from './resolver.ts';
import { viewPod } from './view.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerSpec, WaitReason } from './container-status.ts';
import type { KubeletContext } from './context.ts';
import type { PodProbes } from './probes.ts';

const FIRST_CRASH_BACKOFF_MS = 10_000;
const LONGEST_CRASH_BACKOFF_MS = 300_000;
/** After an error that says nothing about when to come back (pod workers' backOffPeriod). */
export const RETRY_MS = 10_000;
/** What is left of the grace period after a hook that used it up (minimumGracePeriodInSeconds). */
const LEAST_GRACE_AFTER_HOOK_MS = 2_000;

/** What only pods in trouble need. */
export interface Trouble {
  readonly waiting: Map<string, WaitReason>;
  readonly crashes: Map<string, Backoff>;
  mountRetryMs: number;
}

/** The pod whose containers they are. */
export interface ContainersHost extends MountSource {
  readonly context: KubeletContext;
  readonly pod: Stored<Pod>;
  readonly uid: string;
  readonly trouble: Trouble | undefined;
  readonly probes: PodProbes | undefined;
  inTrouble(): Trouble;
  isStarted(container: string): boolean;
  /** Looks again at an instant, or earlier. */
  wakeAt(dueMs: number): void;
}

/** Starts, restarts and stops a pod's containers (kuberuntime_manager.go SyncPod, kuberuntime_container.go). */
export class PodContainers {
  private readonly host: ContainersHost;

  constructor(host: ContainersHost) {
    this.host = host;
  }

  /** Starts what should run: init containers one after the other, sidecars before those that follow, then the others. */
  *run(sandbox: Sandbox): Task<void> {
    const spec = this.host.pod.spec!;
    for (const init of spec.initContainers ?? []) {
      const isSidecar = (init as { restartPolicy?: string }).restartPolicy === 'Always';
      const restarts = isSidecar || spec.restartPolicy !== 'Never';
      const current = this.current(init.name);
      if (!isSidecar && current?.state === 'exited' && current.exitCode === 0) continue;
      if (yield* this.keepRunning(sandbox, init, 'initContainers', restarts)) {
        if (isSidecar && this.host.isStarted(init.name)) continue;
      }
      return;
    }
    for (const container of spec.containers) {
      const { restartPolicy = 'Always' } = spec;
      const current = this.current(container.name);
      const restarts = restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && current?.exitCode !== 0);
      yield* this.keepRunning(sandbox, container, 'containers', restarts);
    }
  }

  /** Starts a container if it should run and does not; true if it runs afterwards. */
  private *keepRunning(sandbox: Sandbox, spec: ContainerSpec, field: 'containers' | 'initContainers', restarts: boolean): Task<boolean> {
    const { kernel } = this.host.context;
    const current = this.current(spec.name);
    if (current?.state === 'running') {
      const failure = this.host.probes?.failure(current);
      if (!failure) return true;
      yield* this.kill(
        current,
        spec,
        field,
        `Container ${spec.name} failed ${failure} probe, will be restarted`,
        probeGraceMs(spec, failure),
      );
      if (!restarts) return false;
    } else if (current?.state === 'exited' && !restarts) return false;
    if (current?.state === 'exited') {
      const crashes = this.crashes(spec.name);
      const until = crashes.until(current.finishedMs);
      if (until > kernel.now) {
        this.holdBack(spec, field, crashes, until);
        return false;
      }
      crashes.next(current.finishedMs, kernel.now);
    }
    return yield* this.start(sandbox, spec, field, current);
  }

  private holdBack(spec: ContainerSpec, field: string, crashes: Backoff, until: number): void {
    const { name, namespace } = this.host.pod.metadata;
    const pod = `${name}_${namespace}(${this.host.uid})`;
    this.tell(spec, field)('Warning', 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${pod}`);
    const message = `back-off ${goDuration(crashes.currentMs)} restarting failed container=${spec.name} pod=${pod}`;
    this.host.inTrouble().waiting.set(spec.name, { reason: 'CrashLoopBackOff', message });
    this.host.wakeAt(until);
  }

  private *start(sandbox: Sandbox, spec: ContainerSpec, field: string, before: Container | undefined): Task<boolean> {
    const { runtime, kernel, images } = this.host.context;
    const tell = this.tell(spec, field);
    try {
      const image = yield* images.ensure(this.host.uid, spec, tell);
      const env = yield* containerEnv({ ...this.envFacts(sandbox.ip), spec });
      yield* this.prune(spec.name, before);
      const config = sharedConfig({
        name: spec.name,
        attempt: before ? before.attempt + 1 : (this.reportedRestarts(spec.name) ?? 0),
        image,
        command: expandAll(spec.command, env),
        args: expandAll(spec.args, env),
        workingDir: spec.workingDir,
        env,
        stdin: spec.stdin === true,
        tty: spec.tty === true,
        resolvConf: resolvConf(this.host.pod, this.host.context.clusterDns, this.host.context.machine.files),
      });
      const container = yield* runtime.createContainer(sandbox, config, spec.volumeMounts && this.host);
      tell('Normal', 'Created', 'Container created');
      yield* this.startCreated(container, spec);
      this.host.trouble?.waiting.delete(spec.name);
      tell('Normal', 'Started', 'Container started');
      return spec.lifecycle?.postStart ? yield* this.afterStart(container, spec, field, sandbox.ip) : true;
    } catch (error) {
      const waiting = waitReason(error);
      if (!waiting) throw error;
      tell('Warning', 'Failed', `Error: ${waiting.event}`);
      this.host.inTrouble().waiting.set(spec.name, waiting.reason);
      this.host.wakeAt(error instanceof ImageProblem ? error.retryAtMs : kernel.now + RETRY_MS);
      return false;
    }
  }

  private *startCreated(container: Container, spec: ContainerSpec): Task<void> {
    try {
      yield* this.host.context.runtime.startContainer(container);
    } catch (error) {
      if (error instanceof RuntimeError) throw new StartProblem(`failed to start container "${spec.name}": ${error.message}`);
      throw error;
    }
  }

  /** Of the instances before a new one only the latest is kept, for `kubectl logs --previous`. */
  private *prune(name: string, keep: Container | undefined): Task<void> {
    const { runtime } = this.host.context;
    const sandboxes = runtime.sandboxes(this.host.uid);
    for (const sandbox of sandboxes) {
      for (const container of sandbox.containers) {
        if (container.name === name && container !== keep) yield* runtime.removeContainer(container);
      }
    }
    const newest = sandboxes[sandboxes.length - 1];
    for (const sandbox of sandboxes) {
      if (sandbox !== newest && sandbox.containers.length === 0) yield* runtime.removePodSandbox(sandbox);
    }
  }

  /** Ends a container: its hook, SIGTERM, and SIGKILL when the grace period is over. */
  *kill(container: Container, spec: ContainerSpec, field: string, message: string, graceMs?: number): Task<void> {
    const { kernel, runtime } = this.host.context;
    const tell = this.tell(spec, field);
    tell('Normal', 'Killing', message);
    let leftMs = graceMs ?? (this.host.pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    const hook = spec.lifecycle?.preStop;
    if (hook && container.state === 'running') {
      const beganMs = kernel.now;
      const problem = yield* runHook(hook, spec, container, this.podIp, leftMs, this.host.context);
      if (problem !== undefined) tell('Warning', 'FailedPreStopHook', 'PreStopHook failed');
      leftMs = Math.max(leftMs - (kernel.now - beganMs), LEAST_GRACE_AFTER_HOOK_MS);
    }
    yield* runtime.stopContainer(container, leftMs);
  }

  /** The hook after the start; a container whose hook fails is killed, to be started again. */
  private *afterStart(container: Container, spec: ContainerSpec, field: string, ip: string): Task<boolean> {
    const problem = yield* runHook(spec.lifecycle!.postStart!, spec, container, ip, Infinity, this.host.context);
    if (problem === undefined) return true;
    this.tell(spec, field)('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    yield* this.kill(container, spec, field, 'FailedPostStartHook');
    this.host.inTrouble().waiting.set(spec.name, { reason: 'PostStartHookError', message: problem });
    return false;
  }

  private get podIp(): string {
    return viewPod(this.host.context.runtime, this.host.uid).sandbox?.ip ?? '';
  }

  /** A container's newest instance. */
  current(name: string): Container | undefined {
    return viewPod(this.host.context.runtime, this.host.uid).history(name)?.current;
  }

  /** The restart count of a container that the API server knows and the engine has lost. */
  private reportedRestarts(name: string): number | undefined {
    const { containerStatuses, initContainerStatuses } = this.host.pod.status ?? {};
    const reported =
      containerStatuses?.find((status) => status.name === name) ?? initContainerStatuses?.find((status) => status.name === name);
    return reported?.containerID ? reported.restartCount + 1 : undefined;
  }

  private envFacts(podIp: string) {
    const { client, machine, nodeName, allocatable, services } = this.host.context;
    return {
      client,
      pod: this.host.pod,
      podIp,
      hostIp: machine.ip,
      nodeName,
      allocatable,
      services: services(this.host.pod.metadata.namespace!),
    };
  }

  /** Events about a container. */
  tell(spec: ContainerSpec, field: string): TellContainer {
    return (type, reason, message) =>
      this.host.context.recorder.event(this.host.pod, type, reason, message, { fieldPath: `spec.${field}{${spec.name}}` });
  }

  private crashes(name: string): Backoff {
    const { crashes } = this.host.inTrouble();
    let backoff = crashes.get(name);
    if (!backoff) crashes.set(name, (backoff = new Backoff(FIRST_CRASH_BACKOFF_MS, LONGEST_CRASH_BACKOFF_MS)));
    return backoff;
  }
}

/** The last configuration made for an image: containers of one template differ in nothing. */
const lastConfigs = new WeakMap<object, ContainerConfig>();

function sharedConfig(config: ContainerConfig): ContainerConfig {
  const last = lastConfigs.get(config.image);
  if (last && isSameConfig(last, config)) return last;
  lastConfigs.set(config.image, config);
  return config;
}

function isSameConfig(a: ContainerConfig, b: ContainerConfig): boolean {
  if (a.name !== b.name || a.attempt !== b.attempt || a.command !== b.command || a.args !== b.args) return false;
  return a.workingDir === b.workingDir && a.env === b.env && a.stdin === b.stdin && a.tty === b.tty && a.resolvConf === b.resolvConf;
}

/** A created container that could not be started. */
class StartProblem extends Error {
  override name = 'StartProblem';
}

/** What an error at the start of a container means for its status, and for the event. */
function waitReason(error: unknown): { readonly event: string; readonly reason: WaitReason } | undefined {
  if (error instanceof ImageProblem) return { event: error.reason, reason: { reason: error.reason, message: error.message } };
  if (error instanceof ConfigProblem)
    return { event: error.message, reason: { reason: 'CreateContainerConfigError', message: error.message } };
  if (error instanceof StartProblem) return { event: error.message, reason: { reason: 'RunContainerError', message: error.message } };
  return undefined;
}

function probeGraceMs(spec: ContainerSpec, kind: 'startup' | 'liveness'): number | undefined {
  const probe = kind === 'startup' ? spec.startupProbe : spec.livenessProbe;
  const seconds = probe?.terminationGracePeriodSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}
