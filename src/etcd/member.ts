import { Channel, Future } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel, Timer } from '../sim/kernel.ts';
import { Mvcc } from './mvcc.ts';
import {
  StoreUnavailable,
  type Compare,
  type KeyValue,
  type Operation,
  type RangeOptions,
  type RangeResult,
  type Store,
  type StoreEvent,
  type StoreWatch,
  type TxnResult,
} from './store.ts';

/** From proposal to commit: one write-ahead-log sync. Proposals of that time commit together. */
const COMMIT_MS = 2;
/** etcd's request time-out: 5 s + 2 × election time-out. */
const REQUEST_TIMEOUT_MS = 7_000;

interface Proposal {
  readonly compare: readonly Compare[];
  readonly operations: readonly Operation[];
  readonly reply: Future<TxnResult>;
}

interface Lease {
  readonly id: number;
  readonly ttlMs: number;
  readonly keys: Set<string>;
  timer: Timer | undefined;
}

class MemberWatch implements StoreWatch {
  readonly events = new Channel<readonly StoreEvent[]>();
  readonly prefix: string;
  failure: Error | undefined;
  private readonly forget: (watch: MemberWatch) => void;

  constructor(prefix: string, forget: (watch: MemberWatch) => void) {
    this.prefix = prefix;
    this.forget = forget;
  }

  cancel(): void {
    this.forget(this);
    this.events.close();
  }

  fail(failure: Error): void {
    this.failure = failure;
    this.events.close();
  }
}

/**
 * An etcd cluster of one member. Its data lie on the machine's disk: they outlive `stop` and
 * `start`. Proposals that have not committed when it stops fail. Several members agree through
 * raft behind the same interface (they are not built yet).
 */
export class EtcdMember implements Store {
  private readonly kernel: Kernel;
  private readonly data = new Mvcc();
  private running = false;
  private proposals: Proposal[] = [];
  private flush: Timer | undefined;
  private readonly watches = new Map<string, Set<MemberWatch>>();
  private readonly observers = new Set<(event: StoreEvent) => void>();
  private readonly leases = new Map<number, Lease>();
  private nextLease = 1;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Serves until `group` is killed. */
  start(group: Group): void {
    this.running = true;
    for (const lease of this.leases.values()) this.armLease(lease);
    group.onKill(() => this.stop());
  }

  get revision(): number {
    return this.data.revision;
  }

  /** How many keys there are. */
  get size(): number {
    return this.data.size;
  }

  *get(key: string, revision?: number): Task<KeyValue | undefined> {
    yield* this.requireRunning();
    return this.data.get(key, revision);
  }

  *range(prefix: string, options?: RangeOptions): Task<RangeResult> {
    yield* this.requireRunning();
    return this.data.range(prefix, options);
  }

  *txn(compare: readonly Compare[], operations: readonly Operation[]): Task<TxnResult> {
    yield* this.requireRunning();
    const reply = new Future<TxnResult>();
    this.proposals.push({ compare, operations, reply });
    this.flush ??= this.kernel.after(COMMIT_MS, () => this.commit());
    return yield* reply.wait();
  }

  *watch(prefix: string, fromRevision: number): Task<StoreWatch> {
    yield* this.requireRunning();
    const missed = fromRevision > this.data.revision ? [] : this.data.eventsSince(prefix, fromRevision);
    const watch = new MemberWatch(prefix, (gone) => this.forgetWatch(gone));
    let same = this.watches.get(prefix);
    if (!same) this.watches.set(prefix, (same = new Set()));
    same.add(watch);
    if (missed.length > 0) watch.events.send(missed);
    return watch;
  }

  *compact(revision: number): Task<void> {
    yield* this.requireRunning();
    this.data.compact(revision);
  }

  *grantLease(ttlMs: number): Task<number> {
    yield* this.requireRunning();
    const lease: Lease = { id: this.nextLease++, ttlMs, keys: new Set(), timer: undefined };
    this.leases.set(lease.id, lease);
    this.armLease(lease);
    return lease.id;
  }

  *keepAlive(id: number): Task<void> {
    yield* this.requireRunning();
    const lease = this.leases.get(id);
    if (lease) this.armLease(lease);
  }

  *revokeLease(id: number): Task<void> {
    yield* this.requireRunning();
    const lease = this.leases.get(id);
    if (lease) this.expire(lease);
  }

  observe(listener: (event: StoreEvent) => void): () => void {
    this.observers.add(listener);
    return () => this.observers.delete(listener);
  }

  /** Looks at the present state from outside the simulated world. */
  peek(prefix: string): readonly KeyValue[] {
    return this.data.range(prefix).items;
  }

  private stop(): void {
    this.running = false;
    this.flush?.cancel();
    this.flush = undefined;
    for (const proposal of this.proposals.splice(0)) proposal.reply.reject(new StoreUnavailable());
    for (const same of this.watches.values()) for (const watch of same) watch.fail(new StoreUnavailable());
    this.watches.clear();
    for (const lease of this.leases.values()) lease.timer?.cancel();
  }

  private *requireRunning(): Task<void> {
    if (this.running) return;
    yield* sleep(REQUEST_TIMEOUT_MS);
    if (!this.running) throw new StoreUnavailable();
  }

  private commit(): void {
    this.flush = undefined;
    const { proposals } = this;
    this.proposals = [];
    const batches = new Map<MemberWatch, StoreEvent[]>();
    for (const { compare, operations, reply } of proposals) {
      const { result, events } = this.data.apply(compare, operations);
      for (const event of events) this.published(event, batches);
      reply.resolve(result);
    }
    for (const [watch, events] of batches) watch.events.send(events);
  }

  private published(event: StoreEvent, batches: Map<MemberWatch, StoreEvent[]>): void {
    this.kernel.trace.mixText(event.kv.key);
    this.trackLease(event);
    for (const observer of this.observers) observer(event);
    const { key } = event.kv;
    for (let end = key.indexOf('/', 1); end > 0; end = key.indexOf('/', end + 1)) {
      this.collect(this.watches.get(key.slice(0, end + 1)), event, batches);
    }
    this.collect(this.watches.get(key), event, batches);
  }

  private collect(watches: Set<MemberWatch> | undefined, event: StoreEvent, batches: Map<MemberWatch, StoreEvent[]>): void {
    if (!watches) return;
    for (const watch of watches) {
      const batch = batches.get(watch);
      if (batch) batch.push(event);
      else batches.set(watch, [event]);
    }
  }

  private forgetWatch(watch: MemberWatch): void {
    const same = this.watches.get(watch.prefix);
    same?.delete(watch);
    if (same?.size === 0) this.watches.delete(watch.prefix);
  }

  private trackLease({ type, kv, previous }: StoreEvent): void {
    if (previous?.lease && previous.lease !== kv.lease) this.leases.get(previous.lease)?.keys.delete(kv.key);
    if (!kv.lease) return;
    if (type === 'PUT') this.leases.get(kv.lease)?.keys.add(kv.key);
    else this.leases.get(kv.lease)?.keys.delete(kv.key);
  }

  private armLease(lease: Lease): void {
    lease.timer?.cancel();
    lease.timer = this.kernel.after(lease.ttlMs, () => this.expire(lease));
  }

  private expire(lease: Lease): void {
    lease.timer?.cancel();
    this.leases.delete(lease.id);
    const operations = [...lease.keys].map((key) => ({ remove: key }));
    const { events } = this.data.apply([], operations);
    const batches = new Map<MemberWatch, StoreEvent[]>();
    for (const event of events) this.published(event, batches);
    for (const [watch, batch] of batches) watch.events.send(batch);
  }
}
