import { portsKey, type PortGroup } from '../shared/slices.ts';
import type { EndpointAddress, EndpointSubset } from 'kubernetes-types/core/v1';
import type { Endpoint, EndpointPort } from 'kubernetes-types/discovery/v1';

/** The endpoints of hand-written subsets, by address type and ports; at most `max` addresses of a subset. */
export function mirroredGroups(subsets: readonly EndpointSubset[], max: number): Map<string, PortGroup[]> {
  const byType = new Map<string, Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>>();
  for (const subset of subsets) {
    const ports = (subset.ports ?? []).map(({ name, port, protocol, appProtocol }) => ({
      name: name ?? '',
      protocol: protocol ?? 'TCP',
      port,
      ...(appProtocol && { appProtocol }),
    }));
    const ready = (subset.addresses ?? []).map((address) => endpointOf(address, true));
    const notReady = (subset.notReadyAddresses ?? []).map((address) => endpointOf(address, false));
    for (const endpoint of [...ready, ...notReady].slice(0, max)) {
      const type = endpoint.addresses[0]!.includes(':') ? 'IPv6' : 'IPv4';
      let groups = byType.get(type);
      if (!groups) byType.set(type, (groups = new Map()));
      const key = portsKey(ports);
      let group = groups.get(key);
      if (!group) groups.set(key, (group = { ports, endpoints: [] }));
      group.endpoints.push(endpoint);
    }
  }
  return new Map([...byType].map(([type, groups]) => [type, [...groups.values()]]));
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
}
