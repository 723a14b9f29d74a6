interface Sticky {
  readonly endpoint: string;
  untilMs: number;
}

/** Below this many clients nobody looks for those whose time is over. */
const FEW_CLIENTS = 64;

/** Which client was sent where, for as long as it comes back in time (sessionAffinity: ClientIP). */
export class Affinity {
  private readonly clients = new Map<string, Sticky>();
  private sweepAt = FEW_CLIENTS;

  /** The endpoint (`ip:port`) a client belongs to, if its time is not over. */
  endpointOf(client: string, nowMs: number): string | undefined {
    const sticky = this.clients.get(client);
    return sticky && sticky.untilMs > nowMs ? sticky.endpoint : undefined;
  }

  /** Every connection begins the time anew. */
  remember(client: string, endpoint: string, nowMs: number, timeoutMs: number): void {
    this.clients.set(client, { endpoint, untilMs: nowMs + timeoutMs });
    if (this.clients.size <= this.sweepAt) return;
    for (const [each, { untilMs }] of this.clients) if (untilMs <= nowMs) this.clients.delete(each);
    this.sweepAt = Math.max(FEW_CLIENTS, this.clients.size * 2);
  }
}
