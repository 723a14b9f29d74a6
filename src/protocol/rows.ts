/**
 * What the page knows of the cluster: one flat, compact row an object, keyed by its place in the
 * store. Rows are plain data and are replaced as a whole; the page never sees whole objects unless
 * it asks for one.
 */

export type Row = MachineRow | NodeRow | PodRow | ServiceRow | SliceRow | WorkloadRow | NamespaceRow | EventRow | ObjectRow;

/** A reference to another object, as far as the page needs it. */
export interface ObjectName {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface UnitRow {
  readonly name: string;
  readonly state: 'active' | 'inactive' | 'failed' | 'activating';
}

/** A machine of the cluster document, whether or not a Node object stands for it. Key `machine/NAME`. */
export interface MachineRow {
  readonly kind: 'machine';
  readonly key: string;
  readonly name: string;
  readonly role: 'master' | 'minion';
  readonly ip: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly powered: boolean;
  readonly units: readonly UnitRow[];
}

export interface NodeRow {
  readonly kind: 'node';
  readonly key: string;
  readonly name: string;
  /** The Ready condition; `Unknown` when the node's kubelet has been silent for too long. */
  readonly ready: 'True' | 'False' | 'Unknown';
  /** Why it is not ready, in the kubelet's or the node controller's words; empty when it is. */
  readonly reason: string;
  readonly message: string;
  readonly schedulable: boolean;
  readonly pressures: readonly string[];
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly podLimit: number;
  /** Sums of the requests of the pods bound to it that have not ended. */
  readonly requestedCpuMillis: number;
  readonly requestedMemoryBytes: number;
  readonly pods: number;
  readonly version: string;
}

export type PodState =
  'pending' | 'scheduled' | 'pulling' | 'creating' | 'running' | 'ready' | 'crashing' | 'failed' | 'succeeded' | 'terminating' | 'unknown';

export interface ContainerRow {
  readonly name: string;
  readonly image: string;
  readonly state: 'waiting' | 'pulling' | 'creating' | 'running' | 'ready' | 'crashing' | 'failed' | 'succeeded';
  /** Kubernetes' own word: `ContainerCreating`, `CrashLoopBackOff`, `Running`, `Completed`. */
  readonly word: string;
  readonly message: string;
  readonly restarts: number;
  readonly init: boolean;
}

export interface PodRow {
  readonly kind: 'pod';
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty while it waits for a minion. */
  readonly node: string;
  readonly state: PodState;
  /** What `kubectl get pods` prints under STATUS. */
  readonly status: string;
  /** Why, where something is wrong or awaited; empty otherwise. */
  readonly message: string;
  readonly ip: string;
  readonly restarts: number;
  readonly ready: boolean;
  readonly owner: ObjectName | undefined;
  readonly containers: readonly ContainerRow[];
  readonly createdMs: number;
  readonly requestedCpuMillis: number;
  readonly requestedMemoryBytes: number;
}

export interface ServicePortRow {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly target: string;
  readonly nodePort: number;
}

export interface ServiceRow {
  readonly kind: 'service';
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly clusterIP: string;
  readonly external: string;
  readonly ports: readonly ServicePortRow[];
  readonly selector: string;
}

/** An EndpointSlice. */
export interface SliceRow {
  readonly kind: 'slice';
  readonly key: string;
  readonly namespace: string;
  readonly service: string;
  readonly endpoints: readonly { readonly pod: string; readonly address: string; readonly ready: boolean }[];
}

export interface WorkloadRow {
  readonly kind: 'workload';
  readonly key: string;
  readonly type: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
  readonly owner: ObjectName | undefined;
  readonly image: string;
  /** A condition that says something is wrong; empty otherwise. */
  readonly problem: string;
  readonly paused: boolean;
}

export interface NamespaceRow {
  readonly kind: 'namespace';
  readonly key: string;
  readonly name: string;
  readonly phase: string;
}

export interface EventRow {
  readonly kind: 'event';
  readonly key: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly about: ObjectName;
  readonly source: string;
  readonly count: number;
  readonly atMs: number;
}

/** Any other object: enough to find and to open it. */
export interface ObjectRow {
  readonly kind: 'object';
  readonly key: string;
  readonly apiVersion: string;
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
}
