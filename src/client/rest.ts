import { ApiError, type FailureStatus } from '../api/status.ts';
import { CLOSED } from '../sim/sync.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeList, KubeObject, Stored, WatchEvent } from '../api/object.ts';
import type { HttpRequest, HttpResponse, HttpStream } from '../net/http.ts';
import type { Task, Wait } from '../sim/wait.ts';
import type {
  Client,
  DeleteOptions,
  ListOptions,
  ObjectName,
  PatchOptions,
  PatchType,
  Transport,
  Watch,
  WatchOptions,
  WriteOptions,
} from './client.ts';

type Query = (readonly [string, string])[];

const PATCH_TYPES: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** `/apis/apps/v1/namespaces/default/deployments/web/scale`. */
export function resourcePath(kind: Kind, at: { namespace?: string; name?: string }, subresource?: string): string {
  let path = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  if (at.namespace && kind.namespaced) path += `/namespaces/${at.namespace}`;
  path += `/${kind.resource}`;
  if (at.name !== undefined) path += `/${at.name}`;
  return subresource ? `${path}/${subresource}` : path;
}

/** Whether to hold a request back; see {@link RateLimit}. */
export interface Limiter {
  admit(): Task<void>;
}

export interface RestClientOptions {
  /** Sent as User-Agent; its part before `/` is the default field manager. */
  readonly userAgent: string;
  readonly limiter?: Limiter;
}

/** The {@link Client} over a {@link Transport}. */
export class RestClient implements Client {
  private readonly transport: Transport;
  private readonly limiter: Limiter | undefined;
  private readonly readHeaders: Readonly<Record<string, string>>;
  private readonly writeHeaders: Readonly<Record<string, string>>;
  private readonly patchHeaders: Readonly<Record<PatchType, Readonly<Record<string, string>>>>;

  constructor(transport: Transport, options: RestClientOptions) {
    this.transport = transport;
    this.limiter = options.limiter;
    const base = { accept: 'application/json', 'user-agent': options.userAgent };
    this.readHeaders = base;
    this.writeHeaders = { ...base, 'content-type': 'application/json' };
    const patch = (type: PatchType) => ({ ...base, 'content-type': PATCH_TYPES[type] });
    this.patchHeaders = { json: patch('json'), merge: patch('merge'), strategic: patch('strategic'), apply: patch('apply') };
  }

  *get<T extends KubeObject>(kind: Kind<T>, at: ObjectName): Task<Stored<T>> {
    return (yield* this.call('GET', resourcePath(kind, at), [])) as Stored<T>;
  }

