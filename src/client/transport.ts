import { sleep, type Task } from '../sim/wait.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Fabric, NetHost } from '../net/fabric.ts';
import type { HttpRequest, HttpResponse, Identity } from '../net/http.ts';
import type { Transport } from './client.ts';
import type { Limiter } from './rest.ts';

/** Reaches an API server through the network, with a client certificate that says `identity`. */
export class FabricTransport implements Transport {
  private readonly fabric: Fabric;
  private readonly from: NetHost;
  private readonly server: () => { ip: string; port: number };
  private readonly identity: Identity | undefined;

  constructor(fabric: Fabric, from: NetHost, server: () => { ip: string; port: number }, identity?: Identity) {
    this.fabric = fabric;
    this.from = from;
    this.server = server;
    this.identity = identity;
  }

  *request(request: HttpRequest): Task<HttpResponse> {
    const { ip, port } = this.server();
    return yield* this.fabric.request(this.from, ip, port, this.identity ? { ...request, identity: this.identity } : request);
  }
}

/** A token bucket on the virtual clock, as client-go's flow control: `perSecond` on average, `burst` at once. */
export class RateLimit implements Limiter {
  private readonly kernel: Kernel;
  private readonly perSecond: number;
  private readonly burst: number;
  private tokens: number;
  private filledMs: number;

  constructor(kernel: Kernel, perSecond: number, burst: number) {
    this.kernel = kernel;
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.filledMs = kernel.now;
  }

  /** Takes a token, waiting for it in the order of arrival. */
  *admit(): Task<void> {
    const { now } = this.kernel;
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filledMs) * this.perSecond) / 1000) - 1;
    this.filledMs = now;
    if (this.tokens < 0) yield* sleep((-this.tokens / this.perSecond) * 1000);
  }
}
