import type { Pod } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import { addResources, noResources, raiseTo, readResources, type Resources } from './resources.ts';

/** What a pod without requests counts as when nodes are scored (scheduler util/pod_resources.go). */
const DEFAULT_CPU_MILLIS = 100;
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024;

type Container = NonNullable<Pod['spec']>['containers'][number];

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A pod with what the scheduler needs of it worked out once. */
export class PodInfo {
  /** The newest version; its spec and labels are those of the first. */
  pod: Stored<Pod>;
  /** The node it was placed on last. */
  node = '';
  /** Shared between pods that ask for the same. */
  private readonly shape: Shape;

  constructor(pod: Stored<Pod>) {
    this.pod = pod;
    this.shape = shapeOf(pod.spec!);
  }

  get key(): string {
    return `${this.pod.metadata.namespace}/${this.pod.metadata.name}`;
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  /** Sum of the containers' requests, or the greatest init container if that is more, plus overhead. */
  get requests(): Resources {
    return this.shape.requests;
  }

  /** The same with defaults for containers that ask for nothing; for scoring. */
  get scoredCpuMillis(): number {
    return this.shape.scoredCpuMillis;
  }

  get scoredMemoryBytes(): number {
    return this.shape.scoredMemoryBytes;
  }

  get hostPorts(): readonly HostPort[] {
    return this.shape.hostPorts;
  }

  get spec(): NonNullable<Pod['spec']> {
    return this.pod.spec!;
  }
}

interface Shape {
  readonly requests: Resources;
  readonly scoredCpuMillis: number;
  readonly scoredMemoryBytes: number;
  readonly hostPorts: readonly HostPort[];
}

/** Pods of one template share their resource objects, so the last shape answers for most. */
let lastKey: unknown[] = [];
let lastShape: Shape | undefined;

function shapeOf(spec: NonNullable<Pod['spec']>): Shape {
  const key: unknown[] = [spec.overhead];
  for (const container of spec.initContainers ?? []) key.push(container.resources, container.ports, container.restartPolicy);
  for (const container of spec.containers) key.push(container.resources, container.ports);
  if (lastShape && key.length === lastKey.length && key.every((part, i) => part === lastKey[i])) return lastShape;
  lastKey = key;
  return (lastShape = measure(spec));
}

function measure(spec: NonNullable<Pod['spec']>): Shape {
  const requests = sumRequests(spec, (container) => readResources(container.resources?.requests));
  const scored = sumRequests(spec, (container) => {
    const amount = readResources(container.resources?.requests);
    if (container.resources?.requests?.['cpu'] === undefined) amount.cpuMillis = DEFAULT_CPU_MILLIS;
    if (container.resources?.requests?.['memory'] === undefined) amount.memoryBytes = DEFAULT_MEMORY_BYTES;
    return amount;
  });
  const hostPorts: HostPort[] = [];
  for (const container of spec.containers) {
    for (const port of container.ports ?? []) {
      if (port.hostPort) hostPorts.push({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort });
    }
  }
  return { requests, scoredCpuMillis: scored.cpuMillis, scoredMemoryBytes: scored.memoryBytes, hostPorts };
}

/** component-helpers resource.PodRequests: sidecars run beside the containers and beside later init containers. */
function sumRequests(spec: NonNullable<Pod['spec']>, requestsOf: (container: Container) => Resources): Resources {
  const total = noResources();
  for (const container of spec.containers) addResources(total, requestsOf(container));
  const sidecars = noResources();
  const atStart = noResources();
  for (const container of spec.initContainers ?? []) {
    const request = requestsOf(container);
    if (container.restartPolicy === 'Always') {
      addResources(sidecars, request);
      raiseTo(atStart, sidecars);
    } else {
      addResources(request, sidecars);
      raiseTo(atStart, request);
    }
  }
  addResources(total, sidecars);
  raiseTo(total, atStart);
  if (spec.overhead) addResources(total, readResources(spec.overhead));
  return total;
}
