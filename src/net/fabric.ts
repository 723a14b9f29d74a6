import { Future } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { Group } from '../sim/group.ts';
import type { HttpHandler, HttpRequest, HttpResponse, HttpStream } from './http.ts';

/** Something with an address: a machine, a pod's network namespace, the world outside. */
export interface NetHost {
  readonly name: string;
  readonly ip: string;
  /** Off: nothing answers, not even a refusal. */
  readonly powered: boolean;
  /** Of a network namespace: the machine it is on, whose links its traffic takes. */
  readonly machine?: NetHost;
}

export type NetErrorCode = 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EHOSTUNREACH';

/** A connection that could not be made or did not last. */
export class NetError extends Error {
  override name = 'NetError';
  readonly code: NetErrorCode;
  readonly address: string;

  constructor(code: NetErrorCode, address: string, message: string) {
    super(message);
    this.code = code;
    this.address = address;
  }
}

/** Who listens on a port of a host, until its group is killed. */
class Listener {
  readonly host: NetHost;
  readonly port: number;
  readonly group: Group;
  readonly handler: HttpHandler;
  private readonly listeners: Map<NetHost, Listener>;
  /** On another port of the same host. */
  next: Listener | undefined;

  constructor(listeners: Map<NetHost, Listener>, host: NetHost, port: number, group: Group, handler: HttpHandler) {
    this.listeners = listeners;
    this.host = host;
    this.port = port;
    this.group = group;
    this.handler = handler;
  }

  /** Takes the place of whoever listened on the port before. */
  open(): void {
    this.next = this.others();
    this.listeners.set(this.host, this);
  }

  killed(): void {
    const first = this.listeners.get(this.host);
    if (first === this) {
      if (this.next) this.listeners.set(this.host, this.next);
      else this.listeners.delete(this.host);
      return;
    }
    for (let listener = first; listener; listener = listener.next) {
      if (listener.next === this) listener.next = this.next;
    }
  }

  /** The listeners of the host's other ports, as a chain. */
  private others(): Listener | undefined {
    const present = findListener(this.listeners.get(this.host), this.port);
    present?.killed();
    return this.listeners.get(this.host);
  }
}

function findListener(first: Listener | undefined, port: number): Listener | undefined {
  for (let listener = first; listener; listener = listener.next) if (listener.port === port) return listener;
  return undefined;
}

const LOOPBACK_LATENCY_MS = 0.02;
const LINK_LATENCY_MS = 0.25;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The network between hosts: who listens where, how long a message takes, what is cut. */
export class Fabric {
  private readonly hosts = new Map<string, NetHost>();
  /** The first listener of each host; the others follow as a chain. */
  private readonly listeners = new Map<NetHost, Listener>();
  private readonly cuts = new Set<string>();
  private readonly latencies = new Map<string, number>();

  attach(host: NetHost): void {
    this.hosts.set(host.ip, host);
  }

  detach(host: NetHost): void {
    this.hosts.delete(host.ip);
  }

  hostByIp(ip: string): NetHost | undefined {
    return this.hosts.get(ip);
  }

  /** Cuts the link between two hosts, both ways. What is on the way waits; new connections time out. */
  cut(a: NetHost, b: NetHost): void {
    this.cuts.add(linkKey(a, b));
  }

  mend(a: NetHost, b: NetHost): void {
    this.cuts.delete(linkKey(a, b));
  }

  setLatency(a: NetHost, b: NetHost, latencyMs: number): void {
    this.latencies.set(linkKey(a, b), latencyMs);
  }

  /** One-way delay between two hosts. */
  latencyMs(a: NetHost, b: NetHost): number {
    if (a === b || machineOf(a) === machineOf(b)) return LOOPBACK_LATENCY_MS;
    return this.latencies.size === 0 ? LINK_LATENCY_MS : (this.latencies.get(linkKey(a, b)) ?? LINK_LATENCY_MS);
  }

  reachable(a: NetHost, b: NetHost): boolean {
    return a.powered && b.powered && (this.cuts.size === 0 || a === b || !this.cuts.has(linkKey(a, b)));
  }

