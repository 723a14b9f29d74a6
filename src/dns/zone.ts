import type { EndpointSlice, Namespace, Service } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { InformerFactory, Lister } from '../client/informer.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../api/kinds.ts';

export const RECORD_TYPES: Readonly<Record<string, number>> = { A: 1, CNAME: 5, PTR: 12, AAAA: 28, SRV: 33 };

export interface DnsRecord {
  readonly name: string;
  /** As in {@link RECORD_TYPES}. */
  readonly type: number;
  /** Seconds. */
  readonly TTL: number;
  readonly data: string;
}

/** In the manner of DNS over HTTPS' JSON form: 0 is NOERROR, 3 is NXDOMAIN. */
export interface DnsReply {
  readonly Status: number;
  readonly Answer?: readonly DnsRecord[];
}

export interface ZoneListers {
  readonly services: Lister<Service>;
  readonly slices: Lister<EndpointSlice>;
  readonly namespaces: Lister<Namespace>;
}

const DOMAIN = 'cluster.local';
const TTL_SECONDS = 30;
const NXDOMAIN: DnsReply = { Status: 3 };
const NO_DATA: DnsReply = { Status: 0 };
/** Names that lead to names (plugin/pkg/upstream, maxCnameChainLength). */
const MOST_ALIASES = 10;
const BY_SERVICE = 'service';
const BY_IP = 'ip';

/** Asks for what the zone is made of, with the indexes it needs. */
export function zoneListers(informers: InformerFactory): ZoneListers {
  const services = informers.informer(SERVICES);
  const slices = informers.informer(ENDPOINT_SLICES);
  services.addIndex(BY_IP, ({ spec }) => spec?.clusterIPs ?? []);
  slices.addIndex(BY_SERVICE, ({ metadata }) => {
    const name = metadata.labels?.['kubernetes.io/service-name'];
    return name ? [`${metadata.namespace}/${name}`] : [];
  });
  slices.addIndex(BY_IP, ({ endpoints }) => (endpoints ?? []).flatMap((endpoint) => (endpoint.hostname ? endpoint.addresses : [])));
  return { services, slices, namespaces: informers.informer(NAMESPACES) };
}

/** One endpoint's address and the label under which it has a name of its own. */
interface Place {
  readonly ip: string;
  readonly label: string;
  readonly ports: EndpointSlice['ports'];
}

/**
 * The names of a cluster, answered from caches: the specification of Kubernetes' DNS-based service
 * discovery (github.com/kubernetes/dns, docs/specification.md) with `pods insecure`. Nothing outside is known.
 */
export class Zone {
  private readonly listers: ZoneListers;

  constructor(listers: ZoneListers) {
    this.listers = listers;
  }

  /** Answers a question of a type by name, `A`. Names end with or without a dot, in any case. */
  answer(question: string, type: string): DnsReply {
    const name = question.toLowerCase().replace(/\.$/, '');
    if (name.endsWith('.in-addr.arpa')) return this.reverse(name, type);
    return this.forward(name, type, MOST_ALIASES);
  }

  private forward(name: string, type: string, aliases: number): DnsReply {
    if (name === DOMAIN) return NO_DATA;
    if (!name.endsWith(`.${DOMAIN}`)) return NXDOMAIN;
    const labels = name
      .slice(0, -DOMAIN.length - 1)
      .split('.')
      .reverse();
    const [kind, namespace, ...rest] = labels;
    if (kind !== 'svc' && kind !== 'pod') return NXDOMAIN;
    if (namespace === undefined) return NO_DATA;
    if (!this.listers.namespaces.get(namespace)) return NXDOMAIN;
    if (rest.length === 0) return NO_DATA;
    if (kind === 'pod') return podReply(name, rest, type);
    const service = this.listers.services.get(`${namespace}/${rest[0]}`);
    return service ? this.ofService(service, name, rest.slice(1), type, aliases) : NXDOMAIN;
  }

