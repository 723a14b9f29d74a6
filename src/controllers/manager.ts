import { EventWriter } from '../client/event-recorder.ts';
import { acquireLeadership, keepLeadership } from '../client/leader.ts';
import { SharedInformers } from '../client/reflector.ts';
import { KeyQueue } from '../client/work-queue.ts';
import { CONTROLLERS } from './list.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Rng } from '../sim/rng.ts';
import type { Task } from '../sim/wait.ts';
import type { Controller, ControllerContext } from './context.ts';

export interface ControllerManagerOptions {
  readonly kernel: Kernel;
  /** Killing it stops everything. */
  readonly group: Group;
  /** For the lease and the informers. */
  readonly client: Client;
  /** A client of its own for each controller, as each is throttled by itself. Default: `client`. */
  readonly clientFor?: (controller: Controller) => Client;
  /** Who holds the lease: `master-1_<uuid>`. */
  readonly identity: string;
  /** Flags without dashes: `{ 'node-monitor-grace-period': '40s' }`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly rng: Rng;
  /** A line for the journal. */
  log(line: string): void;
  /** Other than all of them, for tests. */
  readonly controllers?: readonly Controller[];
}

const NO_EVENTS: EventRecorder = { event() {} };

/**
 * Runs kube-controller-manager: waits for the Lease kube-system/kube-controller-manager, then runs
 * all controllers over one set of informers until the lease is lost, and stands for election again.
 * Returns at once; everything lives in `options.group`. The flag `leader-elect=false` skips the election.
 */
export function startControllerManager(options: ControllerManagerOptions): void {
  options.group.spawn('kube-controller-manager', run(options));
}

function* run(options: ControllerManagerOptions): Task<void> {
  const { kernel, client, identity, log } = options;
  const lease = { namespace: 'kube-system', name: 'kube-controller-manager' };
  const electing = options.flags['leader-elect'] !== 'false';
  for (;;) {
    if (electing) {
      log(`attempting to acquire leader lease ${lease.namespace}/${lease.name}...`);
      yield* acquireLeadership({ kernel, client, lease, identity });
      log(`successfully acquired lease ${lease.namespace}/${lease.name}`);
    }
    const term = options.group.child('controllers');
    startControllers(options, term);
    if (!electing) return;
    yield* keepLeadership({ kernel, client, lease, identity });
    log('leader election lost');
    term.dispose();
  }
}

function startControllers(options: ControllerManagerOptions, group: Group): void {
  const { kernel, client, flags, rng, clientFor = () => client } = options;
  const informers = new SharedInformers(client, group);
  for (const controller of chosenControllers(options)) {
    const recorder = controller.component ? new EventWriter(kernel, group, client, controller.component) : NO_EVENTS;
    const context: ControllerContext = {
      kernel,
      group,
      client: clientFor(controller),
      informers,
      recorder,
      rng: rng.fork(controller.name),
      queue: () => new KeyQueue(kernel),
      flag: (name) => flags[name],
      log: options.log,
    };
    controller.start(context);
  }
  informers.start();
}

/** `--controllers`: `*` stands for all, `-name` takes one away, `name` adds one. */
function chosenControllers({ controllers = CONTROLLERS, flags }: ControllerManagerOptions): readonly Controller[] {
  const words = (flags['controllers'] ?? '*').split(',').map((word) => word.trim());
  return controllers.filter(({ name }) => !words.includes(`-${name}`) && (words.includes('*') || words.includes(name)));
}
