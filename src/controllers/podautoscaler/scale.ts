import { BUILTIN_KINDS, splitApiVersion, type Kind } from '../../api/kind.ts';
import { ApiError, type FailureStatus } from '../../api/status.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, customKind } from '../shared/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { InformerFactory } from '../../client/informer.ts';
import type { HttpRequest } from '../../net/http.ts';
import type { Task } from '../../sim/wait.ts';
import type { PodMetrics } from './metrics.ts';

/** `autoscaling/v1` Scale. */
export interface Scale extends KubeObject {
  spec: { replicas?: number };
  status: { replicas: number; selector?: string };
}

interface Reference {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

/** The kind that a scale target names, whatever its version. Throws when there is none. */
function kindOf(reference: Reference, informers: InformerFactory): Kind {
  const { group } = splitApiVersion(reference.apiVersion ?? '');
  for (const kind of BUILTIN_KINDS.values()) if (kind.group === group && kind.kind === reference.kind) return kind;
  for (const definition of informers.informer(CUSTOM_RESOURCE_DEFINITIONS).list()) {
    const kind = customKind(definition);
    if (kind?.group === group && kind.kind === reference.kind) return kind;
  }
  throw new Error(`no matches for kind "${reference.kind}" in group "${group}"`);
}

function path(kind: Kind, namespace: string, name: string): string {
  const root = kind.group ? `/apis/${kind.apiVersion}` : `/api/${kind.version}`;
  return `${root}/namespaces/${namespace}/${kind.resource}/${name}/scale`;
}

/** The scale subresource of a target. */
export function* readScale(client: Client, informers: InformerFactory, reference: Reference, namespace: string): Task<Scale> {
  return (yield* call(client, {
    method: 'GET',
    path: path(kindOf(reference, informers), namespace, reference.name),
    query: [],
    headers: {},
  })) as Scale;
}

export function* writeScale(client: Client, informers: InformerFactory, reference: Reference, namespace: string, scale: Scale): Task<void> {
  const headers = { 'content-type': 'application/json' };
  yield* call(client, {
    method: 'PUT',
    path: path(kindOf(reference, informers), namespace, reference.name),
    query: [],
    headers,
    body: scale,
  });
}

/** What metrics-server knows of the pods that a selector selects. */
export function* readPodMetrics(client: Client, namespace: string, selector: string): Task<readonly PodMetrics[]> {
  const request = {
    method: 'GET',
    path: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
    query: [['labelSelector', selector]] as const,
    headers: {},
  };
  return ((yield* call(client, request)) as { items?: PodMetrics[] }).items ?? [];
}

function* call(client: Client, request: HttpRequest): Task<object> {
  const headers = { accept: 'application/json', 'user-agent': 'kube-controller-manager/horizontal-pod-autoscaler', ...request.headers };
  const response = yield* client.raw({ ...request, headers });
  const body = typeof response.body === 'string' ? parsed(response.body) : response.body;
  if (response.status < 400) return body as object;
  const status = body as FailureStatus | undefined;
  throw status?.kind === 'Status'
    ? ApiError.of(status)
    : new ApiError(response.status, undefined, 'the server could not find the requested resource');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
