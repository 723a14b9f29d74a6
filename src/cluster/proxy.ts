import type { Machine } from '../machine/machine.ts';
import { startKubeProxy } from '../proxy/kube-proxy.ts';
import { ServiceTable } from '../proxy/table.ts';
import { component, componentClient, rateOf } from './components.ts';
import type { ClusterDocument } from './document.ts';

export interface ProxyOptions {
  readonly machine: Machine;
  readonly document: ClusterDocument;
  /** The API server's address. */
  readonly server: () => string;
}

/** Installs kube-proxy. Its rules are in the machine's kernel: they outlive the unit, not the power. */
export function installProxy({ machine, document, server }: ProxyOptions): void {
  const { kernel, fabric } = machine;
  let table: ServiceTable | undefined;
  machine.onPower((powered) => {
    if (powered) return;
    table = undefined;
    fabric.setTranslator(machine, undefined);
  });
  machine.units.install({
    name: 'kube-proxy',
    description: 'Kubernetes Kube-Proxy Server',
    enabled: true,
    restartAfterMs: 5_000,
    execStart: `/usr/bin/kube-proxy --hostname-override=${machine.name} --cluster-cidr=${document.podCIDR}`,
    start({ group, log }) {
      const rules = (table ??= new ServiceTable({ machine, rng: kernel.rng.fork(`kube-proxy ${machine.name}`), now: () => kernel.now }));
      fabric.setTranslator(machine, (from, ip, port) => rules.translate(from, ip, port));
      const identity = component('system:kube-proxy');
      const rate = rateOf(document.flags['kube-proxy'] ?? {}, 5, 10);
      const userAgent = 'kube-proxy/v1.35.0 (linux/amd64)';
      startKubeProxy({
        group,
        client: componentClient({ kernel, fabric, from: machine, server, identity, userAgent, rate }),
        table: rules,
        log,
      });
    },
  });
}
