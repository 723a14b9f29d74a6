import { CLOSED, Channel } from '../sim/sync.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Task } from '../sim/wait.ts';
import type { NetHost } from './fabric.ts';

/** Who the other end of a connection is, as a TLS client certificate would say. */
export interface Identity {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * What travels as a body: text, bytes, or (inside the simulation, where nothing is serialized) an
 * immutable JSON value under a JSON content type.
 */
export type HttpBody = string | Uint8Array | object;

export interface HttpRequest {
  readonly method: string;
  /** The decoded path, without query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** Set by a transport that authenticated the client; headers may carry a bearer token instead. */
  readonly identity?: Identity;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. Several values of one name (Warning) are joined by `\n`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** A body that goes on: watch events as values, log chunks as text. */
  readonly stream?: HttpStream;
  /** After an upgrade (status 101): what the client sends, chunk by chunk, as `stream` is what the server sends. */
  readonly upload?: HttpStream;
}

/** `from` is whoever opened the connection, where the network knows it. */
export type HttpHandler = (request: HttpRequest, from?: NetHost) => Task<HttpResponse>;

/** The values of a query parameter's first occurrence, or undefined. */
export function queryValue(request: HttpRequest, name: string): string | undefined {
  for (const [key, value] of request.query) if (key === name) return value;
  return undefined;
}

/**
 * One direction of a long reply: the server pushes chunks, the client receives them `latencyMs`
 * later, in order. What is pushed within that time travels together and costs one event.
 */
export class HttpStream {
  private readonly kernel: Kernel;
  private readonly arrived = new Channel<unknown>();
  private onTheWay: unknown[] = [];
  private delivering = false;
  private ended = false;
  private closing = false;
  private readonly onCancel: (() => void)[] = [];
  /** One-way delay; set by the fabric when the stream crosses a link. */
  latencyMs = 0;
  /** Asked before chunks arrive; false keeps them on the way (a cut link). Set by the fabric. */
  reachable: (() => boolean) | undefined;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  get closed(): boolean {
    return this.ended;
  }

  /** Server side: sends a chunk. Ignored after the end. */
  push(chunk: unknown): void {
    if (this.ended || this.closing) return;
    this.onTheWay.push(chunk);
    this.deliverLater();
  }

  /** Server side: ends the stream after what was pushed. */
  close(): void {
    if (this.ended || this.closing) return;
    this.closing = true;
    this.deliverLater();
  }

  /** Client side: the next chunk, or CLOSED. */
  *receive(): Task<unknown | typeof CLOSED> {
    return yield* this.arrived.receive();
  }

  /** Client side: the stream's arrivals, for `anyOf` and `withTimeout`. */
  get arrivals(): Channel<unknown> {
    return this.arrived;
  }

  /** Client side: hangs up. The server learns of it through {@link whenCancelled}. */
  cancel(): void {
    this.breakOff();
  }

  /** Either side, or the network: ends at once; what was on the way is lost. */
  breakOff(): void {
    if (this.ended) return;
    this.ended = true;
    this.onTheWay = [];
    this.arrived.close();
    for (const callback of this.onCancel.splice(0)) callback();
  }

  /** Called once when the stream has ended for whatever reason. */
  whenCancelled(callback: () => void): void {
    if (this.ended) callback();
    else this.onCancel.push(callback);
  }

  private deliverLater(): void {
    if (this.delivering) return;
    this.delivering = true;
    this.kernel.after(this.latencyMs, () => this.deliver());
  }

  private deliver(): void {
    this.delivering = false;
    if (this.ended) return;
    if (this.reachable && !this.reachable()) {
      this.delivering = true;
      this.kernel.after(RETRANSMIT_MS, () => this.deliver());
      return;
    }
    const chunks = this.onTheWay;
    this.onTheWay = [];
    for (const chunk of chunks) this.arrived.send(chunk);
    if (this.closing) this.breakOff();
  }
}

const RETRANSMIT_MS = 200;
