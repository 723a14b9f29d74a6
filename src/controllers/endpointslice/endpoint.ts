import { isPodReady } from '../shared/pods.ts';
import { endpointHostname, isEndpoint, isHeadless, targetPort } from '../shared/service-pods.ts';
import { portsKey, type PortGroup } from '../shared/slices.ts';
import type { Node, Pod, Service } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';

const ZONE_LABEL = 'topology.kubernetes.io/zone';

export type AddressType = 'IPv4' | 'IPv6';

/** The address families of a service, as address types of slices. */
export function addressTypes(service: Service): AddressType[] {
  const families = service.spec?.ipFamilies ?? [];
  return families.length === 0 ? ['IPv4'] : families.map((family) => (family === 'IPv6' ? 'IPv6' : 'IPv4'));
}

/** The endpoints that a service's pods make, grouped by their ports (endpointslice reconciler.go and utils.go). */
export function endpointGroups(
  service: Stored<Service>,
  pods: readonly Stored<Pod>[],
  type: AddressType,
  nodeOf: (name: string) => Node | undefined,
): PortGroup[] {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  const named = (service.spec?.ports ?? []).some((port) => typeof (port.targetPort as unknown) === 'string');
  let shared: { ports: EndpointPort[]; endpoints: Endpoint[] } | undefined;
  for (const pod of pods) {
    if (!isEndpoint(pod, true)) continue;
    const address = addressOf(pod, type);
    if (address === undefined) continue;
    let group = named ? undefined : shared;
    if (!group) {
      const ports = endpointPorts(service, pod);
      const key = portsKey(ports);
      group = groups.get(key);
      if (!group) groups.set(key, (group = { ports, endpoints: [] }));
      shared = group;
    }
    group.endpoints.push(endpointOf(service, pod, address, nodeOf));
  }
  return [...groups.values()];
}

function addressOf(pod: Pod, type: AddressType): string | undefined {
  const fits = (ip: string | undefined): boolean => ip !== undefined && ip.includes(':') === (type === 'IPv6');
  for (const { ip } of pod.status?.podIPs ?? []) if (fits(ip)) return ip;
  return fits(pod.status?.podIP) ? pod.status!.podIP : undefined;
}

function endpointPorts(service: Stored<Service>, pod: Pod): EndpointPort[] {
  const ports = service.spec?.ports ?? [];
  if (ports.length === 0 && isHeadless(service)) return [];
  const result: EndpointPort[] = [];
  for (const port of ports) {
    const number = targetPort(pod, port);
    if (number === undefined) continue;
    result.push({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      port: number,
      ...(port.appProtocol && { appProtocol: port.appProtocol }),
    });
  }
  return result;
}

function endpointOf(service: Stored<Service>, pod: Stored<Pod>, address: string, nodeOf: (name: string) => Node | undefined): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { name, namespace, uid } = pod.metadata;
  const nodeName = pod.spec?.nodeName;
  const zone = nodeName ? nodeOf(nodeName)?.metadata?.labels?.[ZONE_LABEL] : undefined;
  const hostname = endpointHostname(pod, service);
  const hints = ready ? hintsOf(service, nodeName, zone) : undefined;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(hostname && { hostname }),
    targetRef: { kind: 'Pod', namespace, name, uid },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
    ...(hints && { hints }),
  };
}

function hintsOf(service: Service, nodeName: string | undefined, zone: string | undefined): Endpoint['hints'] {
  const wish = (service.spec as { trafficDistribution?: string } | undefined)?.trafficDistribution;
  if (!wish || !zone) return undefined;
  const forNodes = wish === 'PreferSameNode' && nodeName ? { forNodes: [{ name: nodeName }] } : undefined;
  return { forZones: [{ name: zone }], ...forNodes } as Endpoint['hints'];
}
