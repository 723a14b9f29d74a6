import { Pool } from './intern.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { FileSystem } from '../../machine/files.ts';

const HOST_FILE = '/etc/resolv.conf';
const DOMAIN = 'cluster.local';

/** One text a namespace is shared by all pods that ask for nothing special. */
const texts = new Pool<string>();

/** A pod's /etc/resolv.conf after its dnsPolicy and dnsConfig (pkg/kubelet/network/dns/dns.go, GetPodDNS). */
export function resolvConf({ metadata, spec }: Stored<Pod>, clusterDns: string, host: FileSystem): string {
  const { namespace = '' } = metadata;
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = spec!;
  const isClusterFirst = clusterDns !== '' && (dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork));
  if (isClusterFirst && !dnsConfig) return texts.get(`${clusterDns} ${namespace}`, () => clusterText(namespace, clusterDns));
  const base = isClusterFirst
    ? clusterText(namespace, clusterDns)
    : dnsPolicy === 'None'
      ? ''
      : host.stat(HOST_FILE)?.type === 'file'
        ? host.read(HOST_FILE)
        : '';
  return dnsConfig ? merged(base, dnsConfig) : base;
}

function clusterText(namespace: string, clusterDns: string): string {
  return formatted([`${namespace}.svc.${DOMAIN}`, `svc.${DOMAIN}`, DOMAIN], [clusterDns], ['ndots:5']);
}

type DnsConfig = NonNullable<NonNullable<Pod['spec']>['dnsConfig']>;

/** What the pod says comes after what its policy gives; an option replaces one of its name. */
function merged(base: string, { nameservers = [], searches = [], options = [] }: DnsConfig): string {
  const words = (key: string) => base.split('\n').flatMap((line) => (line.startsWith(`${key} `) ? line.split(/\s+/).slice(1) : []));
  const named = new Map(words('options').map((option) => [option.split(':')[0]!, option]));
  for (const { name = '', value } of options) named.set(name, value === undefined ? name : `${name}:${value}`);
  return formatted(
    [...new Set([...words('search'), ...searches])],
    [...new Set([...words('nameserver'), ...nameservers])],
    [...named.values()],
  );
}

function formatted(searches: readonly string[], servers: readonly string[], options: readonly string[]): string {
  const search = searches.length > 0 ? `search ${searches.join(' ')}\n` : '';
  return `${search}${servers.map((server) => `nameserver ${server}\n`).join('')}${options.length > 0 ? `options ${options.join(' ')}\n` : ''}`;
}
