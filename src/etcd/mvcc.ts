import { freeze } from '../base/freeze.ts';
import { SortedMap } from '../base/sorted-map.ts';
import {
  CompactedError,
  FutureRevisionError,
  type Compare,
  type KeyValue,
  type Operation,
  type RangeOptions,
  type RangeResult,
  type StoreEvent,
  type TxnResult,
} from './store.ts';

/**
 * etcd's key-value state as a value machine: no clock, no processes. The present keys stand in a
 * B-tree; the past is the log of changes since the last compaction, from which older revisions
 * are reconstructed by undoing. A write costs O(log keys), memory for history is one log entry.
 */
export class Mvcc {
  /** etcd starts at revision 1. */
  revision = 1;
  compactRevision = 0;
  private readonly keys = new SortedMap<string, KeyValue>(undefined, compareKeys);
  /** Changes after `compactRevision`, oldest first. */
  private log: StoreEvent[] = [];

  get size(): number {
    return this.keys.size;
  }

  /** Checks and, if all hold, writes everything under one new revision. Answers also the events of it. */
  apply(compare: readonly Compare[], operations: readonly Operation[]): { result: TxnResult; events: readonly StoreEvent[] } {
    const failed = compare.some(({ key, modRevision }) => (this.keys.get(key)?.modRevision ?? 0) !== modRevision);
    if (failed) {
      const present = compare.map(({ key }) => this.keys.get(key));
      return { result: { succeeded: false, revision: this.revision, written: [], present }, events: [] };
    }
    const revision = this.revision + 1;
    const events: StoreEvent[] = [];
    for (const operation of operations) {
      const event = 'put' in operation ? this.put(operation, revision) : this.remove(operation.remove, revision);
      if (event) events.push(event);
    }
    if (events.length > 0) {
      this.revision = revision;
      for (const event of events) this.log.push(event);
    }
    return { result: { succeeded: true, revision: this.revision, written: events.map((event) => event.kv), present: [] }, events };
  }

  get(key: string, revision?: number): KeyValue | undefined {
    if (revision === undefined || revision === 0 || revision === this.revision) return this.keys.get(key);
    this.checkRevision(revision);
    for (let i = this.firstAfter(revision); i < this.log.length; i++) {
      if (this.log[i]!.kv.key === key) return this.log[i]!.previous;
    }
    return this.keys.get(key);
  }

  range(prefix: string, options: RangeOptions = {}): RangeResult {
    const revision = options.revision || this.revision;
    this.checkRevision(revision);
    const all = revision === this.revision ? this.present(prefix) : this.past(prefix, revision);
    const { from } = options;
    const rest = from === undefined ? all : all.filter((kv) => compareKeys(kv.key, from) >= 0);
    const items = options.limit ? rest.slice(0, options.limit) : rest;
    return { items, revision, more: items.length < rest.length, count: all.length };
  }

  /** The log from `fromRevision` on, for keys with the prefix. */
  eventsSince(prefix: string, fromRevision: number): StoreEvent[] {
    if (fromRevision <= this.compactRevision) throw new CompactedError(this.compactRevision);
    const events: StoreEvent[] = [];
    for (let i = this.firstAfter(fromRevision - 1); i < this.log.length; i++) {
      if (this.log[i]!.kv.key.startsWith(prefix)) events.push(this.log[i]!);
    }
    return events;
  }

  /** Forgets history up to and including `revision`: only the present state at it can still be read. */
  compact(revision: number): void {
    if (revision <= this.compactRevision) throw new CompactedError(this.compactRevision);
    if (revision > this.revision) throw new FutureRevisionError();
    this.log = this.log.slice(this.firstAfter(revision));
    this.compactRevision = revision;
  }

  private put(operation: Extract<Operation, { put: string }>, revision: number): StoreEvent {
    const { put: key, value, lease = 0 } = operation;
    const previous = this.keys.get(key);
    const kv: KeyValue = {
      /* One text a key for as long as it lives: caches and leases hold it too. */
      key: previous?.key ?? key,
      value: freeze(typeof value === 'function' ? (value as (revision: number) => unknown)(revision) : value),
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
      lease,
    };
    this.keys.set(kv.key, kv);
    return { type: 'PUT', kv, previous };
  }

  private remove(key: string, revision: number): StoreEvent | undefined {
    const previous = this.keys.get(key);
    if (!previous) return undefined;
    this.keys.delete(key);
    return { type: 'DELETE', kv: { ...previous, modRevision: revision, version: 0 }, previous };
  }

  private present(prefix: string): KeyValue[] {
    const items: KeyValue[] = [];
    for (const [key, kv] of this.keys.entries(prefix)) {
      if (!key.startsWith(prefix)) break;
      items.push(kv);
    }
    return items;
  }

  private past(prefix: string, revision: number): KeyValue[] {
    const undone = new Map<string, KeyValue | undefined>();
    const oldest = this.firstAfter(revision);
    for (let i = this.log.length - 1; i >= oldest; i--) {
      const { kv, previous } = this.log[i]!;
      if (kv.key.startsWith(prefix)) undone.set(kv.key, previous);
    }
    const items = this.present(prefix).filter((kv) => !undone.has(kv.key));
    for (const kv of undone.values()) if (kv) items.push(kv);
    return items.sort((a, b) => compareKeys(a.key, b.key));
  }

  private checkRevision(revision: number): void {
    if (revision > this.revision) throw new FutureRevisionError();
    if (revision < this.compactRevision) throw new CompactedError(this.compactRevision);
  }

  /** Index of the first log entry after `revision`. */
  private firstAfter(revision: number): number {
    let low = 0;
    let high = this.log.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.log[middle]!.kv.modRevision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