  *list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}): Task<KubeList<Stored<T>>> {
    return (yield* this.call('GET', resourcePath(kind, options), listQuery(options))) as KubeList<Stored<T>>;
  }

  *watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions = {}): Task<Watch<Stored<T>>> {
    const query = listQuery(options);
    query.push(['watch', 'true']);
    if (options.allowWatchBookmarks) query.push(['allowWatchBookmarks', 'true']);
    if (options.timeoutSeconds !== undefined) query.push(['timeoutSeconds', String(options.timeoutSeconds)]);
    const response = yield* this.send('GET', resourcePath(kind, options), query);
    if (!response.stream) throw new ApiError(500, 'InternalError', 'the server answered a watch without a stream');
    return new RestWatch<Stored<T>>(response.stream);
  }

  *create<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}): Task<Stored<T>> {
    const path = resourcePath(kind, { namespace: object.metadata?.namespace });
    return (yield* this.call('POST', path, writeQuery(options), object, this.writeHeaders)) as Stored<T>;
  }

  *update<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions & { subresource?: string } = {}): Task<Stored<T>> {
    const path = resourcePath(kind, nameOf(object), options.subresource);
    return (yield* this.call('PUT', path, writeQuery(options), object, this.writeHeaders)) as Stored<T>;
  }

  *updateStatus<T extends KubeObject>(kind: Kind<T>, object: T, options: WriteOptions = {}): Task<Stored<T>> {
    return yield* this.update(kind, object, { ...options, subresource: 'status' });
  }

  *patch<T extends KubeObject>(
    kind: Kind<T>,
    at: ObjectName,
    type: PatchType,
    patch: unknown,
    options: PatchOptions = {},
  ): Task<Stored<T>> {
    const query = writeQuery(options);
    if (options.force) query.push(['force', 'true']);
    const path = resourcePath(kind, at, options.subresource);
    return (yield* this.call('PATCH', path, query, patch as object, this.patchHeaders[type])) as Stored<T>;
  }

  *delete(kind: Kind, at: ObjectName, options?: DeleteOptions): Task<KubeObject> {
    return (yield* this.call('DELETE', resourcePath(kind, at), [], deleteBody(options), this.writeHeaders)) as KubeObject;
  }

  *deleteCollection(kind: Kind, options: ListOptions & DeleteOptions = {}): Task<KubeObject> {
    return (yield* this.call(
      'DELETE',
      resourcePath(kind, options),
      listQuery(options),
      deleteBody(options),
      this.writeHeaders,
    )) as KubeObject;
  }

  *createSub(kind: Kind, at: ObjectName, subresource: string, body: KubeObject): Task<KubeObject> {
    return (yield* this.call('POST', resourcePath(kind, at, subresource), [], body, this.writeHeaders)) as KubeObject;
  }

  *raw(request: HttpRequest): Task<HttpResponse> {
    if (this.limiter) yield* this.limiter.admit();
    return yield* this.transport.request(request);
  }

  private *call(method: string, path: string, query: Query, body?: object, headers = this.readHeaders): Task<unknown> {
    return (yield* this.send(method, path, query, body, headers)).body;
  }

  private *send(method: string, path: string, query: Query, body?: object, headers = this.readHeaders): Task<HttpResponse> {
    const response = yield* this.raw({ method, path, query, headers, body });
    if (response.status >= 400) throw failureOf(response);
    return response;
  }
}

/** The error that a response of status 400 and above stands for. */
export function failureOf(response: HttpResponse): ApiError {
  const { body, status } = response;
  if (typeof body === 'object' && (body as FailureStatus).kind === 'Status') return ApiError.of(body as FailureStatus);
  return new ApiError(status, undefined, typeof body === 'string' && body !== '' ? body : `the server answered ${status}`);
}

class RestWatch<T> implements Watch<T> {
  private readonly stream: HttpStream;

  constructor(stream: HttpStream) {
    this.stream = stream;
  }

  get arrivals(): Wait {
    return this.stream.arrivals;
  }

  *next(): Task<WatchEvent<T> | typeof CLOSED> {
    return (yield* this.stream.receive()) as WatchEvent<T> | typeof CLOSED;
  }

  stop(): void {
    this.stream.cancel();
  }
}

function nameOf(object: KubeObject): ObjectName {
  return { namespace: object.metadata?.namespace, name: object.metadata?.name ?? '' };
}

function listQuery(options: ListOptions): Query {
  const query: Query = [];
  if (options.labelSelector) query.push(['labelSelector', options.labelSelector]);
  if (options.fieldSelector) query.push(['fieldSelector', options.fieldSelector]);
  if (options.resourceVersion !== undefined) query.push(['resourceVersion', options.resourceVersion]);
  if (options.limit) query.push(['limit', String(options.limit)]);
  if (options.continue) query.push(['continue', options.continue]);
  return query;
}

function writeQuery(options: WriteOptions): Query {
  const query: Query = [];
  if (options.dryRun) query.push(['dryRun', 'All']);
  if (options.fieldManager) query.push(['fieldManager', options.fieldManager]);
  if (options.fieldValidation) query.push(['fieldValidation', options.fieldValidation]);
  return query;
}

function deleteBody(options: DeleteOptions | undefined): object | undefined {
  if (!options) return undefined;
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options;
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(propagationPolicy && { propagationPolicy }),
    ...(preconditions && { preconditions }),
    ...(dryRun && { dryRun: ['All'] }),
  };
}
