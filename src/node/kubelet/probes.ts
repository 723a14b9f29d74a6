import { StringSink, emptyReader } from '../../machine/streams.ts';
import { NetError, type Fabric, type NetHost } from '../../net/fabric.ts';
import { RuntimeError, type Container, type Runtime } from '../runtime/runtime.ts';
import { anyOf, sleep, type Task } from '../../sim/wait.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { ContainerSpec } from './container-status.ts';
import type { PodView } from './view.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';
export type ProbeSpec = NonNullable<ContainerSpec['livenessProbe']>;

const KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];
const TITLES: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

/** What probing needs of its surroundings. */
export interface ProbeContext {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly fabric: Fabric;
  readonly machine: NetHost;
  readonly runtime: Runtime;
  /** A probe has failed or could not be made: an event about the container. */
  unhealthy(spec: ContainerSpec, message: string): void;
  /** A result counts from now on. */
  changed(): void;
}

/** One probe of one instance of a container. */
class Prober {
  readonly kind: ProbeKind;
  readonly container: Container;
  /** Undefined until the thresholds were met for the first time. */
  result: boolean | undefined;
  private readonly probes: PodProbes;
  private readonly spec: ContainerSpec;
  private readonly probe: ProbeSpec;
  private streak = 0;
  private streakOf: boolean | undefined;
  private timer: { cancel(): void } | undefined;

  constructor(probes: PodProbes, kind: ProbeKind, spec: ContainerSpec, probe: ProbeSpec, container: Container) {
    this.probes = probes;
    this.kind = kind;
    this.spec = spec;
    this.probe = probe;
    this.container = container;
    const { kernel } = probes.context;
    this.schedule(Math.max(container.startedMs + (probe.initialDelaySeconds ?? 0) * 1000, kernel.now));
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private schedule(atMs: number): void {
    const { kernel, group } = this.probes.context;
    this.timer = kernel.at(atMs, () => group.spawn(`${this.kind} probe`, this.run()));
  }

  private *run(): Task<void> {
    const { context } = this.probes;
    const beganMs = context.kernel.now;
    const waits = this.kind !== 'startup' && !this.probes.isStarted(this.spec.name);
    if (!waits) {
      const problem = yield* attempt(this.probe, this.spec, this.container, this.probes.ip, context);
      if (!this.timer || this.container.state !== 'running') return;
      if (problem !== undefined) context.unhealthy(this.spec, `${TITLES[this.kind]} probe failed: ${problem}`);
      this.note(problem === undefined);
      if (this.kind === 'startup' && this.result) return;
      // Such a container is restarted: the instance is not asked again (prober/worker.go, onHold).
      if (this.kind !== 'readiness' && this.result === false) return;
    }
    if (this.timer) this.schedule(beganMs + (this.probe.periodSeconds ?? 10) * 1000);
  }

  private note(good: boolean): void {
    this.streak = this.streakOf === good ? this.streak + 1 : 1;
    this.streakOf = good;
    const threshold = good ? (this.probe.successThreshold ?? 1) : (this.probe.failureThreshold ?? 3);
    if (this.streak < threshold || this.result === good) return;
    this.result = good;
    this.probes.context.changed();
  }
}

/** The probes of a pod's running containers. Pods without probes have none of this. */
export class PodProbes {
  readonly context: ProbeContext;
  ip = '';
  private readonly probers = new Map<string, Prober>();

  constructor(context: ProbeContext) {
    this.context = context;
  }

  /** Begins to probe containers that run and have probes, and leaves those that have ended. */
  update(specs: readonly ContainerSpec[], view: PodView): void {
    this.ip = view.sandbox?.ip ?? '';
    for (const spec of specs) {
      const current = view.history(spec.name)?.current;
      for (const kind of KINDS) {
        const probe = spec[`${kind}Probe`];
        if (!probe) continue;
        const key = `${spec.name}/${kind}`;
        const prober = this.probers.get(key);
        if (current?.state === 'running') {
          if (prober?.container === current) continue;
          prober?.stop();
          this.probers.set(key, new Prober(this, kind, spec, probe, current));
        } else if (prober) {
          prober.stop();
          this.probers.delete(key);
        }
      }
    }
  }

  isStarted(name: string): boolean {
    return this.probers.get(`${name}/startup`)?.result ?? !this.probers.has(`${name}/startup`);
  }

  isReady(name: string): boolean {
    const prober = this.probers.get(`${name}/readiness`);
    return prober ? prober.result === true : true;
  }

  /** The probe by which a running container has failed, if any. */
  failure(container: Container): 'startup' | 'liveness' | undefined {
    for (const kind of ['startup', 'liveness'] as const) {
      const prober = this.probers.get(`${container.name}/${kind}`);
      if (prober?.container === container && prober.result === false) return kind;
    }
    return undefined;
  }

