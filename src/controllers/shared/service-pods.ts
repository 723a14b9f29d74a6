import { isPodReady, isPodTerminal } from './pods.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { PODS, SERVICES, type Pod, type Service } from '../../api/kinds.ts';
import { indexByLabel, indexBySelector, selectingServices } from './label-index.ts';
import type { ContainerPort, ServicePort } from 'kubernetes-types/core/v1';
import type { WorkQueue } from '../../client/queue.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../context.ts';

/** Changes of the pods of a service of n pods are gathered for n of these, as they gather in a real queue while a sync of n pods runs. */
const GATHER_MS_PER_POD = 0.02;

export interface ServiceWatch {
  readonly services: Informer<Service>;
  readonly pods: Informer<Pod>;
  /** Tells how many endpoints a service had when last looked at, which sets how long changes are gathered. */
  sized(key: string, endpoints: number): void;
}

/** Puts the keys of services into `queue` whenever they, or pods they select, change in a way endpoints care about. */
export function watchServices(context: ControllerContext, queue: WorkQueue): ServiceWatch {
  const services = context.informers.informer(SERVICES);
  const pods = context.informers.informer(PODS);
  indexByLabel(pods);
  indexBySelector(services);
  const sizes = new Map<string, number>();
  const enqueueService = (service: Stored<Service>): void => queue.add(objectKey(service));
  services.onChange({
    added: enqueueService,
    updated: (_before, service) => enqueueService(service),
    deleted: (service) => {
      sizes.delete(objectKey(service));
      enqueueService(service);
    },
  });
  const enqueue = (pod: Stored<Pod>): void => {
    for (const service of selectingServices(services, pod.metadata.namespace, pod.metadata.labels)) {
      const key = objectKey(service);
      const size = sizes.get(key) ?? 0;
      queue.addAfter(key, size <= 50 ? 0 : size * GATHER_MS_PER_POD);
    }
  };
  pods.onChange({
    added: (pod) => {
      if (hasAddress(pod)) enqueue(pod);
    },
    updated: (before, pod) => {
      const relabelled = before.metadata.labels !== pod.metadata.labels;
      if (!relabelled && !endpointChanged(before, pod)) return;
      if (relabelled) enqueue(before);
      enqueue(pod);
    },
    deleted: (pod) => {
      if (hasAddress(pod)) enqueue(pod);
    },
  });
  return {
    services,
    pods,
    sized: (key, endpoints) => {
      if (endpoints > 50) sizes.set(key, endpoints);
      else sizes.delete(key);
    },
  };
}

function hasAddress(pod: Pod): boolean {
  return pod.status?.podIP !== undefined && pod.status.podIP !== '';
}

/** Whether anything of which an endpoint is made has changed. */
function endpointChanged(before: Stored<Pod>, pod: Stored<Pod>): boolean {
  return (
    before.status?.podIP !== pod.status?.podIP ||
    isPodReady(before) !== isPodReady(pod) ||
    isPodTerminal(before) !== isPodTerminal(pod) ||
    before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    before.spec?.nodeName !== pod.spec?.nodeName
  );
}

/** Whether a pod stands behind its services: it has an address and has not ended (endpoint util ShouldPodBeInEndpoints). */
export function isEndpoint(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod) || !hasAddress(pod)) return false;
  return includeTerminating || pod.metadata?.deletionTimestamp === undefined;
}

/** The number of the pod's port that a service's port leads to; undefined when the pod has no port of that name. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const target = (port.targetPort ?? port.port) as number | string;
  if (typeof target === 'number') return target;
  for (const container of pod.spec?.containers ?? []) {
    const found = container.ports?.find(
      (each: ContainerPort) => each.name === target && (each.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    );
    if (found) return found.containerPort;
  }
  return undefined;
}

/** The host name a pod has in the DNS records of a service: only that of its own subdomain. */
export function endpointHostname(pod: Pod, service: Stored<Service>): string | undefined {
  const { hostname, subdomain } = pod.spec ?? {};
  return hostname && subdomain === service.metadata.name && pod.metadata?.namespace === service.metadata.namespace ? hostname : undefined;
}

export function isHeadless(service: Service): boolean {
  return service.spec?.clusterIP === 'None';
}
