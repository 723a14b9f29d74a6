import { describe, expect, it } from 'vitest';
import { Zone, type ZoneListers } from './zone.ts';
import type { Lister } from '../client/informer.ts';
import type { KubeObject, Stored } from '../api/object.ts';

function lister<T extends KubeObject>(objects: readonly object[], indexes: Record<string, (object: any) => string[]> = {}): Lister<T> {
  const all = objects as Stored<T>[];
  const key = ({ metadata }: Stored<T>) => (metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name);
  return {
    size: all.length,
    list: () => all,
    get: (wanted) => all.find((object) => key(object) === wanted),
    byIndex: (index, value) => all.filter((object) => indexes[index]?.(object).includes(value)),
  };
}

const service = (name: string, spec: object) => ({ metadata: { namespace: 'default', name }, spec });
const SLICE = {
  metadata: { namespace: 'default', name: 'db-1', labels: { 'kubernetes.io/service-name': 'db' } },
  addressType: 'IPv4',
  ports: [{ name: 'sql', port: 3306, protocol: 'TCP' }],
  endpoints: [
    { addresses: ['10.244.1.5'], conditions: { ready: true }, hostname: 'db-0' },
    { addresses: ['10.244.2.5'], conditions: { ready: true } },
    { addresses: ['10.244.3.5'], conditions: { ready: false }, hostname: 'db-2' },
  ],
};
const listers: ZoneListers = {
  namespaces: lister([{ metadata: { name: 'default' } }]),
  services: lister(
    [
      service('web', { clusterIP: '10.96.0.50', clusterIPs: ['10.96.0.50'], ports: [{ name: 'http', port: 80, protocol: 'TCP' }] }),
      service('db', { clusterIP: 'None', ports: [{ name: 'sql', port: 3306 }] }),
      service('empty', { clusterIP: 'None' }),
      service('out', { type: 'ExternalName', externalName: 'api.example.com' }),
      service('in', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
      service('loop', { type: 'ExternalName', externalName: 'loop.default.svc.cluster.local' }),
    ],
    { ip: ({ spec }) => spec.clusterIPs ?? [] },
  ),
  slices: lister([SLICE], {
    service: ({ metadata }) => [`default/${metadata.labels['kubernetes.io/service-name']}`],
    ip: ({ endpoints }) => endpoints.flatMap((each: { addresses: string[] }) => each.addresses),
  }),
};

const DB = 'db.default.svc.cluster.local';

describe('the zone of a cluster', () => {
  it.each<[string, string, string, number, string[]]>([
    ['a service by its address', 'web.default.svc.cluster.local', 'A', 0, ['10.96.0.50']],
    ['names in any case, with a dot at the end', 'Web.Default.svc.cluster.local.', 'A', 0, ['10.96.0.50']],
    ['no address of version 6', 'web.default.svc.cluster.local', 'AAAA', 0, []],
    ['a named port', '_http._tcp.web.default.svc.cluster.local', 'SRV', 0, ['0 100 80 web.default.svc.cluster.local.']],
    ['no port that is not there', '_https._tcp.web.default.svc.cluster.local', 'SRV', 3, []],
    ['the ready pods of a headless service', DB, 'A', 0, ['10.244.1.5', '10.244.2.5']],
    ['a pod with a host name', `db-0.${DB}`, 'A', 0, ['10.244.1.5']],
    ['a pod without a host name by its address', `10-244-2-5.${DB}`, 'A', 0, ['10.244.2.5']],
    ['no pod that is not ready', `db-2.${DB}`, 'A', 3, []],
    ['the ports of a headless service at its pods', `_sql._tcp.${DB}`, 'SRV', 0, [`0 50 3306 db-0.${DB}.`, `0 50 3306 10-244-2-5.${DB}.`]],
    ['nothing of a headless service without pods', 'empty.default.svc.cluster.local', 'A', 3, []],
    ['an external name', 'out.default.svc.cluster.local', 'CNAME', 0, ['api.example.com.']],
    [
      'an external name that leads back, to its address',
      'in.default.svc.cluster.local',
      'A',
      0,
      ['web.default.svc.cluster.local.', '10.96.0.50'],
    ],
    ['no service that is not there', 'nobody.default.svc.cluster.local', 'A', 3, []],
    ['no namespace that is not there', 'web.other.svc.cluster.local', 'A', 3, []],
    ['a namespace without data', 'default.svc.cluster.local', 'A', 0, []],
    ['any pod address', '10-244-9-9.default.pod.cluster.local', 'A', 0, ['10.244.9.9']],
    ['the service of an address', '50.0.96.10.in-addr.arpa', 'PTR', 0, ['web.default.svc.cluster.local.']],
    ['the pod of an address', '5.1.244.10.in-addr.arpa', 'PTR', 0, [`db-0.${DB}.`]],
    ['no name of a stranger', '1.1.1.1.in-addr.arpa', 'PTR', 3, []],
    ['nothing outside', 'example.com', 'A', 3, []],
  ])('answers %s', (_what, name, type, status, data) => {
    const reply = new Zone(listers).answer(name, type);
    expect([reply.Status, (reply.Answer ?? []).map((each) => each.data)]).toEqual([status, data]);
  });

  it('ends a loop of external names', () => {
    expect(new Zone(listers).answer('loop.default.svc.cluster.local', 'A').Answer!.length).toBeLessThan(20);
  });
});
