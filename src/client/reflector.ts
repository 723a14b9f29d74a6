import { sharedText } from '../base/shared-text.ts';
import { objectKey, type KubeObject, type Stored, type WatchEvent } from '../api/object.ts';
import { isApiError } from '../api/status.ts';
import { NetError } from '../net/fabric.ts';
import { CLOSED, Future } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { FailureStatus } from '../api/status.ts';
import type { Kind } from '../api/kind.ts';
import type { Group } from '../sim/group.ts';
import type { Client } from './client.ts';
import type { Informer, InformerFactory, InformerHandler, InformerScope } from './informer.ts';

/** Back-off of a reflector whose list or watch fails (client-go reflector.go). */
const FIRST_BACKOFF_MS = 800;
const LONGEST_BACKOFF_MS = 30_000;

interface Index<T> {
  readonly valuesOf: (object: Stored<T>) => readonly string[];
  readonly buckets: Map<string, Map<string, Stored<T>>>;
}

/** Keeps a cache of one kind by list and watch, as client-go's shared informer does. */
export class CachedInformer<T extends KubeObject> implements Informer<T> {
  readonly kind: Kind<T>;
  private readonly client: Client;
  private readonly scope: InformerScope;
  private readonly objects = new Map<string, Stored<T>>();
  private readonly indexes = new Map<string, Index<T>>();
  private readonly handlers: InformerHandler<T>[] = [];
  private readonly firstSync = new Future<void>();
  private resourceVersion = '';
  started = false;

  constructor(client: Client, kind: Kind<T>, scope: InformerScope) {
    this.client = client;
    this.kind = kind;
    this.scope = scope;
  }

  get hasSynced(): boolean {
    return this.firstSync.settled;
  }

  get size(): number {
    return this.objects.size;
  }

  get(key: string): Stored<T> | undefined {
    return this.objects.get(key);
  }

  list(): Iterable<Stored<T>> {
    return this.objects.values();
  }

  byIndex(index: string, value: string): readonly Stored<T>[] {
    const bucket = this.indexes.get(index)?.buckets.get(value);
    return bucket ? [...bucket.values()] : [];
  }

  synced(): Task<void> {
    return this.firstSync.wait();
  }

  addIndex(name: string, valuesOf: (object: Stored<T>) => readonly string[]): void {
    if (this.indexes.has(name)) return;
    const index: Index<T> = { valuesOf, buckets: new Map() };
    this.indexes.set(name, index);
    for (const [key, object] of this.objects) insert(index, key, object);
  }

  /** A handler that comes late hears of all that is there already. */
  onChange(handler: InformerHandler<T>): void {
    this.handlers.push(handler);
    if (handler.added) for (const object of this.objects.values()) handler.added(object);
  }

  *run(): Task<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    for (;;) {
      try {
        if (this.resourceVersion === '') yield* this.relist();
        yield* this.follow();
        backoffMs = FIRST_BACKOFF_MS;
      } catch (error) {
        if (isApiError(error, 'Expired') || isApiError(error, 'Gone')) this.resourceVersion = '';
        else if (!(error instanceof NetError) && !isApiError(error)) throw error;
        yield* sleep(backoffMs);
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      }
    }
  }

  private *relist(): Task<void> {
    const list = yield* this.client.list(this.kind, this.scope);
    const gone = new Set(this.objects.keys());
    for (const object of list.items) {
      gone.delete(objectKey(object));
      this.put(object);
    }
    for (const key of gone) this.remove(key, this.objects.get(key)!);
    this.resourceVersion = list.metadata.resourceVersion ?? '';
    this.firstSync.resolve();
  }

  private *follow(): Task<void> {
    const watch = yield* this.client.watch(this.kind, { ...this.scope, resourceVersion: this.resourceVersion, allowWatchBookmarks: true });
    try {
      for (;;) {
        const event = yield* watch.next();
        if (event === CLOSED) return;
        if (!this.take(event)) return;
      }
    } finally {
      watch.stop();
    }
  }

  /** False when the watch has become useless and everything must be listed anew. */
  private take(event: WatchEvent<Stored<T>>): boolean {
    const { type, object } = event;
    if (type === 'ERROR') {
      if ((object as unknown as FailureStatus).code === 410) this.resourceVersion = '';
      return false;
    }
    this.resourceVersion = object.metadata.resourceVersion;
    if (type === 'DELETED') this.remove(objectKey(object), object);
    else if (type !== 'BOOKMARK') this.put(object);
    return true;
  }

  private put(object: Stored<T>): void {
    let key = objectKey(object);
    const before = this.objects.get(key);
    if (!before) key = sharedText(key);
    if (before === object || before?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.objects.set(key, object);
    for (const index of this.indexes.values()) {
      if (before) replace(index, key, before, object);
      else insert(index, key, object);
    }
    if (before && before.metadata.uid !== object.metadata.uid) {
      for (const handler of this.handlers) handler.deleted?.(before);
      for (const handler of this.handlers) handler.added?.(object);
    } else if (before) for (const handler of this.handlers) handler.updated?.(before, object);
    else for (const handler of this.handlers) handler.added?.(object);
  }

  private remove(key: string, last: Stored<T>): void {
    const before = this.objects.get(key);
    if (!before) return;
    this.objects.delete(key);
    for (const index of this.indexes.values()) withdraw(index, key, before);
    for (const handler of this.handlers) handler.deleted?.(last);
  }
}

function insert<T>(index: Index<T>, key: string, object: Stored<T>): void {
  for (const value of index.valuesOf(object)) {
    let bucket = index.buckets.get(value);
    if (!bucket) index.buckets.set(value, (bucket = new Map()));
    bucket.set(key, object);
  }
}

function withdraw<T>(index: Index<T>, key: string, object: Stored<T>): void {
  for (const value of index.valuesOf(object)) {
    const bucket = index.buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) index.buckets.delete(value);
  }
}

function replace<T>(index: Index<T>, key: string, before: Stored<T>, after: Stored<T>): void {
  const values = index.valuesOf(after);
  for (const value of index.valuesOf(before)) {
    if (values.includes(value)) continue;
    const bucket = index.buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) index.buckets.delete(value);
  }
  for (const value of values) {
    let bucket = index.buckets.get(value);
    if (!bucket) index.buckets.set(value, (bucket = new Map()));
    bucket.set(key, after);
  }
}

/** Shares one {@link CachedInformer} a kind and scope between all who ask. */
export class SharedInformers implements InformerFactory {
  private readonly client: Client;
  private readonly group: Group;
  private readonly informers = new Map<string, CachedInformer<any>>();

  /** The informers run in `group`. */
  constructor(client: Client, group: Group) {
    this.client = client;
    this.group = group;
  }

  informer<T extends KubeObject>(kind: Kind<T>, scope: InformerScope = {}): Informer<T> {
    const key = [kind.apiVersion, kind.resource, scope.namespace, scope.labelSelector, scope.fieldSelector].join('|');
    let informer = this.informers.get(key);
    if (!informer) this.informers.set(key, (informer = new CachedInformer<T>(this.client, kind, scope)));
    return informer as CachedInformer<T>;
  }

  start(): void {
    for (const informer of this.informers.values()) {
      if (informer.started) continue;
      informer.started = true;
      this.group.spawn(`informer ${informer.kind.resource}`, informer.run());
    }
  }

  *synced(): Task<void> {
    for (const informer of [...this.informers.values()]) yield* informer.synced();
  }
}