  /** Serves HTTP on a port until `group` is killed. Each request is a process of the group. */
  listen(host: NetHost, port: number, group: Group, handler: HttpHandler): () => void {
    const listener = new Listener(this.listeners, host, port, group, handler);
    listener.open();
    group.onKill(listener);
    return () => listener.killed();
  }

  /** Whether somebody listens on a port of a host. */
  listens(host: NetHost, port: number): boolean {
    return findListener(this.listeners.get(host), port) !== undefined;
  }

  /** Sends one request and waits for the head of the reply. Throws {@link NetError}. */
  *request(from: NetHost, ip: string, port: number, request: HttpRequest, timeoutMs = DEFAULT_TIMEOUT_MS): Task<HttpResponse> {
    const target = ip === '127.0.0.1' ? from : this.hosts.get(ip);
    const address = `${ip}:${port}`;
    if (!target || !this.reachable(from, target)) {
      yield* sleep(timeoutMs);
      throw new NetError('ETIMEDOUT', address, `dial tcp ${address}: i/o timeout`);
    }
    const latencyMs = this.latencyMs(from, target);
    yield* sleep(latencyMs);
    const listener = findListener(this.listeners.get(target), port);
    if (!listener) throw new NetError('ECONNREFUSED', address, `dial tcp ${address}: connect: connection refused`);
    const reply = new Future<HttpResponse>();
    const reset = listener.group.onKill(() => {
      reply.reject(new NetError('ECONNRESET', address, `read tcp ${address}: connection reset by peer`));
    });
    const late = () => new NetError('ETIMEDOUT', address, `request to ${address}: context deadline exceeded`);
    const deadline = listener.group.kernel.after(timeoutMs, () => reply.reject(late()));
    listener.group.spawn('request', answer(listener.handler, request, from, reply));
    try {
      const response = yield* reply.wait();
      if (!this.reachable(from, target)) {
        yield* sleep(deadline.dueMs - listener.group.kernel.now);
        throw late();
      }
      if (response.stream) this.carry(response.stream, from, target, latencyMs, listener.group);
      if (response.upload) this.carry(response.upload, from, target, latencyMs, listener.group);
      yield* sleep(latencyMs);
      return response;
    } finally {
      deadline.cancel();
      reset();
    }
  }

  /** Opens a TCP connection and closes it again. Throws {@link NetError}. */
  *connect(from: NetHost, ip: string, port: number, timeoutMs = DEFAULT_TIMEOUT_MS): Task<void> {
    const target = ip === '127.0.0.1' ? from : this.hosts.get(ip);
    const address = `${ip}:${port}`;
    if (!target || !this.reachable(from, target)) {
      yield* sleep(timeoutMs);
      throw new NetError('ETIMEDOUT', address, `dial tcp ${address}: i/o timeout`);
    }
    yield* sleep(2 * this.latencyMs(from, target));
    if (!findListener(this.listeners.get(target), port))
      throw new NetError('ECONNREFUSED', address, `dial tcp ${address}: connect: connection refused`);
  }

  /** A stream that is passed on takes the way of every link it crosses. */
  private carry(stream: HttpStream, from: NetHost, to: NetHost, latencyMs: number, group: Group): void {
    const before = stream.reachable;
    stream.latencyMs += latencyMs;
    stream.reachable = () => this.reachable(from, to) && (!before || before());
    const forget = group.onKill(() => stream.breakOff());
    stream.whenCancelled(forget);
  }
}

function* answer(handler: HttpHandler, request: HttpRequest, from: NetHost, reply: Future<HttpResponse>): Task<void> {
  try {
    reply.resolve(yield* handler(request, from));
  } catch (error) {
    reply.reject(error);
  }
}

function machineOf(host: NetHost): NetHost {
  return host.machine ?? host;
}

/** Links are between machines: what a pod sends goes over its machine's. */
function linkKey(a: NetHost, b: NetHost): string {
  const from = machineOf(a).ip;
  const to = machineOf(b).ip;
  return from < to ? `${from}|${to}` : `${to}|${from}`;
}
