import facts from './facts/bootstrap.json' with { type: 'json' };
import { internalCall } from './internal-call.ts';
import { create } from './verbs/create.ts';
import { isApiError } from '../api/status.ts';
import { splitApiVersion } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { ServerContext } from './server-context.ts';

/** Where this server is reached, and the range of service addresses. */
export interface BootstrapOptions {
  readonly address: string;
  readonly port: number;
  readonly serviceCIDR: string;
  /** The address of the service `kubernetes`: the first of the range. */
  readonly serviceIP: string;
}

const NAMESPACE_NAMES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];
const RBAC = 'rbac.authorization.k8s.io/v1';
const FLOWCONTROL = 'flowcontrol.apiserver.k8s.io/v1';

type Meta = { labels?: object; annotations?: object };

/** Namespaced facts are keyed `namespace/name`. */
function named(kind: string, apiVersion: string, entries: Record<string, Meta>): KubeObject[] {
  return Object.entries(entries).map(([key, { labels, annotations, ...rest }]) => {
    const slash = key.indexOf('/');
    const place = slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
    return { apiVersion, kind, metadata: { ...place, labels, annotations } as KubeObject['metadata'], ...rest };
  });
}

function listed(kind: string, apiVersion: string, entries: readonly { name: string; labels?: object; spec?: object }[]): KubeObject[] {
  return entries.map(({ name, labels, spec }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(labels && { labels }) } as KubeObject['metadata'],
    spec,
  }));
}

/** What every cluster holds once its API server is up, by resource, in the order in which it is created. */
function bootstrapObjects(options: BootstrapOptions): [string, readonly KubeObject[]][] {
  const { clusterroles, clusterrolebindings, roles, rolebindings } = facts as unknown as Record<string, Record<string, Meta>>;
  return [
    [`${RBAC}/clusterroles`, named('ClusterRole', RBAC, clusterroles!)],
    [`${RBAC}/clusterrolebindings`, named('ClusterRoleBinding', RBAC, clusterrolebindings!)],
    [`${RBAC}/roles`, named('Role', RBAC, roles!)],
    [`${RBAC}/rolebindings`, named('RoleBinding', RBAC, rolebindings!)],
    [
      'scheduling.k8s.io/v1/priorityclasses',
      facts.priorityclasses.map((given) => ({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', ...given })),
    ],
    [`${FLOWCONTROL}/prioritylevelconfigurations`, listed('PriorityLevelConfiguration', FLOWCONTROL, facts.prioritylevelconfigurations)],
    [`${FLOWCONTROL}/flowschemas`, flowSchemas()],
    ['apiregistration.k8s.io/v1/apiservices', listed('APIService', 'apiregistration.k8s.io/v1', facts.apiservices)],
    [
      'networking.k8s.io/v1/servicecidrs',
      [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'ServiceCIDR',
          metadata: { name: 'kubernetes', finalizers: ['networking.k8s.io/service-cidr-finalizer'] },
          spec: { cidrs: [options.serviceCIDR] },
        },
      ],
    ],
    ['v1/services', [kubernetesService(options)]],
    ['v1/endpoints', [kubernetesEndpoints(options)]],
    ['discovery.k8s.io/v1/endpointslices', [kubernetesSlice(options)]],
  ];
}

function flowSchemas(): KubeObject[] {
  return facts.flowschemas.map(({ name, matchingPrecedence, priorityLevel }) => ({
    apiVersion: FLOWCONTROL,
    kind: 'FlowSchema',
    metadata: { name },
    spec: { matchingPrecedence, priorityLevelConfiguration: { name: priorityLevel } },
  }));
}

function kubernetesService({ serviceIP, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      type: 'ClusterIP',
      clusterIP: serviceIP,
      clusterIPs: [serviceIP],
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      sessionAffinity: 'None',
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
    },
  };
}

function kubernetesEndpoints({ address, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  };
}

function kubernetesSlice({ address, port }: BootstrapOptions): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', protocol: 'TCP', port }],
  };
}

/** Creates what a fresh cluster lacks (the API server's post-start hooks). Returns when all of it is there. */
export function* bootstrap(server: ServerContext, options: BootstrapOptions): Task<void> {
  yield* server.feed.ready();
  const namespaces = NAMESPACE_NAMES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  yield* createAll(server, 'v1/namespaces', namespaces);
  for (const [place, objects] of bootstrapObjects(options)) yield* createAll(server, place, objects);
}

/** Creates objects side by side; those that exist stay as they are. */
function* createAll(server: ServerContext, place: string, objects: readonly KubeObject[]): Task<void> {
  const processes = objects.map((object) => server.group.spawn('bootstrap', createOne(server, place, object)));
  for (const process of processes) yield* process.join();
  yield* server.feed.fresh();
}

function* createOne(server: ServerContext, place: string, object: KubeObject): Task<void> {
  const slash = place.lastIndexOf('/');
  const { group, version } = splitApiVersion(place.slice(0, slash));
  const resource = place.slice(slash + 1);
  const served = server.resources.find(group, version, resource)!;
  const { namespace = '', name = '' } = object.metadata!;
  if (served.resource.cache.get(served.resource.cacheKey(namespace, name))) return;
  try {
    yield* create(server, internalCall({ verb: 'create', group, version, resource, namespace }), served, object);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}
