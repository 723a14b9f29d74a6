import { nthAddress, parseCidr } from '../base/ip.ts';
import { CONFIG_MAPS, DEPLOYMENTS, SERVICE_ACCOUNTS, SERVICES } from '../api/kinds.ts';
import { builtin, type Kind } from '../api/kind.ts';
import { isApiError } from '../api/status.ts';
import { NetError } from '../net/fabric.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { ADMINISTRATOR, componentClient } from './components.ts';
import type { KubeObject } from '../api/object.ts';
import type { Client } from '../client/client.ts';
import type { Machine } from '../machine/machine.ts';
import type { ClusterDocument } from './document.ts';

const RETRY_MS = 1_000;
const IMAGE = 'registry.k8s.io/coredns/coredns:v1.13.1';
const COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

/** Where the cluster's name service is: the tenth address of the service range. */
export function clusterDns({ serviceCIDR }: ClusterDocument): string {
  return nthAddress(parseCidr(serviceCIDR)!, 10) ?? '';
}

/** Installs what brings the cluster's own workloads up once the API server answers. It creates what is missing and leaves the rest alone. */
export function installAddons(machine: Machine, document: ClusterDocument): void {
  const { kernel, fabric } = machine;
  machine.units.install({
    name: 'kube-addons',
    description: 'Kubernetes Addons',
    enabled: true,
    start({ group, log }) {
      const client = componentClient({
        kernel,
        fabric,
        from: machine,
        server: () => machine.ip,
        identity: ADMINISTRATOR,
        userAgent: 'kubeadm/v1.35.0',
      });
      group.spawn('addons', createAll(client, dnsObjects(clusterDns(document)), log));
    },
  });
}

type Wanted = readonly [Kind, KubeObject];

function* createAll(client: Client, wanted: readonly Wanted[], log: (line: string) => void): Task<void> {
  for (const [kind, object] of wanted) {
    while (!(yield* created(client, kind, object))) yield* sleep(RETRY_MS);
  }
  log('Applied essential addon: CoreDNS');
}

/** False: try again later. */
function* created(client: Client, kind: Kind, object: KubeObject): Task<boolean> {
  try {
    yield* client.create(kind, object, { fieldManager: 'kubeadm' });
    return true;
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return true;
    if (!isApiError(error) && !(error instanceof NetError)) throw error;
    return false;
  }
}

const RBAC = 'rbac.authorization.k8s.io/v1';
const IN_SYSTEM = { name: 'coredns', namespace: 'kube-system' };
const LABELS = { 'k8s-app': 'kube-dns' };

/** As kubeadm lays them down (cmd/kubeadm/app/phases/addons/dns/manifests.go). */
function dnsObjects(address: string): Wanted[] {
  const rules = [
    { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
  ];
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kube-dns',
      namespace: 'kube-system',
      labels: { ...LABELS, 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
      annotations: { 'prometheus.io/port': '9153', 'prometheus.io/scrape': 'true' },
    },
    spec: {
      clusterIP: address,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'dns-tcp', port: 53, protocol: 'TCP', targetPort: 53 },
        { name: 'metrics', port: 9153, protocol: 'TCP', targetPort: 9153 },
      ],
      selector: LABELS,
    },
  };
  return [
    [SERVICES, service],
    [SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: IN_SYSTEM }],
    [builtin(RBAC, 'clusterroles'), { apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: 'system:coredns' }, rules } as KubeObject],
    [
      builtin(RBAC, 'clusterrolebindings'),
      {
        apiVersion: RBAC,
        kind: 'ClusterRoleBinding',
        metadata: { name: 'system:coredns' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
        subjects: [{ kind: 'ServiceAccount', ...IN_SYSTEM }],
      } as KubeObject,
    ],
    [CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: IN_SYSTEM, data: { Corefile: COREFILE } } as KubeObject],
    [DEPLOYMENTS, deployment()],
  ];
}

function deployment(): KubeObject {
  const probe = (path: string, port: string) => ({ httpGet: { path, port, scheme: 'HTTP' } });
  const container = {
    name: 'coredns',
    image: IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    resources: { limits: { memory: '170Mi' }, requests: { cpu: '100m', memory: '70Mi' } },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
      { name: 'liveness-probe', containerPort: 8080, protocol: 'TCP' },
      { name: 'readiness-probe', containerPort: 8181, protocol: 'TCP' },
    ],
    livenessProbe: {
      ...probe('/health', 'liveness-probe'),
      initialDelaySeconds: 60,
      timeoutSeconds: 5,
      successThreshold: 1,
      failureThreshold: 5,
    },
    readinessProbe: probe('/ready', 'readiness-probe'),
    volumeMounts: [{ name: 'config-volume', mountPath: '/etc/coredns', readOnly: true }],
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  };
  const apart = {
    weight: 100,
    podAffinityTerm: {
      labelSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
      topologyKey: 'kubernetes.io/hostname',
    },
  };
  const spec = {
    priorityClassName: 'system-cluster-critical',
    serviceAccountName: 'coredns',
    tolerations: [
      { key: 'CriticalAddonsOnly', operator: 'Exists' },
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    ],
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] } },
    containers: [container],
    dnsPolicy: 'Default',
    volumes: [{ name: 'config-volume', configMap: { name: 'coredns', items: [{ key: 'Corefile', path: 'Corefile' }] } }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...IN_SYSTEM, labels: LABELS },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec },
    },
  } as KubeObject;
}
