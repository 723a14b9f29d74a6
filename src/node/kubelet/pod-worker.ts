import { isApiError } from '../../api/status.ts';
import { NetError } from '../../net/fabric.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { RuntimeError, type Mount, type Sandbox } from '../runtime/runtime.ts';
import { PodContainers, RETRY_MS, type ContainersHost, type Trouble } from './pod-containers.ts';
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
import type { ContainerSpec } from './container-status.ts';
import type { KubeletContext } from './context.ts';
import type { Reported } from './status-writer.ts';

const FIRST_MOUNT_RETRY_MS = 500;
const LONGEST_MOUNT_RETRY_MS = 122_000;
const NETWORK_RETRY_MS = 1_000;
const DEADLINE_MESSAGE = 'Pod was active on the node longer than the specified deadline';

type Stage = 'sync' | 'terminating' | 'terminated';

/**
 * A pod on its node. There is a process while there is work; in between only this record remains
 * (kubelet.go SyncPod, SyncTerminatingPod, SyncTerminatedPod; kuberuntime_manager.go).
 */
export class PodWorker implements Reported, ContainersHost {
  pod: Stored<Pod>;
  status: PodStatus | undefined;
  removed = false;
  readonly context: KubeletContext;
  private readonly startTime: string;
  private readonly requests: Amounts;
  private stage: Stage = 'sync';
  private process: Process<void> | undefined;
  private dirty = false;
  private admitted = false;
  private failed: { reason: string; message: string } | undefined;
  trouble: Trouble | undefined;
  probes: PodProbes | undefined;
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
      context.recorder.event(
        pod,
        'Warning',
        'NetworkNotReady',
        `network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${context.runtime.networkProblem}`,
      );
      this.wakeAt(context.kernel.now + NETWORK_RETRY_MS);
      return;
    }
    if (needsFetching(pod) && !(yield* this.setUpVolumes())) return;
    const sandbox = yield* this.ensureSandbox(view);
    if (!sandbox) return;
    yield* new PodContainers(this).run(sandbox);
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

  /** Ends everything that runs, politely at first, and reports how it ended. */
  private *terminate(): Task<void> {
    const { context, pod } = this;
    const { runtime, group } = context;
    const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
    const graceMs = Math.max(1, seconds) * 1000;
    const spec = pod.spec!;
    const containers = new PodContainers(this);
    const sidecars = (spec.initContainers ?? []).filter((init) => containers.current(init.name)?.state === 'running').reverse();
    const running = spec.containers.filter(({ name }) => containers.current(name)?.state === 'running');
    if (running.length === 1) yield* stop(containers, running[0]!, 'containers', graceMs);
    else {
      const stops = running.map((container) => group.spawn(`stop ${container.name}`, stop(containers, container, 'containers', graceMs)));
      for (const process of stops) yield* process.join();
    }
    for (const sidecar of sidecars) yield* stop(containers, sidecar, 'initContainers', graceMs);
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
        unhealthy: (container, message) => new PodContainers(this).tell(container, 'containers')('Warning', 'Unhealthy', message),
        changed: () => this.wake(),
      });
    }
    this.probes.update(spec.initContainers ? [...spec.initContainers, ...spec.containers] : spec.containers, view);
  }

  isStarted(name: string): boolean {
    return this.probes?.isStarted(name) ?? true;
  }

  private openVolumes(): PodVolumes {
    return (this.volumes ??= new PodVolumes(this.context.kernel, this.context.machine.files));
  }

  /** What a container sees of the pod's volumes. */
  mountsOf(container: string, podIp: string): readonly Mount[] {
    const { pod, context } = this;
    const { initContainers = [], containers } = pod.spec!;
    const spec = containers.find(({ name }) => name === container) ?? initContainers.find(({ name }) => name === container);
    if (!spec) return [];
    const { client, machine, nodeName, allocatable } = context;
    return this.openVolumes().mounts(pod, spec, { client, pod, podIp, hostIp: machine.ip, nodeName, allocatable });
  }

  inTrouble(): Trouble {
    return (this.trouble ??= { waiting: new Map(), crashes: new Map(), mountRetryMs: 0 });
  }

  /** Has the worker look again at an instant, or earlier if that was planned before. */
  wakeAt(dueMs: number): void {
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

function isFinal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

function* stop(containers: PodContainers, spec: ContainerSpec, field: string, graceMs: number): Task<void> {
  const current = containers.current(spec.name);
  if (current?.state === 'running') yield* containers.kill(current, spec, field, `Stopping container ${spec.name}`, graceMs);
}
