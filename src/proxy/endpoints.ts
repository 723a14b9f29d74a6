import type { EndpointSlice, Service } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';

/** Where a connection may be sent. */
export interface ProxyEndpoint {
  readonly ip: string;
  readonly port: number;
  readonly isReady: boolean;
  readonly isServing: boolean;
  readonly isTerminating: boolean;
  /** On the machine of this kube-proxy. */
  readonly isLocal: boolean;
}

export type ServicePort = NonNullable<NonNullable<Service['spec']>['ports']>[number];

/** Endpoints to choose from. `drops`: the cluster has some, and the policy allows none of them here. */
export interface Choices {
  readonly endpoints: readonly ProxyEndpoint[];
  readonly drops: boolean;
  /** By `ip:port`, made when a client comes back. */
  byAddress?: ReadonlyMap<string, ProxyEndpoint>;
}

/** The endpoints behind one port of a service: an address that two slices name counts once. */
export function endpointsOf(slices: Iterable<Stored<EndpointSlice>>, servicePort: ServicePort, nodeName: string): ProxyEndpoint[] {
  const found = new Map<string, ProxyEndpoint>();
  for (const { endpoints, ports, addressType } of slices) {
    if (addressType !== 'IPv4') continue;
    for (const { name = '', port, protocol = 'TCP' } of ports ?? []) {
      if (port === undefined || name !== (servicePort.name ?? '') || protocol !== (servicePort.protocol ?? 'TCP')) continue;
      for (const { addresses, conditions, nodeName: place } of endpoints ?? []) {
        const ip = addresses[0];
        if (ip === undefined) continue;
        const isReady = conditions?.ready ?? true;
        const isServing = conditions?.serving ?? isReady;
        found.set(`${ip}:${port}`, {
          ip,
          port,
          isReady,
          isServing,
          isTerminating: conditions?.terminating ?? false,
          isLocal: place === nodeName,
        });
      }
    }
  }
  return [...found.values()];
}

/**
 * Who may be chosen: the ready ones, or, if none is, those that still serve while they terminate; under
 * the policy `Local` only those on this machine (pkg/proxy/topology.go, CategorizeEndpoints).
 */
export function choicesOf(all: readonly ProxyEndpoint[], localOnly: boolean): Choices {
  const usable = usableOf(all);
  if (!localOnly) return { endpoints: usable, drops: false };
  const endpoints = usableOf(all.filter((endpoint) => endpoint.isLocal));
  return { endpoints, drops: endpoints.length === 0 && usable.length > 0 };
}

function usableOf(all: readonly ProxyEndpoint[]): readonly ProxyEndpoint[] {
  const ready = all.filter((endpoint) => endpoint.isReady);
  return ready.length > 0 ? ready : all.filter((endpoint) => endpoint.isServing && endpoint.isTerminating);
}
