import { objectKey } from '../api/object.ts';
import { Affinity } from './affinity.ts';
import { choicesOf, endpointsOf, type Choices, type ProxyEndpoint, type ServicePort } from './endpoints.ts';
import type { EndpointSlice, Service } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { NetHost, Translation } from '../net/fabric.ts';
import type { Rng } from '../sim/rng.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

const SERVICE_NAME = 'kubernetes.io/service-name';
const DEFAULT_AFFINITY_SECONDS = 10_800;
const DROP: Translation = { verdict: 'drop' };
const REJECT: Translation = { verdict: 'reject' };
const LOOPBACK = '127.0.0.1';

/** What is known of the endpoints of one port, made when the first connection asks. */
interface PortChoices {
  readonly all: readonly ProxyEndpoint[];
  cluster: Choices | undefined;
  local: Choices | undefined;
}

/** A service and its slices. A change of either costs one forgotten list; who is behind a port is found when somebody connects. */
class ServiceEntry {
  service: Stored<Service> | undefined;
  readonly slices = new Map<string, Stored<EndpointSlice>>();
  choices: Map<ServicePort, PortChoices> | undefined;
  /** By port and protocol; it outlives changes of the endpoints. */
  affinities: Map<string, Affinity> | undefined;
}

export interface TableOptions {
  /** The machine whose table it is. */
  readonly machine: NetHost;
  readonly rng: Rng;
  /** The present instant. */
  readonly now: () => number;
}

/**
 * One machine's rules: what becomes of connections to virtual addresses. It stays as it is when the
 * kube-proxy that keeps it ends, and follows the iptables proxier: a random endpoint a connection,
 * refused when a service has none, silence where a `Local` policy finds none on this machine.
 */
export class ServiceTable {
  private readonly options: TableOptions;
  private readonly entries = new Map<string, ServiceEntry>();
  /** Cluster, external and load-balancer addresses. More than one service may claim an external address. */
  private readonly byIp = new Map<string, readonly ServiceEntry[]>();
  private readonly byNodePort = new Map<number, readonly ServiceEntry[]>();

  constructor(options: TableOptions) {
    this.options = options;
  }

  setService(service: Stored<Service>): void {
    const entry = this.entry(objectKey(service));
    this.unlink(entry);
    entry.service = service;
    entry.choices = undefined;
    if (service.spec?.sessionAffinity !== 'ClientIP') entry.affinities = undefined;
    if (!isProxied(service)) return;
    for (const ip of addressesOf(service)) add(this.byIp, ip, entry);
    for (const port of nodePortsOf(service)) add(this.byNodePort, port, entry);
  }

