import type { Event, Namespace, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { EventRow, NamespaceRow, ObjectRow, ServiceRow, SliceRow, WorkloadRow } from '../../protocol/rows.ts';
import type { KubeObject } from '../../api/object.ts';
import { ownerOf } from './common.ts';

/** Kinds whose objects make or own pods. */
export const WORKLOADS: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);

export function serviceRow(key: string, service: Service): ServiceRow {
  const { metadata, spec, status } = service;
  const ingress = status?.loadBalancer?.ingress?.[0];
  return {
    kind: 'service',
    key,
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    type: spec?.type ?? 'ClusterIP',
    clusterIP: spec?.clusterIP ?? '',
    external: spec?.externalName ?? ingress?.ip ?? ingress?.hostname ?? '',
    ports: (spec?.ports ?? []).map((port) => ({
      name: port.name ?? '',
      port: port.port,
      protocol: port.protocol ?? 'TCP',
      target: String(port.targetPort ?? port.port),
      nodePort: port.nodePort ?? 0,
    })),
    selector: Object.entries(spec?.selector ?? {})
      .map(([label, value]) => `${label}=${value}`)
      .join(','),
  };
}

export function sliceRow(key: string, slice: EndpointSlice): SliceRow {
  const namespace = slice.metadata?.namespace ?? '';
  return {
    kind: 'slice',
    key,
    namespace,
    service: slice.metadata?.labels?.['kubernetes.io/service-name'] ?? '',
    endpoints: (slice.endpoints ?? []).map((endpoint) => ({
      pod: endpoint.targetRef?.kind === 'Pod' ? `${endpoint.targetRef.namespace ?? namespace}/${endpoint.targetRef.name}` : '',
      address: endpoint.addresses[0] ?? '',
      ready: endpoint.conditions?.ready !== false,
    })),
  };
}

const counts = ({ kind, spec = {}, status = {} }: KubeObject): Pick<WorkloadRow, 'desired' | 'current' | 'ready'> => {
  switch (kind) {
    case 'DaemonSet':
      return { desired: status.desiredNumberScheduled ?? 0, current: status.currentNumberScheduled ?? 0, ready: status.numberReady ?? 0 };
    case 'Job':
      return { desired: spec.completions ?? 1, current: status.active ?? 0, ready: status.succeeded ?? 0 };
    case 'CronJob':
      return { desired: 0, current: status.active?.length ?? 0, ready: 0 };
    default:
      return { desired: spec.replicas ?? 1, current: status.replicas ?? 0, ready: status.readyReplicas ?? 0 };
  }
};

export function workloadRow(key: string, object: KubeObject): WorkloadRow {
  const conditions: { type: string; status: string; reason?: string; message?: string }[] = object.status?.conditions ?? [];
  const problem = conditions.find(
    (condition) =>
      ((condition.type === 'ReplicaFailure' || condition.type === 'Failed') && condition.status === 'True') ||
      (condition.type === 'Progressing' && condition.status === 'False'),
  );
  const template = object.spec?.template ?? object.spec?.jobTemplate?.spec?.template;
  return {
    kind: 'workload',
    key,
    type: object.kind ?? '',
    uid: object.metadata?.uid ?? '',
    namespace: object.metadata?.namespace ?? '',
    name: object.metadata?.name ?? '',
    ...counts(object),
    owner: object.metadata && ownerOf(object.metadata),
    image: template?.spec?.containers?.[0]?.image ?? '',
    problem: problem ? (problem.message ?? problem.reason ?? problem.type) : '',
    paused: object.spec?.paused === true || object.spec?.suspend === true,
  };
}

export function namespaceRow(key: string, namespace: Namespace): NamespaceRow {
  return { kind: 'namespace', key, name: namespace.metadata?.name ?? '', phase: namespace.status?.phase ?? 'Active' };
}

export function eventRow(key: string, event: Event & KubeObject): EventRow {
  const about = event.involvedObject ?? event.regarding ?? {};
  const at = event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? event.metadata?.creationTimestamp;
  return {
    kind: 'event',
    key,
    type: event.type ?? 'Normal',
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    about: { kind: about.kind ?? '', namespace: about.namespace ?? '', name: about.name ?? '' },
    source: event.source?.component || event.reportingComponent || event.reportingController || '',
    count: event.count ?? event.series?.count ?? 1,
    atMs: Date.parse(String(at ?? '')) || 0,
  };
}

export function objectRow(key: string, object: KubeObject): ObjectRow {
  return {
    kind: 'object',
    key,
    apiVersion: object.apiVersion ?? '',
    type: object.kind ?? '',
    namespace: object.metadata?.namespace ?? '',
    name: object.metadata?.name ?? '',
  };
}
