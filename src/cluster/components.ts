import { FabricTransport, RateLimit } from '../client/transport.ts';
import { RestClient } from '../client/rest.ts';
import type { Client } from '../client/client.ts';
import type { Identity } from '../net/http.ts';
import type { NetHost, Fabric } from '../net/fabric.ts';
import type { Kernel } from '../sim/kernel.ts';

export const API_SERVER_PORT = 6443;

/** Where components find an API server, and how fast they may ask. */
export interface ClientOptions {
  readonly kernel: Kernel;
  readonly fabric: Fabric;
  readonly from: NetHost;
  /** The API server's address, asked for at each request. */
  readonly server: () => string;
  readonly identity: Identity;
  readonly userAgent: string;
  /** Requests a second and at once; left out: no limit. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
}

/** A client as a component of the cluster has one: over the network, with a certificate, with client-side throttling. */
export function componentClient(options: ClientOptions): Client {
  const { kernel, fabric, from, server, identity, userAgent, rate } = options;
  const transport = new FabricTransport(fabric, from, () => ({ ip: server(), port: API_SERVER_PORT }), identity);
  return new RestClient(transport, { userAgent, limiter: rate && new RateLimit(kernel, rate.perSecond, rate.burst) });
}

/** `kube-api-qps` and `kube-api-burst` among a component's flags, else its defaults. */
export function rateOf(flags: Readonly<Record<string, string>>, perSecond: number, burst: number): { perSecond: number; burst: number } {
  return { perSecond: Number(flags['kube-api-qps'] ?? perSecond), burst: Number(flags['kube-api-burst'] ?? burst) };
}

export const ADMINISTRATOR: Identity = {
  name: 'kubernetes-admin',
  groups: ['kubeadm:cluster-admins', 'system:masters', 'system:authenticated'],
};

/** The identity of a component's client certificate. */
export function component(name: string, ...groups: string[]): Identity {
  return { name, groups: [...groups, 'system:authenticated'] };
}