  private ofService(service: Stored<Service>, name: string, rest: readonly string[], type: string, aliases: number): DnsReply {
    const { spec = {} } = service;
    if (spec.type === 'ExternalName') return rest.length === 0 ? this.alias(name, spec.externalName ?? '', type, aliases) : NXDOMAIN;
    const isHeadless = spec.clusterIP === 'None';
    const own = `${service.metadata.name}.${service.metadata.namespace}.svc.${DOMAIN}`;
    if (rest.length === 2 && rest[0]!.startsWith('_') && rest[1]!.startsWith('_'))
      return this.portReply(service, own, name, rest[1]!.slice(1), rest[0]!.slice(1), type);
    if (rest.length > 1) return NXDOMAIN;
    if (!isHeadless) {
      if (rest.length === 1 || !spec.clusterIP) return NXDOMAIN;
      return type === 'A'
        ? found([record(name, 'A', spec.clusterIP)])
        : type === 'SRV'
          ? this.portReply(service, own, name, undefined, undefined, type)
          : NO_DATA;
    }
    const places = this.places(service).filter(({ label }) => rest.length === 0 || label === rest[0]);
    if (places.length === 0) return NXDOMAIN;
    if (type === 'SRV' && rest.length === 0) return this.portReply(service, own, name, undefined, undefined, type);
    const ips = new Set(places.map(({ ip }) => ip));
    return type === 'A' ? found([...ips].map((ip) => record(name, 'A', ip))) : NO_DATA;
  }

  private alias(name: string, target: string, type: string, aliases: number): DnsReply {
    const cname = record(name, 'CNAME', `${target}.`);
    if (type === 'CNAME' || aliases === 0) return found([cname]);
    const further = this.forward(target.toLowerCase(), type, aliases - 1);
    return found([cname, ...(further.Answer ?? [])]);
  }

  /** SRV records of one port, or of all. */
  private portReply(
    service: Stored<Service>,
    own: string,
    name: string,
    port: string | undefined,
    protocol: string | undefined,
    type: string,
  ): DnsReply {
    const matches = (each: { name?: string; protocol?: string }) =>
      (port === undefined || each.name === port) && (protocol === undefined || (each.protocol ?? 'TCP').toLowerCase() === protocol);
    const targets: [number, string][] = [];
    if (service.spec?.clusterIP === 'None') {
      for (const place of this.places(service)) {
        for (const each of place.ports ?? [])
          if (each.port !== undefined && matches(each)) targets.push([each.port, `${place.label}.${own}.`]);
      }
    } else for (const each of service.spec?.ports ?? []) if (matches(each)) targets.push([each.port, `${own}.`]);
    if (targets.length === 0) return NXDOMAIN;
    if (type !== 'SRV') return NO_DATA;
    const weight = Math.max(1, Math.floor(100 / targets.length));
    return found(targets.map(([number, target]) => record(name, 'SRV', `0 ${weight} ${number} ${target}`)));
  }

  private reverse(name: string, type: string): DnsReply {
    const ip = name.slice(0, -'.in-addr.arpa'.length).split('.').reverse().join('.');
    const names: string[] = [];
    for (const { metadata } of this.listers.services.byIndex(BY_IP, ip))
      names.push(`${metadata.name}.${metadata.namespace}.svc.${DOMAIN}.`);
    if (names.length === 0) {
      for (const slice of this.listers.slices.byIndex(BY_IP, ip)) {
        const { namespace, labels } = slice.metadata;
        for (const { addresses, hostname } of slice.endpoints ?? []) {
          if (hostname && addresses.includes(ip))
            names.push(`${hostname}.${labels!['kubernetes.io/service-name']}.${namespace}.svc.${DOMAIN}.`);
        }
      }
    }
    if (names.length === 0) return NXDOMAIN;
    return type === 'PTR' ? found(names.map((each) => record(name, 'PTR', each))) : NO_DATA;
  }

  /** The ready endpoints of a headless service. */
  private places({ metadata }: Stored<Service>): Place[] {
    const places: Place[] = [];
    for (const { endpoints, ports, addressType } of this.listers.slices.byIndex(BY_SERVICE, `${metadata.namespace}/${metadata.name}`)) {
      if (addressType !== 'IPv4') continue;
      for (const { addresses, conditions, hostname } of endpoints ?? []) {
        if (conditions?.ready === false) continue;
        for (const ip of addresses) places.push({ ip, label: hostname || ip.replaceAll('.', '-'), ports });
      }
    }
    return places;
  }
}

/** `10-244-1-5.default.pod.cluster.local`: any address is taken to be a pod's. */
function podReply(name: string, rest: readonly string[], type: string): DnsReply {
  if (rest.length !== 1 || !/^\d{1,3}(-\d{1,3}){3}$/.test(rest[0]!)) return NXDOMAIN;
  return type === 'A' ? found([record(name, 'A', rest[0]!.replaceAll('-', '.'))]) : NO_DATA;
}

function found(records: readonly DnsRecord[]): DnsReply {
  return { Status: 0, Answer: records };
}

function record(name: string, type: string, data: string): DnsRecord {
  return { name, type: RECORD_TYPES[type]!, TTL: TTL_SECONDS, data };
}
