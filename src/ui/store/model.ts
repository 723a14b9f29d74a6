import type {
  EventRow,
  MachineRow,
  NamespaceRow,
  NodeRow,
  ObjectName,
  ObjectRow,
  PodRow,
  Row,
  ServiceRow,
  SliceRow,
  WorkloadRow,
} from '../../protocol/rows.ts';

export type RowKind = Row['kind'];
export type Versions = Readonly<Record<RowKind, number>>;

export const NO_VERSIONS: Versions = {
  machine: 0,
  node: 0,
  pod: 0,
  service: 0,
  slice: 0,
  workload: 0,
  namespace: 0,
  event: 0,
  object: 0,
};

/** Older events are forgotten by the page; the cluster keeps them. */
const MAX_EVENTS = 1000;
const MAX_DEPARTED = 50;

/**
 * The rows the page knows, by kind. Changed in place, once an animation frame; who shows them
 * listens to the version of a kind in the store, or follows the changes one by one.
 */
export class Model {
  readonly rows = new Map<string, Row>();
  /** What went last, so that who looks at it can still read it. */
  readonly departed = new Map<string, Row>();
  readonly machines = new Map<string, MachineRow>();
  /** By name of the machine. */
  readonly nodes = new Map<string, NodeRow>();
  readonly pods = new Map<string, PodRow>();
  readonly services = new Map<string, ServiceRow>();
  readonly slices = new Map<string, SliceRow>();
  readonly workloads = new Map<string, WorkloadRow>();
  private readonly workloadsByName = new Map<string, WorkloadRow>();
  readonly namespaces = new Map<string, NamespaceRow>();
  readonly events = new Map<string, EventRow>();
  readonly objects = new Map<string, ObjectRow>();
  /** `namespace/name` to key. */
  readonly podKeys = new Map<string, string>();
  /** `namespace/service` to the keys of its slices. */
  readonly slicesOf = new Map<string, Set<string>>();
  /** How many slices name a pod (`namespace/name`) as a ready or unready endpoint. */
  readonly endpointCounts = new Map<string, number>();
  /** Pods by state, to count without looking at each. */
  readonly podStates = new Map<PodRow['state'], number>();

  set(row: Row): Row | undefined {
    const before = this.rows.get(row.key);
    if (before) this.forget(before);
    this.rows.set(row.key, row);
    switch (row.kind) {
      case 'machine':
        this.machines.set(row.name, row);
        break;
      case 'node':
        this.nodes.set(row.name, row);
        break;
      case 'pod':
        this.pods.set(row.key, row);
        this.podKeys.set(`${row.namespace}/${row.name}`, row.key);
        this.countState(row.state, 1);
        break;
      case 'service':
        this.services.set(row.key, row);
        break;
      case 'slice':
        this.slices.set(row.key, row);
        this.indexSlice(row, 1);
        break;
      case 'workload':
        this.workloads.set(row.key, row);
        this.workloadsByName.set(`${row.type}/${row.namespace}/${row.name}`, row);
        break;
      case 'namespace':
        this.namespaces.set(row.key, row);
        break;
      case 'event':
        this.events.set(row.key, row);
        this.dropOldEvents();
        break;
      case 'object':
        this.objects.set(row.key, row);
        break;
    }
    return before;
  }

  remove(key: string): Row | undefined {
    const row = this.rows.get(key);
    if (!row) return undefined;
    this.rows.delete(key);
    this.forget(row);
    this.departed.set(key, row);
    if (this.departed.size > MAX_DEPARTED) this.departed.delete(this.departed.keys().next().value!);
    return row;
  }

  workload({ kind, namespace, name }: ObjectName): WorkloadRow | undefined {
    return this.workloadsByName.get(`${kind}/${namespace}/${name}`);
  }

  /** Endpoints of a service over all its slices. */
  endpointsOf(service: ServiceRow): SliceRow['endpoints'][number][] {
    const keys = this.slicesOf.get(`${service.namespace}/${service.name}`) ?? [];
    return [...keys].flatMap((key) => this.slices.get(key)?.endpoints ?? []);
  }

  private forget(row: Row): void {
    switch (row.kind) {
      case 'machine':
        this.machines.delete(row.name);
        break;
      case 'node':
        this.nodes.delete(row.name);
        break;
      case 'pod':
        this.pods.delete(row.key);
        this.podKeys.delete(`${row.namespace}/${row.name}`);
        this.countState(row.state, -1);
        break;
      case 'service':
        this.services.delete(row.key);
        break;
      case 'slice':
        this.slices.delete(row.key);
        this.indexSlice(row, -1);
        break;
      case 'workload':
        this.workloads.delete(row.key);
        this.workloadsByName.delete(`${row.type}/${row.namespace}/${row.name}`);
        break;
      case 'namespace':
        this.namespaces.delete(row.key);
        break;
      case 'event':
        this.events.delete(row.key);
        break;
      case 'object':
        this.objects.delete(row.key);
        break;
    }
  }

  private countState(state: PodRow['state'], by: number): void {
    this.podStates.set(state, (this.podStates.get(state) ?? 0) + by);
  }

  private indexSlice(row: SliceRow, sign: 1 | -1): void {
    const service = `${row.namespace}/${row.service}`;
    let keys = this.slicesOf.get(service);
    if (!keys) this.slicesOf.set(service, (keys = new Set()));
    if (sign === 1) keys.add(row.key);
    else keys.delete(row.key);
    for (const { pod, ready } of row.endpoints) {
      if (pod && ready) this.endpointCounts.set(pod, (this.endpointCounts.get(pod) ?? 0) + sign);
    }
  }

  private dropOldEvents(): void {
    if (this.events.size <= MAX_EVENTS) return;
    const oldest = this.events.keys().next().value!;
    this.events.delete(oldest);
    this.rows.delete(oldest);
  }
}
