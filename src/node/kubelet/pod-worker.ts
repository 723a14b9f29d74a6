import { isApiError } from '../../api/status.ts';
import { NetError } from '../../net/fabric.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { RuntimeError, type Container, type Sandbox } from '../runtime/runtime.ts';
import { Backoff, goDuration } from './backoff.ts';
import { ConfigProblem, containerEnv, expandAll } from './environment.ts';
import { runHook } from './hooks.ts';
import { ImageProblem, type TellContainer } from './image-puller.ts';
import { podStatus, type PodStatus } from './pod-status.ts';
import { PodProbes, hasProbes } from './probes.ts';
import { sameValue } from './intern.ts';
import { viewPod, type PodView } from './view.ts';
import { MountProblem, PodVolumes, needsFetching } from './volumes.ts';
import { podRequests, type Amounts, type Rejection } from './admission.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Process } from '../../sim/process.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerSpec, WaitReason } from './container-status.ts';
import type { KubeletContext } from './context.ts';
import type { Reported } from './status-writer.ts';

const FIRST_CRASH_BACKOFF_MS = 10_000;
const LONGEST_CRASH_BACKOFF_MS = 300_000;
/** After an error that says nothing about when to come back (pod workers' backOffPeriod). */
const RETRY_MS = 10_000;
const FIRST_MOUNT_RETRY_MS = 500;
const LONGEST_MOUNT_RETRY_MS = 122_000;
const NETWORK_RETRY_MS = 1_000;
/** What is left of the grace period after a hook that used it up (minimumGracePeriodInSeconds). */
const LEAST_GRACE_AFTER_HOOK_MS = 2_000;
const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline';

type Stage = 'sync' | 'terminating' | 'terminated';

/** What only pods in trouble need. */
interface Trouble {
  readonly waiting: Map<string, WaitReason>;
  readonly crashes: Map<string, Backoff>;
  mountRetryMs: number;
}

/**
 * A pod on its node. There is a process while there is work; in between only this record remains
 * (kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod; kuberuntime_manager.go).
 */
export class PodWorker implements Reported {
  pod: Stored<Pod>;
  status: PodStatus | undefined;
  removed = false;
  private readonly context: KubeletContext;
  private readonly startTime: string;
  private readonly requests: Amounts;
  private stage: Stage = 'sync';
  private process: Process<void> | undefined;
  private dirty = false;
  private admitted = false;
  private failed: { reason: string; message: string } | undefined;
  private trouble: Trouble | undefined;
  private probes: PodProbes | undefined;
  private volumes: PodVolumes | undefined;
  private timer: { readonly dueMs: number; cancel(): void } | undefined;

