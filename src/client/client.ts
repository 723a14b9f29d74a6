import type { HttpRequest, HttpResponse } from '../net/http.ts';
import type { Task } from '../sim/wait.ts';
import type { Wait } from '../sim/wait.ts';
import type { CLOSED } from '../sim/sync.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeList, KubeObject, Stored, WatchEvent } from '../api/object.ts';

/** Carries requests to an API server. Throws NetError when it cannot be reached. */
export interface Transport {
  request(request: HttpRequest): Task<HttpResponse>;
}

/** `namespace` is left out for cluster-scoped kinds. */
export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface ListOptions {
  /** Left out: all namespaces (or a cluster-scoped kind). */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly limit?: number;
  readonly continue?: string;
}

export interface WatchOptions extends ListOptions {
  readonly allowWatchBookmarks?: boolean;
  readonly timeoutSeconds?: number;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface PatchOptions extends WriteOptions {
  /** For apply: take fields over from other managers. */
  readonly force?: boolean;
  readonly subresource?: string;
}

/** An open watch. The next event, or CLOSED when the server or the network ended it. */
export interface Watch<T> {
  next(): Task<WatchEvent<T> | typeof CLOSED>;
  /** The next event as a Wait, for `anyOf` and `withTimeout`. */
  readonly arrivals: Wait;
  stop(): void;
}

/**
 * A typed client of the REST interface. Failures are thrown: ApiError with the server's Status,
 * NetError when there is no answer. Answers are immutable.
 */
export interface Client {
  get<T extends KubeObject>(kind: Kind<T>, at: ObjectName): Task<Stored<T>>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Task<KubeList<Stored<T>>>;
  watch<T extends KubeObject>(kind: Kind<T>, options?: WatchOptions): Task<Watch<Stored<T>>>;
  create<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Task<Stored<T>>;
  update<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions & { subresource?: string }): Task<Stored<T>>;
  /** PUT to the status subresource. */
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Task<Stored<T>>;
  patch<T extends KubeObject>(kind: Kind<T>, at: ObjectName, type: PatchType, patch: unknown, options?: PatchOptions): Task<Stored<T>>;
  /** The deleted object, or the Status that stands for it. */
  delete(kind: Kind, at: ObjectName, options?: DeleteOptions): Task<KubeObject>;
  deleteCollection(kind: Kind, options?: ListOptions & DeleteOptions): Task<KubeObject>;
  /** POST to a subresource: `binding`, `eviction`, `token`. */
  createSub(kind: Kind, at: ObjectName, subresource: string, body: KubeObject): Task<KubeObject>;
  /** Any request; the response is not turned into an error. */
  raw(request: HttpRequest): Task<HttpResponse>;
}
