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

/** What a machine does to a new connection: sends it elsewhere, refuses it, or lets it get lost. */
export type Translation =
  | {
      readonly verdict: 'accept';
      readonly ip: string;
      readonly port: number;
      /** The far end sees the machine's address. */ readonly masquerades: boolean;
    }
  | { readonly verdict: 'reject' }
  | { readonly verdict: 'drop' };

/** A machine's rules for destinations, asked for connections that leave it or arrive at it; undefined: none applies. */
export type Translate = (from: NetHost, ip: string, port: number) => Translation | undefined;

/** The way of a connection. */
interface Route {
  readonly target: NetHost;
  readonly port: number;
  /** Whom the far end sees. */
  readonly source: NetHost;
  /** A machine between the two. */
  readonly via: NetHost | undefined;
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

const LOOPBACK = '127.0.0.1';
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

  private readonly translators = new Map<NetHost, Translate>();

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

  /** Sets the rules of a machine, or takes them away. They hold until they are set again. */
  setTranslator(machine: NetHost, translate: Translate | undefined): void {
    if (translate) this.translators.set(machine, translate);
    else this.translators.delete(machine);
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
    const address = `${ip}:${port}`;
    const route = this.route(from, ip, port);
    if (route === 'lost') {
      yield* sleep(timeoutMs);
      throw new NetError('ETIMEDOUT', address, `dial tcp ${address}: i/o timeout`);
    }
    if (route === 'refused') {
      yield* sleep(LOOPBACK_LATENCY_MS);
      throw refused(address);
    }
    const { target } = route;
    const latencyMs = this.routeLatencyMs(from, route);
    yield* sleep(latencyMs);
    const listener = findListener(this.listeners.get(target), route.port);
    if (!listener) throw refused(address);
    const reply = new Future<HttpResponse>();
    const reset = listener.group.onKill(() => {
      reply.reject(new NetError('ECONNRESET', address, `read tcp ${address}: connection reset by peer`));
    });
    const late = () => new NetError('ETIMEDOUT', address, `request to ${address}: context deadline exceeded`);
    const deadline = listener.group.kernel.after(timeoutMs, () => reply.reject(late()));
    listener.group.spawn('request', answer(listener.handler, request, route.source, reply));
    try {
      const response = yield* reply.wait();
      if (!this.passes(from, route)) {
        yield* sleep(deadline.dueMs - listener.group.kernel.now);
        throw late();
      }
      if (response.stream) this.carry(response.stream, from, route, latencyMs, listener.group);
      if (response.upload) this.carry(response.upload, from, route, latencyMs, listener.group);
      yield* sleep(latencyMs);
      return response;
    } finally {
      deadline.cancel();
      reset();
    }
  }

  /** Opens a TCP connection and closes it again. Throws {@link NetError}. */
  *connect(from: NetHost, ip: string, port: number, timeoutMs = DEFAULT_TIMEOUT_MS): Task<void> {
    const address = `${ip}:${port}`;
    const route = this.route(from, ip, port);
    if (route === 'lost') {
      yield* sleep(timeoutMs);
      throw new NetError('ETIMEDOUT', address, `dial tcp ${address}: i/o timeout`);
    }
    yield* sleep(route === 'refused' ? LOOPBACK_LATENCY_MS : 2 * this.routeLatencyMs(from, route));
    if (route === 'refused' || !findListener(this.listeners.get(route.target), route.port)) throw refused(address);
  }

  /** Where a new connection ends: the rules of the machine it leaves, then of the one it reaches, have their say. */
  private route(from: NetHost, ip: string, port: number): Route | 'lost' | 'refused' {
    const machine = machineOf(from);
    const first = this.translators.get(machine)?.(from, ip, port);
    if (first) return this.translated(from, first, machine, undefined);
    const target = ip === LOOPBACK ? from : this.hosts.get(ip);
    if (!target || !this.reachable(from, target)) return 'lost';
    if (target !== machine) {
      const second = this.translators.get(target)?.(from, ip, port);
      if (second) return this.translated(from, second, target, target);
    }
    return { target, port, source: from, via: undefined };
  }

  private translated(from: NetHost, translation: Translation, machine: NetHost, via: NetHost | undefined): Route | 'lost' | 'refused' {
    if (translation.verdict !== 'accept') return translation.verdict === 'drop' ? 'lost' : 'refused';
    const target = this.hosts.get(translation.ip);
    if (!target) return 'lost';
    const route: Route = { target, port: translation.port, source: translation.masquerades ? machine : from, via };
    return this.passes(from, route) ? route : 'lost';
  }

  private passes(from: NetHost, { target, via }: Route): boolean {
    return via ? this.reachable(from, via) && this.reachable(via, target) : this.reachable(from, target);
  }

  private routeLatencyMs(from: NetHost, { target, via }: Route): number {
    return via ? this.latencyMs(from, via) + this.latencyMs(via, target) : this.latencyMs(from, target);
  }

  /** A stream that is passed on takes the way of every link it crosses. */
  private carry(stream: HttpStream, from: NetHost, route: Route, latencyMs: number, group: Group): void {
    const before = stream.reachable;
    stream.latencyMs += latencyMs;
    stream.reachable = () => this.passes(from, route) && (!before || before());
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

function refused(address: string): NetError {
  return new NetError('ECONNREFUSED', address, `dial tcp ${address}: connect: connection refused`);
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