  constructor(context: KubeletContext, pod: Stored<Pod>) {
    this.context = context;
    this.pod = pod;
    this.requests = podRequests(pod);
    this.startTime = pod.status?.startTime ?? context.kernel.timestamp();
    if (pod.status?.startTime) this.status = pod.status;
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  /** Everything of it on the node is gone. */
  get released(): boolean {
    return this.stage === 'terminated';
  }

  /** What it counts for when another pod asks for room. */
  get occupies(): Amounts | undefined {
    return this.admitted && this.stage === 'sync' ? this.requests : undefined;
  }

  /** Has the worker look at the pod again. */
  wake(): void {
    this.dirty = true;
    if (this.process) return;
    this.timer?.cancel();
    this.timer = undefined;
    this.process = this.context.group.spawn(`pod ${this.pod.metadata.name}`, this.work());
  }

  /** A newer version of the API object. Only what the kubelet acts upon wakes the worker. */
  update(pod: Stored<Pod>): void {
    const before = this.pod;
    this.pod = pod;
    const ends = pod.metadata.deletionTimestamp !== undefined && before.metadata.deletionTimestamp === undefined;
    if (ends) this.interrupt();
    else if (before.metadata.deletionGracePeriodSeconds !== pod.metadata.deletionGracePeriodSeconds) this.interrupt();
    else if (pod.metadata.generation !== before.metadata.generation) this.wake();
    else if (pod.spec?.readinessGates && !sameValue(before.status?.conditions, pod.status?.conditions)) this.wake();
  }

  /** The API object is gone: what runs is ended, then everything is removed. */
  remove(): void {
    this.removed = true;
    this.interrupt();
  }

  /** Leaves whatever the worker waits for and begins anew. */
  private interrupt(): void {
    this.process?.kill();
    this.process = undefined;
    this.wake();
  }

  private *work(): Task<void> {
    try {
      while (this.dirty) {
        this.dirty = false;
        yield* this.attempt();
      }
    } finally {
      this.process = undefined;
    }
  }

  private *attempt(): Task<void> {
    try {
      const { metadata } = this.pod;
      if (this.stage === 'sync' && (metadata.deletionTimestamp || this.removed || this.failed)) this.stage = 'terminating';
      if (this.stage === 'sync') yield* this.sync();
      if (this.stage === 'terminating') yield* this.terminate();
      if (this.stage === 'terminated') yield* this.cleanUp();
    } catch (error) {
      if (error instanceof RuntimeError || isApiError(error) || error instanceof NetError) this.wakeAt(this.context.kernel.now + RETRY_MS);
      else throw error;
    }
  }

  private *sync(): Task<void> {
    const { context, pod } = this;
    if (isFinal(pod.status?.phase) || isFinal(this.status?.phase)) {
      this.stage = 'terminating';
      return;
    }
    if (!this.admitted && !this.admit()) return;
    const view = viewPod(context.runtime, this.uid);
    this.updateProbes(view);
    this.report(view);
    if (isFinal(this.status!.phase)) {
      this.stage = 'terminating';
      return;
    }
    if (this.isOverdue()) return;
    if (context.runtime.networkProblem !== undefined && !pod.spec?.hostNetwork) {
      context.recorder.event(pod, 'Warning', 'NetworkNotReady', `network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${context.runtime.networkProblem}`);
      this.wakeAt(context.kernel.now + NETWORK_RETRY_MS);
      return;
    }
    if (needsFetching(pod) && !(yield* this.setUpVolumes())) return;
    const sandbox = yield* this.ensureSandbox(view);
    if (!sandbox) return;
    yield* this.runContainers(sandbox);
    if (this.trouble) this.report(viewPod(context.runtime, this.uid));
  }

  /** Whether the node has room for it; if not, the pod has failed. */
  private admit(): boolean {
    const { context, pod } = this;
    const present = context.runtime.sandboxes(this.uid).length > 0;
    const rejection = present ? undefined : context.admit(pod, this.requests);
    if (!rejection) {
      this.admitted = true;
      return true;
    }
    this.reject(rejection);
    return false;
  }

  private reject({ reason, message }: Rejection): void {
    const { pod, context } = this;
    context.recorder.event(pod, 'Warning', reason, message);
    this.stage = 'terminated';
    this.status = {
      ...pod.status,
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
      startTime: this.startTime,
    };
    context.statuses.tell(this);
  }

  private isOverdue(): boolean {
    const { context, pod } = this;
    const seconds = pod.spec?.activeDeadlineSeconds;
    if (seconds === undefined) return false;
    const deadlineMs = parseRfc3339(this.startTime) - context.kernel.startEpochMs + seconds * 1000;
    if (context.kernel.now < deadlineMs) {
      this.wakeAt(deadlineMs);
      return false;
    }
    context.recorder.event(pod, 'Normal', 'DeadlineExceeded', DEADLINE_MESSAGE);
    this.failed = { reason: 'DeadlineExceeded', message: DEADLINE_MESSAGE };
    this.dirty = true;
    return true;
  }

  private *setUpVolumes(): Task<boolean> {
    const { context, pod } = this;
    try {
      yield* this.openVolumes().setUp(pod, context.client);
      if (this.trouble) this.trouble.mountRetryMs = 0;
      return true;
    } catch (error) {
      if (!(error instanceof MountProblem)) throw error;
      context.recorder.event(pod, 'Warning', 'FailedMount', error.message);
      const trouble = this.inTrouble();
      trouble.mountRetryMs = Math.min(trouble.mountRetryMs === 0 ? FIRST_MOUNT_RETRY_MS : trouble.mountRetryMs * 2, LONGEST_MOUNT_RETRY_MS);
      this.wakeAt(context.kernel.now + trouble.mountRetryMs);
      return false;
    }
  }

  /** The pod's sandbox, made anew if the old one is gone; undefined if none can or needs to be made. */
  private *ensureSandbox(view: PodView): Task<Sandbox | undefined> {
    const { context, pod } = this;
    const { runtime, recorder } = context;
    if (view.sandbox?.state === 'ready') return view.sandbox;
    if (view.sandbox) {
      recorder.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      yield* runtime.stopPodSandbox(view.sandbox);
    }
    const { name, namespace = '' } = pod.metadata;
    try {
      return yield* runtime.runPodSandbox({
        podUid: this.uid,
        podName: name,
        namespace,
        attempt: view.sandbox ? view.sandbox.attempt + 1 : 0,
        hostname: pod.spec?.hostNetwork ? context.nodeName : (pod.spec?.hostname ?? name),
        hostNetwork: pod.spec?.hostNetwork === true,
      });
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      if (runtime.running) recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${error.message}`);
      throw error;
    }
  }

  /** Starts what should run: init containers one after the other, sidecars before those that follow, then the others. */
  private *runContainers(sandbox: Sandbox): Task<void> {
    const spec = this.pod.spec!;
    for (const init of spec.initContainers ?? []) {
      const isSidecar = (init as { restartPolicy?: string }).restartPolicy === 'Always';
      const restarts = isSidecar || spec.restartPolicy !== 'Never';
      const current = this.current(init.name);
      if (!isSidecar && current?.state === 'exited' && current.exitCode === 0) continue;
      if (yield* this.keepRunning(sandbox, init, 'initContainers', restarts)) {
        if (isSidecar && this.isStarted(init.name)) continue;
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
    const { kernel } = this.context;
    const current = this.current(spec.name);
    if (current?.state === 'running') {
      const failure = this.probes?.failure(current);
      if (!failure) return true;
      yield* this.kill(current, spec, field, `Container ${spec.name} failed ${failure} probe, will be restarted`, probeGraceMs(spec, failure));
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
    const { name, namespace } = this.pod.metadata;
    const pod = `${name}_${namespace}(${this.uid})`;
    this.tell(spec, field)('Warning', 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${pod}`);
    const message = `back-off ${goDuration(crashes.currentMs)} restarting failed container=${spec.name} pod=${pod}`;
    this.inTrouble().waiting.set(spec.name, { reason: 'CrashLoopBackOff', message });
    this.wakeAt(until);
  }

  private *start(sandbox: Sandbox, spec: ContainerSpec, field: string, before: Container | undefined): Task<boolean> {
    const { runtime, kernel, images } = this.context;
    const tell = this.tell(spec, field);
    try {
      const image = yield* images.ensure(this.uid, spec, tell);
      const env = yield* containerEnv({ ...this.envFacts(sandbox.ip), spec });
      yield* this.prune(spec.name, before);
      const container = yield* runtime.createContainer(sandbox, {
        name: spec.name,
        attempt: before ? before.attempt + 1 : (this.reportedRestarts(spec.name) ?? 0),
        image,
        command: expandAll(spec.command, env),
        args: expandAll(spec.args, env),
        workingDir: spec.workingDir,
        env,
        mounts: spec.volumeMounts ? () => this.openVolumes().mounts(this.pod, spec, this.envFacts(sandbox.ip)) : NO_MOUNTS,
        stdin: spec.stdin === true,
        tty: spec.tty === true,
      });
      tell('Normal', 'Created', 'Container created');
      yield* this.startCreated(container, spec);
      this.trouble?.waiting.delete(spec.name);
      tell('Normal', 'Started', 'Container started');
      return spec.lifecycle?.postStart ? yield* this.afterStart(container, spec, field, sandbox.ip) : true;
    } catch (error) {
      const waiting = waitReason(error);
      if (!waiting) throw error;
      tell('Warning', 'Failed', `Error: ${waiting.event}`);
      this.inTrouble().waiting.set(spec.name, waiting.reason);
      this.wakeAt(error instanceof ImageProblem ? error.retryAtMs : kernel.now + RETRY_MS);
      return false;
    }
  }

  private *startCreated(container: Container, spec: ContainerSpec): Task<void> {
    try {
      yield* this.context.runtime.startContainer(container);
    } catch (error) {
      if (error instanceof RuntimeError) throw new StartProblem(`failed to start container "${spec.name}": ${error.message}`);
      throw error;
    }
  }

  /** Of the instances before a new one only the latest is kept, for `kubectl logs --previous`. */
  private *prune(name: string, keep: Container | undefined): Task<void> {
    const { runtime } = this.context;
    const sandboxes = runtime.sandboxes(this.uid);
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

  private *kill(container: Container, spec: ContainerSpec, field: string, message: string, graceMs?: number): Task<void> {
    const { kernel, runtime } = this.context;
    const tell = this.tell(spec, field);
    tell('Normal', 'Killing', message);
    let leftMs = graceMs ?? (this.pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    const hook = spec.lifecycle?.preStop;
    if (hook && container.state === 'running') {
      const beganMs = kernel.now;
      const problem = yield* runHook(hook, spec, container, this.podIp, leftMs, this.context);
      if (problem !== undefined) tell('Warning', 'FailedPreStopHook', 'PreStopHook failed');
      leftMs = Math.max(leftMs - (kernel.now - beganMs), LEAST_GRACE_AFTER_HOOK_MS);
    }
    yield* runtime.stopContainer(container, leftMs);
  }

  /** The hook after the start; a container whose hook fails is killed, to be started again. */
  private *afterStart(container: Container, spec: ContainerSpec, field: string, ip: string): Task<boolean> {
    const problem = yield* runHook(spec.lifecycle!.postStart!, spec, container, ip, Infinity, this.context);
    if (problem === undefined) return true;
    this.tell(spec, field)('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    yield* this.kill(container, spec, field, 'FailedPostStartHook');
    this.inTrouble().waiting.set(spec.name, { reason: 'PostStartHookError', message: problem });
    return false;
  }

  /** Ends everything that runs, politely at first, and reports how it ended. */
  private *terminate(): Task<void> {
    const { context, pod } = this;
    const { runtime, group } = context;
    const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
    const graceMs = Math.max(1, seconds) * 1000;
    const spec = pod.spec!;
    const sidecars = (spec.initContainers ?? []).filter((init) => this.current(init.name)?.state === 'running').reverse();
    const running = spec.containers.filter(({ name }) => this.current(name)?.state === 'running');
    if (running.length === 1) yield* this.stop(running[0]!, 'containers', graceMs);
    else {
      const stops = running.map((container) => group.spawn(`stop ${container.name}`, this.stop(container, 'containers', graceMs)));
      for (const stop of stops) yield* stop.join();
    }
    for (const sidecar of sidecars) yield* this.stop(sidecar, 'initContainers', graceMs);
    this.probes?.stop();
    this.probes = undefined;
    const view = viewPod(runtime, this.uid);
    this.report(view, true);
    for (const sandbox of runtime.sandboxes(this.uid)) yield* runtime.stopPodSandbox(sandbox);
    this.stage = 'terminated';
    this.timer?.cancel();
    this.report(viewPod(runtime, this.uid), true);
    context.statuses.tell(this);
  }

  private *stop(spec: ContainerSpec, field: string, graceMs: number): Task<void> {
    const current = this.current(spec.name);
    if (current?.state !== 'running') return;
    yield* this.kill(current, spec, field, `Stopping container ${spec.name}`, graceMs);
  }

  /** After the end: the API object is let go, and when that is gone, what lies around on the node. */
  private *cleanUp(): Task<void> {
    const { runtime, statuses } = this.context;
    if (!this.removed) {
      statuses.tell(this);
      return;
    }
    for (const sandbox of [...runtime.sandboxes(this.uid)]) yield* runtime.removePodSandbox(sandbox);
    this.context.forget(this);
  }

  private report(view: PodView, ending = false): void {
    const { context, pod } = this;
    const before = this.status ?? pod.status;
    const status = podStatus({
      pod,
      view,
      before,
      nowEpochMs: context.kernel.epochMs(),
      startEpochMs: context.kernel.startEpochMs,
      startTime: this.startTime,
      hostIp: context.machine.ip,
      hostIps: context.hostIps,
      waiting: (name) => this.trouble?.waiting.get(name),
      isStarted: (name) => this.isStarted(name),
      isReady: (name) => this.probes?.isReady(name) ?? true,
      ending,
      ...(this.failed && { failed: this.failed }),
    });
    if (this.status && sameValue(this.status, status)) return;
    this.status = status;
    context.statuses.tell(this);
  }

  private updateProbes(view: PodView): void {
    const { context, pod } = this;
    const spec = pod.spec!;
    if (!this.probes) {
      if (!spec.containers.some(hasProbes) && !spec.initContainers?.some(hasProbes)) return;
      this.probes = new PodProbes({
        kernel: context.kernel,
        group: context.group,
        fabric: context.fabric,
        machine: context.machine,
        runtime: context.runtime,
        unhealthy: (container, message) => this.tell(container, 'containers')('Warning', 'Unhealthy', message),
        changed: () => this.wake(),
      });
    }
    this.probes.update(spec.initContainers ? [...spec.initContainers, ...spec.containers] : spec.containers, view);
  }

  private get podIp(): string {
    return viewPod(this.context.runtime, this.uid).sandbox?.ip ?? '';
  }

  private isStarted(name: string): boolean {
    return this.probes?.isStarted(name) ?? true;
  }

  private current(name: string): Container | undefined {
    return viewPod(this.context.runtime, this.uid).history(name)?.current;
  }

  /** The restart count of a container that the API server knows and the engine has lost. */
  private reportedRestarts(name: string): number | undefined {
    const { containerStatuses, initContainerStatuses } = this.pod.status ?? {};
    const reported = containerStatuses?.find((status) => status.name === name) ?? initContainerStatuses?.find((status) => status.name === name);
    return reported?.containerID ? reported.restartCount + 1 : undefined;
  }

  private openVolumes(): PodVolumes {
    return (this.volumes ??= new PodVolumes(this.context.kernel, this.context.machine.files));
  }

  private envFacts(podIp: string) {
    const { client, machine, nodeName, allocatable, services } = this.context;
    return { client, pod: this.pod, podIp, hostIp: machine.ip, nodeName, allocatable, services: services(this.pod.metadata.namespace!) };
  }

  private tell(spec: ContainerSpec, field: string): TellContainer {
    return (type, reason, message) => this.context.recorder.event(this.pod, type, reason, message, { fieldPath: `spec.${field}{${spec.name}}` });
  }

  private inTrouble(): Trouble {
    return (this.trouble ??= { waiting: new Map(), crashes: new Map(), mountRetryMs: 0 });
  }

  private crashes(name: string): Backoff {
    const { crashes } = this.inTrouble();
    let backoff = crashes.get(name);
    if (!backoff) crashes.set(name, (backoff = new Backoff(FIRST_CRASH_BACKOFF_MS, LONGEST_CRASH_BACKOFF_MS)));
    return backoff;
  }

  /** Has the worker look again at an instant, or earlier if that was planned before. */
  private wakeAt(dueMs: number): void {
    if (this.timer && this.timer.dueMs <= dueMs && this.timer.dueMs > this.context.kernel.now) return;
    this.timer?.cancel();
    const timer = this.context.kernel.at(dueMs, () => {
      this.timer = undefined;
      this.wake();
    });
    this.timer = timer;
  }

  /** At the kubelet's end. */
  halt(): void {
    this.timer?.cancel();
    this.probes?.stop();
  }
}

const NO_MOUNTS = (): [] => [];

/** A created container that could not be started. */
class StartProblem extends Error {
  override name = 'StartProblem';
}

/** What an error at the start of a container means for its status, and for the event. */
function waitReason(error: unknown): { readonly event: string; readonly reason: WaitReason } | undefined {
  if (error instanceof ImageProblem) return { event: error.reason, reason: { reason: error.reason, message: error.message } };
  if (error instanceof ConfigProblem) return { event: error.message, reason: { reason: 'CreateContainerConfigError', message: error.message } };
  if (error instanceof StartProblem) return { event: error.message, reason: { reason: 'RunContainerError', message: error.message } };
  return undefined;
}

function probeGraceMs(spec: ContainerSpec, kind: 'startup' | 'liveness'): number | undefined {
  const probe = kind === 'startup' ? spec.startupProbe : spec.livenessProbe;
  const seconds = probe?.terminationGracePeriodSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

function isFinal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}
