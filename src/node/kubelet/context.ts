import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/recorder.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Fabric } from '../../net/fabric.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Env, Runtime } from '../runtime/runtime.ts';
import type { Amounts, Rejection } from './admission.ts';
import type { ImagePuller } from './image-puller.ts';
import type { PodWorker } from './pod-worker.ts';
import type { StatusWriter } from './status-writer.ts';

/** What the workers of a kubelet's pods share. */
export interface KubeletContext {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly machine: Machine;
  readonly fabric: Fabric;
  readonly client: Client;
  readonly runtime: Runtime;
  readonly recorder: EventRecorder;
  readonly images: ImagePuller;
  readonly statuses: StatusWriter;
  readonly nodeName: string;
  /** `[{ ip }]` of the node, shared by all its pods' statuses. */
  readonly hostIps: readonly { readonly ip: string }[];
  readonly allocatable: Readonly<Record<string, string>>;
  /** The name server of the pods; empty if the cluster has none. */
  readonly clusterDns: string;
  /** The variables of the services of a namespace. */
  services(namespace: string): Env;
  /** Why there is no room for a pod; undefined if there is. */
  admit(pod: Stored<Pod>, wanted: Amounts): Rejection | undefined;
  /** Nothing is left of a pod. */
  forget(worker: PodWorker): void;
}
