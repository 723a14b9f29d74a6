import type { Kind } from '../api/kind.ts';
import type { KubeObject, Stored } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';

/** A read-only, indexed view of the objects of one kind, as a watch keeps it. Objects are shared and immutable. */
export interface Lister<T extends KubeObject> {
  /** By `namespace/name`, or the bare name of a cluster-scoped object. */
  get(key: string): Stored<T> | undefined;
  list(): Iterable<Stored<T>>;
  readonly size: number;
  /** Objects for which the index function named `index` gave `value`, in no particular but a deterministic order. */
  byIndex(index: string, value: string): readonly Stored<T>[];
}

export interface InformerHandler<T extends KubeObject> {
  added?(object: Stored<T>): void;
  updated?(before: Stored<T>, after: Stored<T>): void;
  deleted?(object: Stored<T>): void;
}

export interface Informer<T extends KubeObject> extends Lister<T> {
  readonly kind: Kind<T>;
  readonly hasSynced: boolean;
  /** Waits for the first complete list. */
  synced(): Task<void>;
  /** Adds an index before the informer runs. Adding a name twice keeps the first. */
  addIndex(name: string, valuesOf: (object: Stored<T>) => readonly string[]): void;
  /** Handlers run synchronously when a change arrives, after the cache has it. They must not wait. */
  onChange(handler: InformerHandler<T>): void;
}

export interface InformerScope {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** One informer a kind and scope, shared by all who ask: list, then watch, for ever, relisting when a watch is lost. */
export interface InformerFactory {
  informer<T extends KubeObject>(kind: Kind<T>, scope?: InformerScope): Informer<T>;
  /** Starts what has been asked for and is not running yet. */
  start(): void;
  /** Waits until all started informers have synced. */
  synced(): Task<void>;
}
