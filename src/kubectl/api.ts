import { failureOf, resourcePath } from '../client/rest.ts';
import { ApiError, isApiError } from '../api/status.ts';
import { quote } from '../base/quote.ts';
import { CLOSED } from '../sim/sync.ts';
import { withTimeout, type Task } from '../sim/wait.ts';
import { NetError } from '../net/fabric.ts';
import type { Client, DeleteOptions, PatchType } from '../client/client.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject, WatchEvent } from '../api/object.ts';
import type { HttpBody, HttpRequest, HttpResponse, HttpStream } from '../net/http.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';

export type QueryPairs = (readonly [string, string])[];

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** A `meta.k8s.io/v1` Table, as the server renders objects for `kubectl get`. */
export interface Table extends KubeObject {
  readonly columnDefinitions?: readonly TableColumn[];
  readonly rows?: readonly TableRow[];
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly priority?: number;
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object?: KubeObject;
}

export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly resourceVersion?: string;
}

export interface Place {
  readonly namespace?: string;
  readonly name: string;
}

export interface WriteFlags {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: string;
  readonly force?: boolean;
  readonly subresource?: string;
}

export interface ApiOptions {
  readonly client: Client;
  /** The clock and the place of helper processes; needed only for time limits. */
  readonly kernel?: Kernel;
  readonly group?: Group;
  /** Told each different warning of the server once. */
  readonly warn: (text: string) => Task<void>;
  /** Sent with every request: impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  /** 0: as long as it takes. */
  readonly timeoutMs: number;
}

/** Requests of one kubectl invocation, on untyped objects. Failures are thrown as ApiError or NetError. */
export class Api {
  private readonly options: ApiOptions;
  private readonly warned = new Set<string>();
  private readonly deadlineMs: number;

  constructor(options: ApiOptions) {
    this.options = options;
    this.deadlineMs = options.timeoutMs > 0 && options.kernel ? options.kernel.now + options.timeoutMs : Infinity;
  }

  *get(kind: Kind, at: Place, subresource?: string): Task<KubeObject> {
    return yield* this.call('GET', resourcePath(kind, at, subresource), []);
  }

  *list(kind: Kind, selection: Selection = {}): Task<KubeObject & { items: KubeObject[] }> {
    try {
      return (yield* this.call('GET', resourcePath(kind, { namespace: selection.namespace }), selectionQuery(selection))) as KubeObject & {
        items: KubeObject[];
      };
    } catch (error) {
      throw listError(kind, selection, error);
    }
  }

  /** One object or a selection as the server's Table; an object or list if the server makes none. */
  *table(kind: Kind, at: Selection & { name?: string; subresource?: string; withObject?: boolean }): Task<Table> {
    const query = at.name === undefined ? selectionQuery(at) : [];
    if (at.withObject) query.push(['includeObject', 'Object']);
    try {
      return yield* this.call('GET', resourcePath(kind, at, at.subresource), query, undefined, { accept: TABLE });
    } catch (error) {
      throw at.name === undefined ? listError(kind, at, error) : error;
    }
  }

  *watch(kind: Kind, selection: Selection, options: { table?: boolean } = {}): Task<ObjectWatch> {
    const query = selectionQuery(selection);
    query.push(['watch', 'true']);
    const headers = { accept: options.table ? TABLE : 'application/json' };
    const response = yield* this.send('GET', resourcePath(kind, { namespace: selection.namespace }), query, undefined, headers);
    if (!response.stream) throw new ApiError(500, 'InternalError', 'the server answered a watch without a stream');
    return new ObjectWatch(response.stream, this.options.kernel, this.deadlineMs);
  }

  *create(kind: Kind, object: KubeObject, namespace: string | undefined, flags: WriteFlags = {}): Task<KubeObject> {
    return yield* this.call('POST', resourcePath(kind, { namespace }), writeQuery(flags), object, JSON_BODY);
  }

  *createSub(kind: Kind, at: Place, subresource: string, body: KubeObject, flags: WriteFlags = {}): Task<KubeObject> {
    return yield* this.call('POST', resourcePath(kind, at, subresource), writeQuery(flags), body, JSON_BODY);
  }

  *replace(kind: Kind, object: KubeObject, at: Place, flags: WriteFlags = {}): Task<KubeObject> {
    return yield* this.call('PUT', resourcePath(kind, at, flags.subresource), writeQuery(flags), object, JSON_BODY);
  }

  *patch(kind: Kind, at: Place, type: PatchType, patch: HttpBody, flags: WriteFlags = {}): Task<KubeObject> {
    const headers = { accept: 'application/json', 'content-type': PATCH_TYPES[type] };
    return yield* this.call('PATCH', resourcePath(kind, at, flags.subresource), writeQuery(flags), patch, headers);
  }

