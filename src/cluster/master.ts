import { createApiServer } from '../apiserver/server.ts';
import type { Dial } from '../apiserver/dial.ts';
import { EventWriter } from '../client/event-recorder.ts';
import { acquireLeadership, keepLeadership } from '../client/leader.ts';
import { SharedInformers } from '../client/reflector.ts';
import { startControllerManager } from '../controllers/manager.ts';
import type { EtcdMember } from '../etcd/member.ts';
import type { Machine } from '../machine/machine.ts';
import type { UnitContext } from '../machine/units.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import type { Task } from '../sim/wait.ts';
import { API_SERVER_PORT, component, componentClient, rateOf } from './components.ts';
import type { ClusterDocument } from './document.ts';

export interface MasterOptions {
  readonly machine: Machine;
  readonly document: ClusterDocument;
  readonly etcd: EtcdMember;
  /** Told whenever a scheduler takes over, for those who ask it why. */
  readonly onScheduler: (scheduler: Scheduler | undefined) => void;
}

/** Installs the units of the control plane. */
export function installMaster(options: MasterOptions): void {
  const { units } = options.machine;
  units.install({
    name: 'etcd',
    description: 'Etcd Server',
    enabled: true,
    execStart: '/usr/bin/etcd --name=default --data-dir=/var/lib/etcd/default.etcd',
    start: ({ group }) => options.etcd.start(group),
  });
  units.install({
    name: 'kube-apiserver',
    description: 'Kubernetes API Server',
    enabled: true,
    restartAfterMs: 5_000,
    start: (context) => startApiServer(options, context),
  });
  units.install({
    name: 'kube-controller-manager',
    description: 'Kubernetes Controller Manager',
    enabled: true,
    restartAfterMs: 5_000,
    start: (context) => startControllers(options, context),
  });
  units.install({
    name: 'kube-scheduler',
    description: 'Kubernetes Scheduler Plugin',
    enabled: true,
    restartAfterMs: 5_000,
    start: (context) => startScheduler(options, context),
  });
}

function startApiServer({ machine, document, etcd }: MasterOptions, { kernel, group, log }: UnitContext): void {
  const { serviceCIDR } = document;
  const rng = kernel.rng.fork(`apiserver ${machine.name} ${kernel.now}`);
  const dial: Dial = (ip, port, request) => machine.fabric.request(machine, ip, port, request);
  const server = createApiServer({
    kernel,
    group,
    store: etcd,
    rng,
    serviceCIDR,
    address: machine.ip,
    port: API_SERVER_PORT,
    dial,
    onPanic: (error) => log(`panic: ${String((error as Error).stack ?? error)}`),
  });
  machine.fabric.listen(machine, API_SERVER_PORT, group, server.handle);
}

function startControllers({ machine, document }: MasterOptions, { kernel, group, log }: UnitContext): void {
  const flags = { 'cluster-cidr': document.podCIDR, ...document.flags['kube-controller-manager'] };
  const rng = kernel.rng.fork(`kube-controller-manager ${machine.name} ${kernel.now}`);
  const identity = component('system:kube-controller-manager');
  const common = { kernel, fabric: machine.fabric, from: machine, server: () => machine.ip, identity };
  startControllerManager({
    kernel,
    group,
    client: componentClient({ ...common, userAgent: 'kube-controller-manager/v1.35.0' }),
    clientFor: ({ rateFactor }) => {
      const { perSecond, burst } = rateOf(flags, 20, 30);
      const rate = { perSecond: perSecond * (rateFactor?.perSecond ?? 1), burst: burst * (rateFactor?.burst ?? 1) };
      return componentClient({ ...common, userAgent: 'kube-controller-manager/v1.35.0', rate });
    },
    identity: `${machine.name}_${rng.uuid()}`,
    flags,
    rng,
    log,
  });
}

function startScheduler(options: MasterOptions, { kernel, group, log }: UnitContext): void {
  const { machine, document, onScheduler } = options;
  const flags = document.flags['kube-scheduler'] ?? {};
  const rng = kernel.rng.fork(`kube-scheduler ${machine.name} ${kernel.now}`);
  const identity = component('system:kube-scheduler');
  const common = { kernel, fabric: machine.fabric, from: machine, server: () => machine.ip, identity };
  const client = componentClient({ ...common, userAgent: 'kube-scheduler/v1.35.0', rate: rateOf(flags, 50, 100) });
  const unlimited = componentClient({ ...common, userAgent: 'kube-scheduler/v1.35.0' });
  const election = {
    kernel,
    client: unlimited,
    lease: { namespace: 'kube-system', name: 'kube-scheduler' },
    identity: `${machine.name}_${rng.uuid()}`,
  };
  group.onKill(() => onScheduler(undefined));
  group.spawn(
    'kube-scheduler',
    (function* (): Task<void> {
      for (;;) {
        yield* acquireLeadership(election);
        log('successfully acquired lease kube-system/kube-scheduler');
        const term = group.child('scheduling');
        const informers = new SharedInformers(unlimited, term);
        const recorder = new EventWriter(kernel, term, unlimited, 'default-scheduler');
        const scheduler = new Scheduler({ kernel, group: term, client, informers, recorder, rng, log });
        onScheduler(scheduler);
        scheduler.start();
        yield* keepLeadership(election);
        log('leader election lost');
        onScheduler(undefined);
        term.dispose();
      }
    })(),
  );
}
