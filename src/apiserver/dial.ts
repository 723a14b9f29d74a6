import type { HttpRequest, HttpResponse } from '../net/http.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';

/** Reaches a machine or a pod over the network of the cluster. Throws NetError. */
export type Dial = (ip: string, port: number, request: HttpRequest) => Task<HttpResponse>;

const KUBELET_PORT = 10_250;
const PREFERRED_ADDRESSES = ['InternalIP', 'ExternalIP', 'Hostname'];

interface NodeAddress {
  readonly type: string;
  readonly address: string;
}

/** Where a node's kubelet listens (--kubelet-preferred-address-types); undefined if the node does not say. */
export function kubeletOf(node: KubeObject): { ip: string; port: number } | undefined {
  const addresses = (node.status?.addresses ?? []) as readonly NodeAddress[];
  const port = (node.status?.daemonEndpoints?.kubeletEndpoint?.Port as number | undefined) || KUBELET_PORT;
  for (const type of PREFERRED_ADDRESSES) {
    const found = addresses.find((address) => address.type === type);
    if (found) return { ip: found.address, port };
  }
  return undefined;
}