  *delete(kind: Kind, at: Place, options: DeleteOptions): Task<KubeObject> {
    const { dryRun, ...rest } = options;
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...rest, ...(dryRun && { dryRun: ['All'] }) };
    return yield* this.call('DELETE', resourcePath(kind, at), [], body, JSON_BODY);
  }

  /** The body of any GET, whatever it is. */
  *read(
    path: string,
    query: QueryPairs = [],
    headers: Readonly<Record<string, string>> = { accept: 'application/json, */*' },
  ): Task<HttpBody | undefined> {
    return (yield* this.send('GET', path, query, undefined, headers)).body;
  }

  /** Any request that is expected to succeed; prints the warnings of the answer. */
  *send(
    method: string,
    path: string,
    query: QueryPairs,
    body?: HttpBody,
    headers: Readonly<Record<string, string>> = {},
  ): Task<HttpResponse> {
    const request: HttpRequest = {
      method,
      path,
      query,
      headers: { 'user-agent': 'kubectl/v1.35.0', accept: 'application/json', ...this.options.headers, ...headers },
      body,
    };
    const response = yield* this.within(request);
    const warnings = response.headers.warning;
    if (warnings) yield* this.showWarnings(warnings);
    if (response.status >= 400) throw statusOf(response);
    return response;
  }

  private *call(
    method: string,
    path: string,
    query: QueryPairs,
    body?: HttpBody,
    headers?: Readonly<Record<string, string>>,
  ): Task<KubeObject> {
    return (yield* this.send(method, path, query, body, headers)).body as KubeObject;
  }

  private *within(request: HttpRequest): Task<HttpResponse> {
    const { kernel, client, group } = this.options;
    if (this.deadlineMs === Infinity || !kernel || !group) return yield* client.raw(request);
    const process = group.spawn('kubectl request', client.raw(request));
    try {
      const outcome = yield* withTimeout<HttpResponse>(Math.max(0, this.deadlineMs - kernel.now), process.completion());
      if (outcome.timedOut)
        throw new NetError('ETIMEDOUT', '', 'net/http: request canceled (Client.Timeout exceeded while awaiting headers)');
      return outcome.value;
    } finally {
      process.kill();
    }
  }

  private *showWarnings(header: string): Task<void> {
    for (const line of header.split('\n')) {
      const text = warningText(line);
      if (this.warned.has(text)) continue;
      this.warned.add(text);
      yield* this.options.warn(text);
    }
  }
}

const JSON_BODY = { accept: 'application/json', 'content-type': 'application/json' };

/** An open watch: the next event, or CLOSED when it has ended or its time is up. */
export class ObjectWatch {
  readonly stream: HttpStream;
  private readonly kernel: Kernel | undefined;
  private readonly deadlineMs: number;

  constructor(stream: HttpStream, kernel: Kernel | undefined, deadlineMs: number) {
    this.stream = stream;
    this.kernel = kernel;
    this.deadlineMs = deadlineMs;
  }

  *next(): Task<WatchEvent | typeof CLOSED> {
    return yield* this.nextBefore(this.deadlineMs);
  }

  /** The next event if it comes before an instant of the virtual clock; CLOSED otherwise. */
  *nextBefore(instantMs: number): Task<WatchEvent | typeof CLOSED> {
    const untilMs = Math.min(instantMs, this.deadlineMs);
    if (untilMs === Infinity || !this.kernel) return (yield* this.stream.receive()) as WatchEvent | typeof CLOSED;
    const outcome = yield* withTimeout<WatchEvent | typeof CLOSED>(Math.max(0, untilMs - this.kernel.now), this.stream.arrivals);
    return outcome.timedOut ? CLOSED : outcome.value;
  }

  stop(): void {
    this.stream.cancel();
  }
}

/** Answers that are no Status are told by their code, as client-go does (errors.NewGenericServerResponse). */
function statusOf(response: HttpResponse): ApiError {
  const failure = failureOf(response);
  if (failure.reason !== '' || (typeof response.body === 'object' && (response.body as KubeObject).kind === 'Status')) return failure;
  switch (response.status) {
    case 401:
      return new ApiError(401, 'Unauthorized', 'the server has asked for the client to provide credentials');
    case 403:
      return new ApiError(403, 'Forbidden', failure.message);
    case 404:
      return new ApiError(404, 'NotFound', 'the server could not find the requested resource');
    case 405:
      return new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
    case 503:
      return new ApiError(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
    default:
      return response.status >= 500
        ? new ApiError(
            response.status,
            'InternalError',
            `an error on the server (${quote(failure.message)}) has prevented the request from succeeding`,
          )
        : failure;
  }
}

/** A refused list says what was asked for (cli-runtime pkg/resource/selector.go). */
function listError(kind: Kind, { labelSelector = '', fieldSelector = '' }: Selection, error: unknown): unknown {
  if (!isApiError(error, 'BadRequest') && !isApiError(error, 'NotFound')) return error;
  const { code, reason, message, details } = error.status;
  const resource = quote(`${kind.group}/${kind.version}, Resource=${kind.resource}`);
  const asked =
    labelSelector || fieldSelector
      ? `Unable to find ${resource} that match label selector ${quote(labelSelector)}, field selector ${quote(fieldSelector)}`
      : `Unable to list ${resource}`;
  return new ApiError(code, reason, `${asked}: ${message}`, details);
}

/** The text of one Warning header: `299 - "v1 Endpoints is deprecated"`. */
export function warningText(header: string): string {
  const match = /^\d{3} \S+ "((?:[^"\\]|\\.)*)"/.exec(header);
  return match ? match[1]!.replace(/\\(.)/g, '$1') : header;
}

function selectionQuery(selection: Selection): QueryPairs {
  const query: QueryPairs = [];
  if (selection.labelSelector) query.push(['labelSelector', selection.labelSelector]);
  if (selection.fieldSelector) query.push(['fieldSelector', selection.fieldSelector]);
  if (selection.resourceVersion !== undefined) query.push(['resourceVersion', selection.resourceVersion]);
  if (selection.limit) query.push(['limit', String(selection.limit)]);
  return query;
}

function writeQuery(flags: WriteFlags): QueryPairs {
  const query: QueryPairs = [];
  if (flags.dryRun) query.push(['dryRun', 'All']);
  if (flags.fieldManager) query.push(['fieldManager', flags.fieldManager]);
  if (flags.fieldValidation) query.push(['fieldValidation', flags.fieldValidation]);
  if (flags.force) query.push(['force', 'true']);
  return query;
}
