import { ApiError } from '../api/status.ts';
import { BUILTIN_KINDS, type Kind } from '../api/kind.ts';
import { StoreUnavailable, type Store } from '../etcd/store.ts';
import { ANONYMOUS } from './users.ts';
import { Authenticator } from './authentication.ts';
import { ClusterIPs } from './services/cluster-ips.ts';
import { NodePorts } from './services/node-ports.ts';
import { behaviourOf } from '../api/behaviours.ts';
import { bootstrap } from './bootstrap.ts';
import { nthAddress, parseCidr } from '../base/ip.ts';
import { serviceHooks } from './services/hooks.ts';
import { cacheLookup } from './admission/lookup.ts';
import { Admission } from './admission.ts';
import { builtinAdmission } from './admission/builtin.ts';
import { Call } from './call.ts';
import { genericBehaviour } from './generic-behaviour.ts';
import { unclassified } from './errors.ts';
import { Objects } from './objects.ts';
import { requestInfo } from './request-info.ts';
import { Resource, Resources, type Served } from './resource.ts';
import { respond, respondText } from './respond.ts';
import { serveResource } from './routes.ts';
import { compactPeriodically } from './compaction.ts';
import { StoreFeed } from './feed.ts';
import { queryValue, type HttpHandler, type HttpRequest, type HttpResponse, type Identity } from '../net/http.ts';
import type { Behaviour } from '../api/behaviour.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Rng } from '../sim/rng.ts';
import type { Task } from '../sim/wait.ts';
import type { ServerContext } from './server-context.ts';

export interface ApiServerOptions {
  readonly kernel: Kernel;
  /** Where the server's processes live; kill it to stop the server. */
  readonly group: Group;
  readonly store: Store;
  readonly rng: Rng;
  /** Where the server is reached, as the endpoints of the service `kubernetes` say. */
  readonly address?: string;
  /** 6443 by default. */
  readonly port?: number;
  /** `10.96.0.0/16` by default. */
  readonly serviceCIDR?: string;
  /** Bearer tokens known from the start, with whose they are. */
  readonly tokens?: Readonly<Record<string, Identity>>;
}

export interface ApiServer {
  /** Answers one request. Never throws but for bugs; failures are Status answers. */
  readonly handle: HttpHandler;
  /** Waits until the caches are filled and everything that a fresh cluster holds is there. */
  ready(): Task<void>;
}

/** Where the objects of another group are stored: `events.k8s.io` shares the events of the core group. */
const SHARED_STORAGE: Readonly<Record<string, string>> = { 'events.k8s.io/v1/events': 'v1/events', 'autoscaling/v1/horizontalpodautoscalers': 'autoscaling/v2/horizontalpodautoscalers' };

function identity<T>(value: T): T {
  return value;
}

const LOOSELY_NAMED = /^(rbac\.authorization|apiregistration)\.k8s\.io$/;

/** Until the kind has a behaviour of its own. */
function chosenBehaviour(kind: Kind): Behaviour {
  const own = behaviourOf(kind);
  const isOwn = kind.resource === 'pods' ? own.indexedFields.length > 0 : !LOOSELY_NAMED.test(kind.group) || own.validate({ metadata: { name: 'a:b.', namespace: 'c' } }).every((error) => error.field !== 'metadata.name');
  return isOwn ? own : genericBehaviour(kind);
}

function addBuiltins(resources: Resources, feed: StoreFeed): void {
  const stored = new Map<string, Resource>();
  const isStored = (kind: Kind): boolean => kind.verbs.includes('create') && kind.verbs.includes('list');
  const storageOf = (place: string, kind: Kind): Resource => {
    const at = SHARED_STORAGE[place] ?? place;
    let resource = stored.get(at);
    if (!resource) {
      const storageKind = BUILTIN_KINDS.get(at) ?? kind;
      stored.set(at, (resource = new Resource(storageKind, chosenBehaviour(storageKind))));
      feed.attach(resource.name, resource.cache);
    }
    return resource;
  };
  for (const [place, kind] of BUILTIN_KINDS) {
    if (!isStored(kind)) continue;
    const resource = storageOf(place, kind);
    const isStorageVersion = resource.kind === kind;
    const relabel = (apiVersion: string) => (object: any) => ({ ...object, apiVersion });
    resources.add({
      kind,
      resource,
      isStorageVersion,
      fromStorage: isStorageVersion ? identity : relabel(kind.apiVersion),
      toStorage: isStorageVersion ? identity : relabel(resource.kind.apiVersion),
    } satisfies Served);
  }
}

/** Builds an API server over a store. Its handler may be called at once; it waits for the caches by itself. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { kernel, group, store, rng } = options;
  const feed = new StoreFeed(kernel, store);
  const resources = new Resources();
  addBuiltins(resources, feed);
  const names = rng.fork('names');
  const server: ServerContext = {
    kernel,
    group,
    store,
    feed,
    objects: new Objects(store),
    resources,
    admission: new Admission(builtinAdmission(cacheLookup(resources), names)),
    uids: rng.fork('uids'),
    names,
  };
  const { address = '127.0.0.1', port = 6443, serviceCIDR = '10.96.0.0/16' } = options;
  addServiceHooks(server, serviceCIDR, rng);
  const authenticator = new Authenticator(options.tokens ?? {});
  group.spawn('store feed', feed.run());
  group.spawn('compaction', compactPeriodically(store));
  const serviceIP = nthAddress(parseCidr(serviceCIDR)!, 1)!;
  const bootstrapped = group.spawn('bootstrap', bootstrap(server, { address, port, serviceCIDR, serviceIP }));
  return {
    handle: (request) => handle(server, authenticator, request),
    ready: () => bootstrapped.join(),
  };
}

function addServiceHooks(server: ServerContext, serviceCIDR: string, rng: Rng): void {
  const services = server.resources.byName('services')!;
  let ports: NodePorts | undefined;
  services.hooks = serviceHooks(new ClusterIPs(server, serviceCIDR, rng.fork('cluster ips')), () => (ports ??= new NodePorts(services.cache, rng.fork('node ports'))), () => server.feed.fresh());
}

function* handle(server: ServerContext, authenticator: Authenticator, request: HttpRequest): Task<HttpResponse> {
  const watching = request.query.length > 0 && isTrue(queryValue(request, 'watch'));
  const info = requestInfo(request.method, request.path, watching);
  const call = new Call(request, info, ANONYMOUS);
  try {
    call.user = authenticator.authenticate(request);
    if (!server.feed.isReady) yield* server.feed.ready();
    if (info.isResource) return yield* serveResource(server, call);
    return serveOther(call);
  } catch (error) {
    return failure(call, error);
  }
}

function serveOther(call: Call): HttpResponse {
  const { path } = call.info;
  if (path === '/healthz' || path === '/livez' || path === '/readyz') return respondText(200, 'ok');
  return respondText(404, '404 page not found\n');
}

function failure(call: Call, error: unknown): HttpResponse {
  if (error instanceof ApiError) return respond(call, error.code, error.status);
  if (error instanceof StoreUnavailable) return respond(call, 500, unclassified(error.message).status);
  throw error;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && value !== 'false' && value !== '0' && value !== 'f' && value !== 'F' && value !== 'False' && value !== 'FALSE';
}

