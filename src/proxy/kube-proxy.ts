import { ENDPOINT_SLICES, SERVICES } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { SharedInformers } from '../client/reflector.ts';
import type { Client } from '../client/client.ts';
import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';
import type { ServiceTable } from './table.ts';

/** What other proxies serve, and what has no address to serve (cmd/kube-proxy/app/server.go). */
const SELECTOR = '!service.kubernetes.io/headless,!service.kubernetes.io/service-proxy-name';

export interface KubeProxyOptions {
  readonly group: Group;
  readonly client: Client;
  /** The machine's rules; those of an earlier run stand until this one has synced. */
  readonly table: ServiceTable;
  readonly log: (line: string) => void;
}

/** Keeps a machine's rules as the API server's services and endpoint slices are, until its group is killed. */
export function startKubeProxy({ group, client, table, log }: KubeProxyOptions): void {
  const informers = new SharedInformers(client, group);
  const services = informers.informer(SERVICES, { labelSelector: SELECTOR });
  const slices = informers.informer(ENDPOINT_SLICES, { labelSelector: SELECTOR });
  informers.start();
  group.spawn(
    'kube-proxy',
    (function* (): Task<void> {
      yield* informers.synced();
      table.retain(services, slices);
      services.onChange({
        added: (service) => table.setService(service),
        updated: (_before, service) => table.setService(service),
        deleted: (service) => table.removeService(objectKey(service)),
      });
      slices.onChange({
        added: (slice) => table.setSlice(slice),
        updated: (before, slice) => {
          if (before.metadata.labels !== slice.metadata.labels) table.removeSlice(before);
          table.setSlice(slice);
        },
        deleted: (slice) => table.removeSlice(slice),
      });
      log('Using iptables Proxier');
    })(),
  );
}
