import { isPodReady } from '../shared/pods.ts';
import { endpointHostname, isEndpoint, isHeadless, targetPort } from '../shared/service-pods.ts';
import { fnv1a32 } from '../../base/hash.ts';
import type { Pod, Service } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { EndpointAddress, EndpointPort, EndpointSubset } from 'kubernetes-types/core/v1';

/** Endpoints objects hold no more addresses than this. */
export const MAX_ADDRESSES = 1000;

interface Gathered {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: EndpointPort[];
}

/**
 * The subsets of a service's Endpoints: addresses that share the same ports together, ready and not
 * ready ones apart (endpoints_controller.go, pkg/api/endpoints RepackSubsets).
 */
export function serviceSubsets(service: Stored<Service>, pods: readonly Stored<Pod>[]): EndpointSubset[] {
  const tolerant = service.spec?.publishNotReadyAddresses === true;
  const gathered: Gathered[] = [];
  for (const pod of pods) {
    if (!isEndpoint(pod, tolerant)) continue;
    const ports = subsetPorts(service, pod);
    if (!ports) continue;
    gathered.push({ address: addressOf(service, pod), ready: tolerant || isPodReady(pod), ports });
  }
  return packSubsets(gathered);
}

function addressOf(service: Stored<Service>, pod: Stored<Pod>): EndpointAddress {
  const { name, namespace, uid } = pod.metadata;
  const hostname = endpointHostname(pod, service);
  const { nodeName } = pod.spec ?? {};
  const ip = pod.status!.podIP!;
  return { ip, ...(hostname && { hostname }), ...(nodeName && { nodeName }), targetRef: { kind: 'Pod', namespace, name, uid } };
}

/** Undefined when the pod offers none of the service's ports. */
function subsetPorts(service: Stored<Service>, pod: Pod): EndpointPort[] | undefined {
  const servicePorts = service.spec?.ports ?? [];
  if (servicePorts.length === 0) return isHeadless(service) ? [] : undefined;
  const ports: EndpointPort[] = [];
  for (const port of servicePorts) {
    const number = targetPort(pod, port);
    if (number === undefined) continue;
    const { name, appProtocol } = port;
    ports.push({ ...(name && { name }), port: number, protocol: port.protocol ?? 'TCP', ...(appProtocol && { appProtocol }) });
  }
  return ports.length > 0 ? ports : undefined;
}

/** Groups addresses by equal lists of ports, in a canonical order. */
export function packSubsets(gathered: readonly Gathered[]): EndpointSubset[] {
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  for (const { address, ready, ports } of gathered) {
    const key = ports.map(portText).sort().join(',');
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports: [...ports].sort(byHash), ready: [], notReady: [] }));
    (ready ? group.ready : group.notReady).push(address);
  }
  return [...groups.keys()].sort().map((key) => {
    const { ports, ready, notReady } = groups.get(key)!;
    return {
      ...(ready.length > 0 && { addresses: ready.sort(byAddress) }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady.sort(byAddress) }),
      ...(ports.length > 0 && { ports }),
    };
  });
}

function portText({ name = '', port, protocol = 'TCP' }: EndpointPort): string {
  return `${name}|${port}|${protocol}`;
}

/** Ports are in the order of a hash, as Go's are; the hash is our own. */
function byHash(a: EndpointPort, b: EndpointPort): number {
  return fnv1a32(portText(a)) - fnv1a32(portText(b));
}

function byAddress(a: EndpointAddress, b: EndpointAddress): number {
  const [left, right] = [ipNumber(a.ip), ipNumber(b.ip)];
  if (left !== right) return left - right;
  if (a.ip !== b.ip) return a.ip < b.ip ? -1 : 1;
  return (a.targetRef?.uid ?? '') < (b.targetRef?.uid ?? '') ? -1 : 1;
}

function ipNumber(ip: string): number {
  return ip.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}

/** At most {@link MAX_ADDRESSES} addresses in all, ready ones first; whether any were cut (truncateEndpoints). */
export function truncateSubsets(subsets: readonly EndpointSubset[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const total = (field: 'addresses' | 'notReadyAddresses'): number =>
    subsets.reduce((sum, subset) => sum + (subset[field]?.length ?? 0), 0);
  const [ready, notReady] = [total('addresses'), total('notReadyAddresses')];
  if (ready + notReady <= MAX_ADDRESSES) return { subsets: [...subsets], truncated: false };
  const readyQuota = Math.min(ready, MAX_ADDRESSES);
  const notReadyQuota = MAX_ADDRESSES - readyQuota;
  const cut = subsets.map((subset): EndpointSubset => {
    const addresses = share(subset.addresses, readyQuota, ready);
    const notReadyAddresses = share(subset.notReadyAddresses, notReadyQuota, notReady);
    return {
      ...(addresses.length && { addresses }),
      ...(notReadyAddresses.length && { notReadyAddresses }),
      ...(subset.ports && { ports: subset.ports }),
    };
  });
  return { subsets: cut.filter((subset) => subset.addresses || subset.notReadyAddresses), truncated: true };
}

function share(addresses: readonly EndpointAddress[] | undefined, quota: number, total: number): EndpointAddress[] {
  if (!addresses || total === 0) return [];
  return addresses.slice(0, Math.floor((addresses.length * quota) / total));
}
