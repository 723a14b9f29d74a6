import { ApiError, badRequest } from '../../api/status.ts';
import { NetError } from '../../net/fabric.ts';
import { internalError } from '../errors.ts';
import { kubeletOf } from '../dial.ts';
import type { HttpResponse } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

/** `name`, `name:port`, `https:name:port` (utilnet.SplitSchemeNamePort). */
function split(text: string): { name: string; port: string } {
  const parts = text.split(':');
  if (parts.length === 1) return { name: parts[0]!, port: '' };
  if (parts.length === 2) return { name: parts[0]!, port: parts[1]! };
  return { name: parts[1]!, port: parts[2]! };
}

interface Target {
  readonly ip: string;
  readonly port: number;
}

/** Passes a request on to a pod, a service or a node. Throws NotFound, BadRequest, ServiceUnavailable. */
export function* proxy(server: ServerContext, call: Call, resource: Resource): Task<HttpResponse> {
  const { name, port } = split(call.info.name);
  const object = yield* server.objects.get(resource, call.info.namespace, name);
  const target =
    resource.name === 'pods'
      ? podTarget(object, port)
      : resource.name === 'nodes'
        ? nodeTarget(object, port)
        : serviceTarget(server, object, port);
  if (!server.dial) throw internalError('this API server has no way to its nodes');
  const { method, query, headers, body } = call.request;
  const { 'content-type': type, accept } = headers;
  try {
    return yield* server.dial(target.ip, target.port, {
      method,
      path: call.info.rest || '/',
      query,
      headers: { ...(type && { 'content-type': type }), ...(accept && { accept }) },
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    throw new ApiError(503, 'ServiceUnavailable', `error trying to reach service: ${error.message}`);
  }
}

function podTarget(pod: KubeObject, port: string): Target {
  const ip = pod.status?.podIP as string | undefined;
  if (!ip) throw badRequest('address not allowed');
  const containers = (pod.spec?.containers ?? []) as { ports?: { name?: string; containerPort: number }[] }[];
  const ports = containers.flatMap((container) => container.ports ?? []);
  const chosen =
    port === '' ? ports[0]?.containerPort : /^\d+$/.test(port) ? Number(port) : ports.find((given) => given.name === port)?.containerPort;
  return { ip, port: chosen ?? 80 };
}

function nodeTarget(node: KubeObject, port: string): Target {
  const at = kubeletOf(node);
  if (!at) throw badRequest('address not allowed');
  return port === '' ? at : { ip: at.ip, port: Number(port) };
}

/** A ready endpoint of a service, the first in order. */
function serviceTarget(server: ServerContext, service: KubeObject, port: string): Target {
  const { namespace = '', name = '' } = service.metadata!;
  const ports = (service.spec?.ports ?? []) as { name?: string; port: number }[];
  const chosen = port === '' ? ports[0] : ports.find((given) => given.name === port || String(given.port) === port);
  const unavailable = (why: string): ApiError => new ApiError(503, 'ServiceUnavailable', why);
  if (!chosen) throw unavailable(`no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`);
  for (const slice of server.resources.byName('endpointslices.discovery.k8s.io')!.cache.list(namespace)) {
    if (slice.metadata!.labels?.['kubernetes.io/service-name'] !== name) continue;
    const slicePort = ((slice.ports ?? []) as { name?: string; port?: number }[]).find(
      (given) => (given.name ?? '') === (chosen.name ?? ''),
    );
    const endpoint = ((slice.endpoints ?? []) as { addresses: string[]; conditions?: { ready?: boolean } }[]).find(
      ({ conditions }) => conditions?.ready !== false,
    );
    if (slicePort?.port && endpoint) return { ip: endpoint.addresses[0]!, port: slicePort.port };
  }
  throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
}
