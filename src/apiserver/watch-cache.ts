import { SortedMap } from '../base/sorted-map.ts';
import { Change } from './change.ts';
import type { KubeObject } from '../api/object.ts';
import type { StoreEvent } from '../etcd/store.ts';

/** What a cache hands a change to, and which changes it wants. */
export interface CacheWatcher {
  /** Called synchronously for each change that may concern the watcher, in order of revision. */
  notify(change: Change): void;
  /** The cache has lost its place in history; the watch cannot go on. */
  lost(): void;
}

/** Narrows the changes that reach a watcher. At most one of `name` and `index` counts, the first given. */
export interface WatcherScope {
  readonly namespace?: string;
  readonly name?: string;
  /** A field that the cache indexes, and its value. */
  readonly index?: { readonly field: string; readonly value: string };
}

/** Fields other than name and namespace that watchers and lists are found by, with how to read them. */
export type IndexedFields = Readonly<Record<string, (object: KubeObject) => string>>;

/*
 * Past changes are kept for watches that begin in the past: the last hundred in any case, more if
 * they are fresh (cacher's defaultLowerBoundCapacity, eventFreshDuration, defaultUpperBoundCapacity).
 */
const LEAST_HISTORY = 100;
const MOST_HISTORY = 102_400;
const FRESH_MS = 75_000;

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The present state of one resource and its recent history, fed by the store's watch. Lists are
 * answered and watchers served from here; watchers are found by name, namespace or an indexed
 * field, so that a change costs only those it concerns (cacher.go's watch cache and its triggers).
 */
export class WatchCache {
  /** Before `namespace/name` in the keys of the store, which are those of the maps, so that there is one text of each. */
  private readonly prefix: string;
  /** Present objects by their key in the store, in its order. */
  private readonly objects = new SortedMap<string, KubeObject>(undefined, compareKeys);
  private readonly fields: IndexedFields;
  private readonly fieldNames: readonly string[];
  private readonly byField = new Map<string, Map<string, KubeObject>>();
  private readonly watchers = new Map<string, Set<CacheWatcher>>();
  private readonly byName = new Map<string, Set<CacheWatcher>>();
  private history: Change[] = [];
  private historyStart = 0;
  /** Changes after this revision are in the history. */
  private knownAfter = 0;

  constructor(fields: IndexedFields = {}, prefix = '') {
    this.prefix = prefix;
    this.fields = fields;
    this.fieldNames = Object.keys(fields);
  }

  get size(): number {
    return this.objects.size;
  }

  /** By `namespace/name`, or the bare name. */
  get(key: string): KubeObject | undefined {
    return this.objects.get(this.prefix + key);
  }

  /** The oldest revision from which a watch can begin is this one (changes after it are known). */
  get oldestRevision(): number {
    return this.knownAfter;
  }

  indexes(field: string): boolean {
    return field in this.fields;
  }

  /** All objects, or those of a namespace, in the order of the store. */
  list(namespace?: string): KubeObject[] {
    if (namespace === undefined) return this.objects.valuesArray();
    const items: KubeObject[] = [];
    this.objects.forRange(`${this.prefix}${namespace}/`, `${this.prefix}${namespace}0`, false, (_key, object) => {
      items.push(object);
    });
    return items;
  }

  /** Objects whose indexed field has a value, in the order of the store. */
  listByField(field: string, value: string): KubeObject[] {
    const found = this.byField.get(`${field}=${value}`);
    if (!found) return [];
    return [...found.entries()].sort((a, b) => compareKeys(a[0], b[0])).map((entry) => entry[1]);
  }

  /** Replaces everything by a state that was read from the store at `revision`, by the store's keys. */
  reset(objects: Iterable<readonly [string, KubeObject]>, revision: number): void {
    this.objects.clear();
    this.byField.clear();
    this.history = [];
    this.historyStart = 0;
    this.knownAfter = revision;
    for (const [key, object] of objects) {
      this.objects.set(key, object);
      for (const field of this.fieldNames) this.index(field, key, undefined, object);
    }
    for (const set of [...this.watchers.values(), ...this.byName.values()]) for (const watcher of [...set]) watcher.lost();
  }

  /** Takes a change of the store and tells the watchers. */
  apply(event: StoreEvent, atMs: number): void {
    const { key } = event.kv;
    const deleted = event.type === 'DELETE';
    const before = event.previous?.value as KubeObject | undefined;
    const after = deleted ? undefined : (event.kv.value as KubeObject);
    if (after) this.objects.set(key, after);
    else this.objects.delete(key);
    for (const field of this.fieldNames) this.index(field, key, before, after);
    const change = new Change(event.kv.modRevision, key, before, after, atMs);
    this.remember(change);
    this.dispatch(change);
  }

  /** Past changes after `revision`, or undefined if the cache does not reach back so far. */
  since(revision: number): Change[] | undefined {
    if (revision < this.knownAfter) return undefined;
    let low = this.historyStart;
    let high = this.history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.history[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.history.slice(low);
  }

  /** Forgets changes up to `revision`, as the store has. */
  forgetUpTo(revision: number): void {
    if (revision <= this.knownAfter) return;
    const kept = this.since(revision) ?? [];
    this.history = kept;
    this.historyStart = 0;
    this.knownAfter = revision;
  }

  /** Adds a watcher; answers how to take it away. */
  watch(scope: WatcherScope, watcher: CacheWatcher): () => void {
    const inNames = scope.name !== undefined;
    const map = inNames ? this.byName : this.watchers;
    const key = inNames
      ? `${scope.namespace ?? ''}/${scope.name}`
      : scope.index
        ? `${scope.index.field}=${scope.index.value}`
        : (scope.namespace ?? '');
    let set = map.get(key);
    if (!set) map.set(key, (set = new Set()));
    set.add(watcher);
    return () => {
      const present = map.get(key);
      present?.delete(watcher);
      if (present?.size === 0) map.delete(key);
    };
  }

  private dispatch(change: Change): void {
    const key = change.key.slice(this.prefix.length);
    const slash = key.indexOf('/');
    this.tell(this.watchers.get(''), change);
    if (slash > 0) this.tell(this.watchers.get(key.slice(0, slash)), change);
    if (this.byName.size > 0) {
      this.tell(this.byName.get(slash < 0 ? `/${key}` : key), change);
      if (slash > 0) this.tell(this.byName.get(key.slice(slash)), change);
    }
    for (const field of this.fieldNames) {
      const read = this.fields[field]!;
      const now = change.after && read(change.after);
      const was = change.before && read(change.before);
      if (now !== undefined) this.tell(this.watchers.get(`${field}=${now}`), change);
      if (was !== undefined && was !== now) this.tell(this.watchers.get(`${field}=${was}`), change);
    }
  }

  private tell(watchers: Set<CacheWatcher> | undefined, change: Change): void {
    if (watchers) for (const watcher of watchers) watcher.notify(change);
  }

  private index(field: string, key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    const read = this.fields[field]!;
    const was = before && read(before);
    const now = after && read(after);
    if (was !== undefined && was !== now) {
      const bucket = this.byField.get(`${field}=${was}`);
      bucket?.delete(key);
      if (bucket?.size === 0) this.byField.delete(`${field}=${was}`);
    }
    if (now === undefined) return;
    let bucket = this.byField.get(`${field}=${now}`);
    if (!bucket) this.byField.set(`${field}=${now}`, (bucket = new Map()));
    bucket.set(key, after!);
  }

  private remember(change: Change): void {
    this.history.push(change);
    while (this.history.length - this.historyStart > LEAST_HISTORY) {
      const oldest = this.history[this.historyStart]!;
      const fresh = change.atMs - oldest.atMs <= FRESH_MS;
      if (fresh && this.history.length - this.historyStart <= MOST_HISTORY) break;
      this.knownAfter = oldest.revision;
      this.history[this.historyStart++] = undefined as unknown as Change;
    }
    if (this.historyStart * 2 < this.history.length || this.historyStart < LEAST_HISTORY) return;
    this.history = this.history.slice(this.historyStart);
    this.historyStart = 0;
  }
}