  removeService(key: string): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.unlink(entry);
    entry.service = entry.choices = entry.affinities = undefined;
    this.dropIfEmpty(key, entry);
  }

  setSlice(slice: Stored<EndpointSlice>): void {
    const key = serviceKeyOf(slice);
    if (key === undefined) return;
    const entry = this.entry(key);
    entry.slices.set(slice.metadata.name, slice);
    entry.choices = undefined;
  }

  removeSlice(slice: Stored<EndpointSlice>): void {
    const key = serviceKeyOf(slice);
    const entry = key === undefined ? undefined : this.entries.get(key);
    if (!entry) return;
    entry.slices.delete(slice.metadata.name);
    entry.choices = undefined;
    this.dropIfEmpty(key!, entry);
  }

  /** Services and slices that are in neither list are removed: what a new kube-proxy does with an old one's rules. */
  retain(services: { get(key: string): unknown }, slices: { get(key: string): unknown }): void {
    for (const [key, entry] of this.entries) {
      for (const slice of [...entry.slices.values()]) if (slices.get(objectKey(slice)) === undefined) this.removeSlice(slice);
      if (entry.service && services.get(key) === undefined) this.removeService(key);
    }
  }

  /** What becomes of a new connection; undefined: no service has the address. Constant time but after a change. */
  translate(from: NetHost, ip: string, port: number, protocol: Protocol = 'TCP'): Translation | undefined {
    const { machine } = this.options;
    for (const entry of this.byIp.get(ip) ?? NONE) {
      const servicePort = portOf(entry, port, protocol);
      if (servicePort) return this.choose(entry, servicePort, from, entry.service!.spec!.clusterIP !== ip);
    }
    if (ip !== machine.ip && !(ip === LOOPBACK && from === machine)) return undefined;
    for (const entry of this.byNodePort.get(port) ?? NONE) {
      const servicePort = nodePortOf(entry, port, protocol);
      if (servicePort) return this.choose(entry, servicePort, from, true);
    }
    return undefined;
  }

  private choose(entry: ServiceEntry, servicePort: ServicePort, from: NetHost, isExternal: boolean): Translation {
    const { machine, rng, now } = this.options;
    const spec = entry.service!.spec!;
    const isOwn = from === machine || from.machine !== undefined;
    const policy = isExternal ? (isOwn ? undefined : spec.externalTrafficPolicy) : spec.internalTrafficPolicy;
    const known = this.choicesOf(entry, servicePort);
    const isLocal = policy === 'Local';
    const choices = isLocal ? (known.local ??= choicesOf(known.all, true)) : (known.cluster ??= choicesOf(known.all, false));
    if (choices.drops) return DROP;
    if (choices.endpoints.length === 0) return REJECT;
    const sticky = spec.sessionAffinity === 'ClientIP' ? affinityOf(entry, servicePort) : undefined;
    let endpoint = sticky && this.stickyEndpoint(sticky, choices, from);
    endpoint ??= rng.pick(choices.endpoints);
    if (sticky) {
      const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
      sticky.remember(from.ip, `${endpoint.ip}:${endpoint.port}`, now(), seconds * 1000);
    }
    const masquerades = endpoint.ip === from.ip || (isExternal && !isLocal);
    return { verdict: 'accept', ip: endpoint.ip, port: endpoint.port, masquerades };
  }

  private stickyEndpoint(sticky: Affinity, choices: Choices, from: NetHost): ProxyEndpoint | undefined {
    const address = sticky.endpointOf(from.ip, this.options.now());
    if (address === undefined) return undefined;
    choices.byAddress ??= new Map(choices.endpoints.map((endpoint) => [`${endpoint.ip}:${endpoint.port}`, endpoint]));
    return choices.byAddress.get(address);
  }

  private choicesOf(entry: ServiceEntry, servicePort: ServicePort): PortChoices {
    const byPort = (entry.choices ??= new Map());
    let known = byPort.get(servicePort);
    if (!known) {
      const all = endpointsOf(entry.slices.values(), servicePort, this.options.machine.name);
      byPort.set(servicePort, (known = { all, cluster: undefined, local: undefined }));
    }
    return known;
  }

  private entry(key: string): ServiceEntry {
    let entry = this.entries.get(key);
    if (!entry) this.entries.set(key, (entry = new ServiceEntry()));
    return entry;
  }

  private unlink(entry: ServiceEntry): void {
    const { service } = entry;
    if (!service) return;
    for (const ip of addressesOf(service)) remove(this.byIp, ip, entry);
    for (const port of nodePortsOf(service)) remove(this.byNodePort, port, entry);
  }

  private dropIfEmpty(key: string, entry: ServiceEntry): void {
    if (!entry.service && entry.slices.size === 0) this.entries.delete(key);
  }
}

const NONE: readonly ServiceEntry[] = [];

/** Headless services and names of the outside have no rules. */
function isProxied({ spec }: Stored<Service>): boolean {
  return (
    spec !== undefined && spec.type !== 'ExternalName' && spec.clusterIP !== undefined && spec.clusterIP !== 'None' && spec.clusterIP !== ''
  );
}

function addressesOf({ spec, status }: Stored<Service>): Set<string> {
  const addresses = new Set([spec?.clusterIP ?? '', ...(spec?.externalIPs ?? [])]);
  for (const ingress of status?.loadBalancer?.ingress ?? []) {
    if (ingress.ip && (ingress as { ipMode?: string }).ipMode !== 'Proxy') addresses.add(ingress.ip);
  }
  return addresses;
}

function nodePortsOf({ spec }: Stored<Service>): Set<number> {
  const ports = new Set<number>();
  for (const { nodePort } of spec?.ports ?? []) if (nodePort) ports.add(nodePort);
  return ports;
}

function portOf({ service }: ServiceEntry, port: number, protocol: Protocol): ServicePort | undefined {
  return service!.spec!.ports?.find((each) => each.port === port && (each.protocol ?? 'TCP') === protocol);
}

function nodePortOf({ service }: ServiceEntry, port: number, protocol: Protocol): ServicePort | undefined {
  return service!.spec!.ports?.find((each) => each.nodePort === port && (each.protocol ?? 'TCP') === protocol);
}

function affinityOf(entry: ServiceEntry, { port, protocol = 'TCP' }: ServicePort): Affinity {
  const key = `${port}/${protocol}`;
  const affinities = (entry.affinities ??= new Map());
  let affinity = affinities.get(key);
  if (!affinity) affinities.set(key, (affinity = new Affinity()));
  return affinity;
}

function serviceKeyOf({ metadata }: Stored<EndpointSlice>): string | undefined {
  const name = metadata.labels?.[SERVICE_NAME];
  return name ? `${metadata.namespace}/${name}` : undefined;
}

function add<K>(index: Map<K, readonly ServiceEntry[]>, key: K, entry: ServiceEntry): void {
  index.set(key, [...(index.get(key) ?? NONE), entry]);
}

function remove<K>(index: Map<K, readonly ServiceEntry[]>, key: K, entry: ServiceEntry): void {
  const rest = (index.get(key) ?? NONE).filter((each) => each !== entry);
  if (rest.length === 0) index.delete(key);
  else index.set(key, rest);
}