  stop(): void {
    for (const prober of this.probers.values()) prober.stop();
    this.probers.clear();
  }
}

/** Whether a container has any probe. */
export function hasProbes(spec: ContainerSpec): boolean {
  return spec.startupProbe !== undefined || spec.readinessProbe !== undefined || spec.livenessProbe !== undefined;
}

/** Makes one attempt: undefined if all is well, otherwise what the event says. */
function* attempt(
  probe: ProbeSpec,
  spec: ContainerSpec,
  container: Container,
  ip: string,
  context: ProbeContext,
): Task<string | undefined> {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  if (probe.httpGet) return yield* httpProblem(probe.httpGet, portOf(probe.httpGet.port, spec), ip, timeoutMs, context);
  if (probe.tcpSocket) {
    try {
      yield* context.fabric.connect(context.machine, probe.tcpSocket.host || ip, portOf(probe.tcpSocket.port, spec), timeoutMs);
      return undefined;
    } catch (error) {
      if (error instanceof NetError) return error.message;
      throw error;
    }
  }
  if (probe.grpc) return yield* grpcAttempt(probe.grpc, ip, timeoutMs, context);
  if (probe.exec) return yield* execAttempt(probe.exec.command ?? [], container, timeoutMs, context);
  return undefined;
}

type HttpGet = NonNullable<ProbeSpec['httpGet']>;

/** Makes the request of a probe or hook: undefined if the answer was good. */
export function* httpProblem(
  get: HttpGet,
  port: number,
  ip: string,
  timeoutMs: number,
  context: Pick<ProbeContext, 'fabric' | 'machine'>,
): Task<string | undefined> {
  const { fabric, machine } = context;
  const host = get.host || ip;
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const path = get.path?.startsWith('/') ? get.path : `/${get.path ?? ''}`;
  const url = `${scheme}://${host}:${port}${path}`;
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.35', accept: '*/*', host: `${host}:${port}` };
  for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const [pathname = '/', search = ''] = path.split('?');
  const query = [...new URLSearchParams(search)];
  try {
    const response = yield* fabric.request(machine, host, port, { method: 'GET', path: pathname, query, headers }, timeoutMs);
    response.stream?.cancel();
    return response.status >= 200 && response.status < 400 ? undefined : `HTTP probe failed with statuscode: ${response.status}`;
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const what = error.code === 'ETIMEDOUT' ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)' : error.message;
    return `Get "${url}": ${what}`;
  }
}

function* grpcAttempt(
  grpc: NonNullable<ProbeSpec['grpc']>,
  ip: string,
  timeoutMs: number,
  { fabric, machine }: ProbeContext,
): Task<string | undefined> {
  const request = {
    method: 'POST',
    path: '/grpc.health.v1.Health/Check',
    query: [],
    headers: { 'content-type': 'application/grpc' },
    body: { service: grpc.service ?? '' },
  };
  try {
    const { status, body } = yield* fabric.request(machine, ip, grpc.port, request, timeoutMs);
    const answer = typeof body === 'object' ? (body as { status?: string }).status : undefined;
    if (status === 200 && answer === 'SERVING') return undefined;
    if (answer) return `service unhealthy (responded with "${answer}")`;
    return 'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health';
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return `timeout: failed to connect service "${ip}:${grpc.port}" within ${timeoutMs / 1000}s: context deadline exceeded`;
  }
}

function* execAttempt(
  command: readonly string[],
  container: Container,
  timeoutMs: number,
  context: ProbeContext,
): Task<string | undefined> {
  const output = new StringSink();
  const runs = context.group.child('exec probe');
  try {
    const streams = { stdin: emptyReader(), stdout: output, stderr: output };
    const process = runs.spawn('exec', caught(context.runtime.exec(container, command, streams)));
    const timeout = runs.spawn('timeout', sleep(timeoutMs));
    const first = yield* anyOf([process.completion(), timeout.completion()]);
    if (first.index === 1) return `command timed out: "${command.join(' ')}" timed out after ${timeoutMs / 1000}s`;
    if (typeof first.value === 'string') return first.value;
    return first.value === 0 ? undefined : output.text;
  } finally {
    runs.dispose();
  }
}

function* caught(run: Task<number>): Task<number | string> {
  try {
    return yield* run;
  } catch (error) {
    if (error instanceof RuntimeError) return error.message;
    throw error;
  }
}

/** A port by number, or by its name among the container's ports. */
export function portOf(port: number | string, spec: ContainerSpec): number {
  if (typeof port === 'number') return port;
  return spec.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
}
