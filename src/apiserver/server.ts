import { ApiError } from '../api/status.ts';
import { StoreUnavailable, type Store } from '../etcd/store.ts';
import { ANONYMOUS, MASTERS } from './users.ts';
import { Authorizer } from './rbac/authorizer.ts';
import { impersonated } from './rbac/impersonation.ts';
import { requireAccess } from './rbac/access.ts';
import { Authenticator } from './authentication.ts';
import { ClusterIPs } from './services/cluster-ips.ts';
import { NodePorts } from './services/node-ports.ts';
import { bootstrap } from './bootstrap.ts';
import { nthAddress, parseCidr } from '../base/ip.ts';
import { serviceHooks } from './services/hooks.ts';
import { cacheLookup } from './admission/lookup.ts';
import { Admission } from './admission.ts';
import { builtinAdmission } from './admission/builtin.ts';
import { Call } from './call.ts';
import { internalError, unclassified } from './errors.ts';
import { Leases } from './leases.ts';
import { Metrics } from './metrics.ts';
import { Objects } from './objects.ts';
import { requestInfo } from './request-info.ts';
import { Resources } from './resource.ts';
import { addBuiltins } from './builtin-resources.ts';
import { isTrue } from './list-options.ts';
import { serveNonResource } from './non-resource.ts';
import { respond, respondError } from './respond.ts';
import { serveResource } from './routes.ts';
import { compactPeriodically } from './compaction.ts';
import { Killed } from '../sim/process.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { OpenApi } from './openapi/serve.ts';
import { Definitions } from './crd/definitions.ts';
import { StoreFeed } from './feed.ts';
import { queryValue, type HttpHandler, type HttpRequest, type HttpResponse, type Identity } from '../net/http.ts';
import type { Dial } from './dial.ts';
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
  readonly address: string;
  /** 6443 by default. */
  readonly port?: number;
  /** `10.96.0.0/16` by default. */
  readonly serviceCIDR?: string;
  /** Bearer tokens known from the start, with whose they are. */
  readonly tokens?: Readonly<Record<string, Identity>>;
  /** The way to nodes and pods, for logs and proxies: usually the fabric, from the server's machine. */
  readonly dial?: Dial;
  /** Told of bugs met while answering, which are then answered with 500. Left out: they are thrown. */
  readonly onPanic?: (error: unknown) => void;
}

export interface ApiServer {
  /** Answers one request. Never throws but for bugs; failures are Status answers. */
  readonly handle: HttpHandler;
  /** Waits until the caches are filled and everything that a fresh cluster holds is there. */
  ready(): Task<void>;
}

/** Builds an API server over a store. Its handler may be called at once; it waits for the caches by itself. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { kernel, group, store, rng, address, port = 6443, serviceCIDR = '10.96.0.0/16' } = options;
  const feed = new StoreFeed(kernel, store);
  const resources = new Resources();
  addBuiltins(resources, feed);
  const names = rng.fork('names');
  const tokens = new ServiceAccountTokens(kernel, resources, rng.fork('token ids'));
  const server: ServerContext = {
    kernel,
    group,
    store,
    feed,
    objects: new Objects(store),
    resources,
    admission: new Admission(builtinAdmission(cacheLookup(resources), names, () => server)),
    tokens,
    dial: options.dial,
    metrics: new Metrics(resources),
    authenticator: new Authenticator(options.tokens ?? {}, tokens),
    authorizer: new Authorizer(resources),
    uids: rng.fork('uids'),
    names,
    publicAddress: `${address}:${port}`,
    isBootstrapped: () => bootstrapped.ended,
    bootstrapped: () => bootstrapped.join(),
    customGroups: () => definitions.groups(),
    get openApi() {
      return openApi;
    },
  };
  addServiceHooks(server, serviceCIDR, rng);
  const eventLeases = new Leases(kernel, store, EVENTS_LIVE_MS);
  resources.byName('events')!.hooks = { lease: () => eventLeases.take() };
  const definitions = new Definitions(server);
  const openApi = new OpenApi(server);
  group.spawn('store feed', feed.run());
  group.spawn('custom resource definitions', definitions.run());
  group.spawn('compaction', compactPeriodically(store, feed));
  const serviceIP = nthAddress(parseCidr(serviceCIDR)!, 1)!;
  const bootstrapped = group.spawn('bootstrap', bootstrap(server, { address, port, serviceCIDR, serviceIP }));
  return {
    handle: (request) => handle(server, options.onPanic, request),
    ready: () => bootstrapped.join(),
  };
}

const EVENTS_LIVE_MS = 60 * 60 * 1000;

function addServiceHooks(server: ServerContext, serviceCIDR: string, rng: Rng): void {
  const services = server.resources.byName('services')!;
  let ports: NodePorts | undefined;
  services.hooks = serviceHooks(
    new ClusterIPs(server, serviceCIDR, rng.fork('cluster ips')),
    () => (ports ??= new NodePorts(services.cache, rng.fork('node ports'))),
    () => server.feed.fresh(),
  );
}

function* handle(server: ServerContext, onPanic: ((error: unknown) => void) | undefined, request: HttpRequest): Task<HttpResponse> {
  const watching = request.query.length > 0 && isTrue(queryValue(request, 'watch'));
  const info = requestInfo(request.method, request.path, watching);
  const call = new Call(request, info, ANONYMOUS);
  const response = yield* answer(server, call, onPanic);
  server.metrics.count(info, response.status);
  return response;
}

function* answer(server: ServerContext, call: Call, onPanic: ((error: unknown) => void) | undefined): Task<HttpResponse> {
  try {
    yield* admit(server, call);
    if (call.info.isResource) return yield* serveResource(server, call);
    return serveNonResource(server, call);
  } catch (error) {
    return failure(call, error, onPanic);
  }
}

/** Finds out who asks and whether they may. Throws Unauthorized, Forbidden. */
function* admit(server: ServerContext, call: Call): Task<void> {
  const { request } = call;
  if (!server.feed.isReady) yield* server.feed.ready();
  const user = server.authenticator.authenticate(request);
  // Nobody but administrators has rights before the roles are there.
  if (!server.isBootstrapped() && !user.groups.includes(MASTERS)) yield* server.bootstrapped();
  call.user =
    request.headers['impersonate-user'] === undefined && request.headers['impersonate-group'] === undefined
      ? user
      : impersonated(server.authorizer, user, request);
  requireAccess(server.authorizer, call.user, call.info);
}

function failure(call: Call, error: unknown, onPanic: ((error: unknown) => void) | undefined): HttpResponse {
  if (error instanceof ApiError) return respondError(call, error);
  if (error instanceof StoreUnavailable) return respond(call, 500, unclassified(error.message).status);
  if (!onPanic || error instanceof Killed) throw error;
  onPanic(error);
  return respond(call, 500, internalError('This request caused apiserver to panic. Look in the logs for details.').status);
}
