import type { Task } from '../sim/wait.ts';
import type { Channel } from '../sim/sync.ts';

/** A key with its value and versions, as etcd's mvccpb.KeyValue. Values are immutable. */
export interface KeyValue<V = unknown> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  /** 0: no lease. */
  readonly lease: number;
}

export interface StoreEvent<V = unknown> {
  readonly type: 'PUT' | 'DELETE';
  /** For DELETE: the key with `modRevision` of the deletion and the last value. */
  readonly kv: KeyValue<V>;
  readonly previous: KeyValue<V> | undefined;
}

/** What a transaction checks; all must hold. `modRevision` 0 means the key does not exist. */
export interface Compare {
  readonly key: string;
  readonly modRevision: number;
}

export type Operation =
  /** `value` may be a function of the revision at which it commits (a resourceVersion inside the value). */
  | { readonly put: string; readonly value: unknown | ((revision: number) => unknown); readonly lease?: number }
  | { readonly remove: string };

export interface TxnResult<V = unknown> {
  readonly succeeded: boolean;
  /** The store's revision after the transaction. */
  readonly revision: number;
  /** What the operations wrote or removed, in order, when it succeeded. */
  readonly written: readonly KeyValue<V>[];
  /** The present state of the compared keys when it failed; undefined for a missing key. */
  readonly present: readonly (KeyValue<V> | undefined)[];
}

export interface RangeOptions {
  /** Read at this revision instead of the present one. Throws {@link CompactedError} or {@link FutureRevisionError}. */
  readonly revision?: number;
  readonly limit?: number;
  /** Start at this key (included) within the prefix. */
  readonly from?: string;
}

export interface RangeResult<V = unknown> {
  readonly items: readonly KeyValue<V>[];
  /** The revision the answer speaks of. */
  readonly revision: number;
  readonly more: boolean;
  /** How many keys the whole prefix has at that revision. */
  readonly count: number;
}

/** "etcdserver: mvcc: required revision has been compacted". */
export class CompactedError extends Error {
  override name = 'CompactedError';
  readonly compactRevision: number;

  constructor(compactRevision: number) {
    super('etcdserver: mvcc: required revision has been compacted');
    this.compactRevision = compactRevision;
  }
}

/** "etcdserver: mvcc: required revision is a future revision". */
export class FutureRevisionError extends Error {
  override name = 'FutureRevisionError';

  constructor() {
    super('etcdserver: mvcc: required revision is a future revision');
  }
}

/** No member answers: the unit is stopped, or there is no quorum. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';

  constructor() {
    super('etcdserver: request timed out');
  }
}

export interface StoreWatch<V = unknown> {
  /** Batches of events of one revision or more, in order. Closed with `failure` set when the watch cannot go on. */
  readonly events: Channel<readonly StoreEvent<V>[]>;
  readonly failure: Error | undefined;
  cancel(): void;
}

/**
 * What the API server asks of etcd. Writes are proposals: they commit later, in order, or fail
 * with {@link StoreUnavailable}. Reads are linearizable.
 */
export interface Store {
  /** The present revision. */
  readonly revision: number;
  get(key: string, revision?: number): Task<KeyValue | undefined>;
  range(prefix: string, options?: RangeOptions): Task<RangeResult>;
  txn(compare: readonly Compare[], operations: readonly Operation[]): Task<TxnResult>;
  /**
   * Every change from `fromRevision` on of one key, or of all keys with a prefix that ends in `/`.
   * Throws {@link CompactedError}.
   */
  watch(prefix: string, fromRevision: number): Task<StoreWatch>;
  compact(revision: number): Task<void>;
  /** A lease: its keys are removed when it is not kept alive for `ttlMs`. Returns its id. */
  grantLease(ttlMs: number): Task<number>;
  keepAlive(lease: number): Task<void>;
  revokeLease(lease: number): Task<void>;
  /**
   * Synchronous look through the glass, outside the simulated world: called at each commit, must
   * not change anything. For projections and digests only; components use `watch`.
   */
  observe(listener: (event: StoreEvent) => void): () => void;
}
