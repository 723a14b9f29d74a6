import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { EventRecorder } from '../client/recorder.ts';
import type { WorkQueue } from '../client/queue.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Rng } from '../sim/rng.ts';

/** What a controller is given. It acts through `client` only and reads from `informers`. */
export interface ControllerContext {
  readonly kernel: Kernel;
  /** Where its processes live; killed when the controller manager stops. */
  readonly group: Group;
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly recorder: EventRecorder;
  readonly rng: Rng;
  /** A queue with client-go's semantics, by name. */
  queue(name: string): WorkQueue;
  /** A flag of kube-controller-manager, without dashes: `node-monitor-grace-period`. */
  flag(name: string): string | undefined;
  /** A line for the component's journal. */
  log(line: string): void;
}

/**
 * A controller of the controller manager. `start` asks for informers, adds handlers and spawns its
 * workers; workers begin once all informers have synced.
 */
export interface Controller {
  /** As `--controllers` knows it: `replicaset-controller`. */
  readonly name: string;
  /** What its events name as their source, if it writes any: `replicaset-controller`. */
  readonly component?: string;
  /** How much faster than others it may ask the API server: `{ perSecond: 20, burst: 100 }` for namespaces. */
  readonly rateFactor?: { readonly perSecond: number; readonly burst: number };
  start(context: ControllerContext): void;
}
