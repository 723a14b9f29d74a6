import { NetError } from '../net/fabric.ts';
import type { Task } from '../sim/wait.ts';
import type { System } from './program.ts';

const ADDRESS = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;
const DNS_TIMEOUT_MS = 5_000;

/** What a name server answers on port 53, in the manner of DNS over HTTPS' JSON form. */
export interface DnsAnswer {
  /** 0, or 3 for NXDOMAIN. */
  readonly Status: number;
  readonly Answer?: readonly { readonly name: string; readonly type: number; readonly data: string }[];
}

/**
 * The address of a host name, as the C library finds it: an address itself, /etc/hosts, then the
 * name servers and search domains of /etc/resolv.conf. Undefined if there is none.
 */
export function* resolveHost(system: System, name: string): Task<string | undefined> {
  if (ADDRESS.test(name)) return name;
  if (name === 'localhost') return '127.0.0.1';
  const known = fromHosts(system, name);
  if (known !== undefined) return known;
  if (name === system.hostname) return system.network.ip;
  const settings = resolverSettings(system);
  for (const server of settings.servers) {
    for (const candidate of candidates(name, settings)) {
      const answer = yield* askServer(system, server, candidate, 'A');
      if (answer === undefined) break;
      const record = answer.Answer?.find((each) => each.type === 1);
      if (record) return record.data;
    }
  }
  return undefined;
}

export interface ResolverSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
}

/** What /etc/resolv.conf says. */
export function resolverSettings(system: System): ResolverSettings {
  const text = system.files.stat('/etc/resolv.conf')?.type === 'file' ? system.files.read('/etc/resolv.conf') : '';
  const servers: string[] = [];
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [key, ...values] = line.trim().split(/\s+/);
    if (key === 'nameserver' && values[0]) servers.push(values[0]);
    else if (key === 'search') search = values;
    else if (key === 'options') for (const value of values) if (value.startsWith('ndots:')) ndots = Number(value.slice(6));
  }
  return { servers, search, ndots };
}

/** The full names that are asked for, in order. */
export function candidates(name: string, { search, ndots }: ResolverSettings): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const searched = search.map((domain) => `${name}.${domain}`);
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name];
}

/** Asks one name server; undefined if it does not answer. */
export function* askServer(system: System, server: string, name: string, type: string): Task<DnsAnswer | undefined> {
  try {
    const query = [
      ['name', name],
      ['type', type],
    ] as const;
    const response = yield* system.fabric.request(
      system.network,
      server,
      53,
      { method: 'GET', path: '/dns-query', query, headers: { accept: 'application/dns-json' } },
      DNS_TIMEOUT_MS,
    );
    if (response.status !== 200 || typeof response.body !== 'object') return undefined;
    return response.body as DnsAnswer;
  } catch (error) {
    if (error instanceof NetError) return undefined;
    throw error;
  }
}

function fromHosts(system: System, name: string): string | undefined {
  if (system.files.stat('/etc/hosts')?.type !== 'file') return undefined;
  for (const line of system.files.read('/etc/hosts').split('\n')) {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (address !== undefined && ADDRESS.test(address) && names.includes(name)) return address;
  }
  return undefined;
}
