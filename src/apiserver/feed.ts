import { CompactedError, type KeyValue, type Store, type StoreEvent } from '../etcd/store.ts';
import { CLOSED, Condition, Future } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { KubeObject } from '../api/object.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { WatchCache } from './watch-cache.ts';

/** Everything the API server stores lies below this prefix: `/registry/<group-resource>/[<namespace>/]<name>`. */
export const REGISTRY = '/registry/';

const RETRY_MS = 1_000;

/** One watch of the store that feeds the caches of all resources. Its revision is that of every cache. */
export class StoreFeed {
  private readonly kernel: Kernel;
  private readonly store: Store;
  private readonly caches = new Map<string, WatchCache>();
  /** What lies in the store of resources that have no cache: custom ones whose definition has not been read yet. */
  private readonly unclaimed = new Map<string, Map<string, KubeObject>>();
  private readonly arrival = new Condition();
  private readonly started = new Future<void>();
  /** The revision up to which all caches are complete. */
  revision = 0;

  constructor(kernel: Kernel, store: Store) {
    this.kernel = kernel;
    this.store = store;
  }

  /** Feeds `cache` with what lies below `/registry/<groupResource>/`. */
  attach(groupResource: string, cache: WatchCache): void {
    this.caches.set(groupResource, cache);
    if (this.revision > 0) cache.reset(this.unclaimed.get(groupResource) ?? [], this.revision);
    this.unclaimed.delete(groupResource);
  }

  /** Ends what `attach` began. `left` is what still lies in the store, by its keys. */
  detach(groupResource: string, left: Iterable<readonly [string, KubeObject]>): void {
    this.unclaimed.set(groupResource, new Map(left));
    this.caches.get(groupResource)?.reset([], this.revision);
    this.caches.delete(groupResource);
  }

  ready(): Task<void> {
    return this.started.wait();
  }

  get isReady(): boolean {
    return this.started.settled;
  }

  /** Waits until the caches hold everything the store has committed by now. */
  *fresh(): Task<void> {
    yield* this.reached(this.store.revision);
  }

  *reached(revision: number): Task<void> {
    while (this.revision < revision) yield* this.arrival.wait();
  }

  /** Forgets changes up to `revision`, as the store has. */
  forgetUpTo(revision: number): void {
    for (const cache of this.caches.values()) cache.forgetUpTo(revision);
  }

  /** The process that keeps the caches: reads the state, then follows the changes, for ever. */
  *run(): Task<never> {
    for (;;) {
      try {
        if (this.revision === 0) yield* this.load();
        yield* this.follow();
      } catch (error) {
        if (error instanceof CompactedError) this.revision = 0;
        else if (!(error instanceof Error) || error.name !== 'StoreUnavailable') throw error;
      }
      yield* sleep(RETRY_MS);
    }
  }

  private *load(): Task<void> {
    const { items, revision } = yield* this.store.range(REGISTRY);
    const byResource = new Map<string, [string, KubeObject][]>();
    for (const kv of items) {
      const resource = resourceOf(kv);
      if (resource === undefined) continue;
      let list = byResource.get(resource);
      if (!list) byResource.set(resource, (list = []));
      list.push([kv.key, kv.value as KubeObject]);
    }
    this.unclaimed.clear();
    for (const [resource, list] of byResource) if (!this.caches.has(resource)) this.unclaimed.set(resource, new Map(list));
    for (const [resource, cache] of this.caches) cache.reset(byResource.get(resource) ?? [], revision);
    this.revision = revision;
    this.started.resolve();
    this.arrival.notify();
  }

  private *follow(): Task<void> {
    const watch = yield* this.store.watch(REGISTRY, this.revision + 1);
    try {
      for (;;) {
        const events = yield* watch.events.receive();
        if (events === CLOSED) break;
        this.take(events);
      }
    } finally {
      watch.cancel();
    }
    if (watch.failure) throw watch.failure;
  }

  private take(events: readonly StoreEvent[]): void {
    for (const event of events) {
      const resource = resourceOf(event.kv);
      this.revision = event.kv.modRevision;
      if (resource === undefined) continue;
      const cache = this.caches.get(resource);
      if (cache) cache.apply(event, this.kernel.now);
      else this.keep(resource, event);
    }
    this.arrival.notify();
  }

  private keep(resource: string, { type, kv }: StoreEvent): void {
    let objects = this.unclaimed.get(resource);
    if (!objects) this.unclaimed.set(resource, (objects = new Map()));
    if (type === 'DELETE') objects.delete(kv.key);
    else objects.set(kv.key, kv.value as KubeObject);
  }
}

/** `pods`, `deployments.apps`. */
function resourceOf({ key }: KeyValue): string | undefined {
  const end = key.indexOf('/', REGISTRY.length);
  return end < 0 ? undefined : key.slice(REGISTRY.length, end);
}
