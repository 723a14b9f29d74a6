import type { KubeObject } from '../api/object.ts';
import type { StoreEvent } from '../etcd/store.ts';
import type { EventRow, PodRow, Row } from '../protocol/rows.ts';
import { sameData } from './rows/common.ts';
import { nodeRow } from './rows/node.ts';
import type { NodeLoad } from './rows/node.ts';
import { eventRow, namespaceRow, objectRow, serviceRow, sliceRow, workloadRow, WORKLOADS } from './rows/others.ts';
import { podRow } from './rows/pod.ts';

/** Written at every heartbeat or of no use to a person: not shown. */
const HIDDEN: ReadonlySet<string> = new Set(['Lease', 'Endpoints']);

export interface Diff {
  readonly rows: Row[];
  readonly gone: string[];
}

/** More events than this in one diff are not worth sending: nobody reads them that fast. */
const EVENTS_PER_DIFF = 100;

/**
 * What the page draws, kept up to date from the store's commits. A commit costs one map entry;
 * rows are made when a diff is taken, once a changed object, however often it changed between.
 */
export class Projection {
  private readonly objects = new Map<string, KubeObject>();
  private readonly dirty = new Set<string>();
  private readonly sent = new Map<string, Row>();
  private readonly loads = new Map<string, NodeLoad>();
  private readonly nodeKeys = new Map<string, string>();
  /** `podUid/container` whose image is being pulled, learnt from the kubelet's events. */
  private readonly pulls = new Map<string, Set<string>>();
  private readonly podKeys = new Map<string, string>();

  /** For `Store.observe`. */
  readonly onCommit = (event: StoreEvent): void => {
    const { key, value } = event.kv as { key: string; value: KubeObject };
    if (!value || typeof value !== 'object' || HIDDEN.has(value.kind ?? '')) return;
    if (event.type === 'DELETE') this.objects.delete(key);
    else this.objects.set(key, value);
    this.dirty.add(key);
    if (value.kind === 'Event' && event.type === 'PUT') this.noticePull(value);
    else if (value.kind === 'Pod') this.noticePod(key, value, event.type === 'DELETE');
    else if (value.kind === 'Node') this.nodeKeys.set(value.metadata?.name ?? '', key);
  };

  get hasChanges(): boolean {
    return this.dirty.size > 0;
  }

  /** The whole object at a key. */
  object(key: string): KubeObject | undefined {
    return this.objects.get(key);
  }

  /** Whether the node of a machine is there and ready. */
  isNodeReady(name: string): boolean {
    const conditions = this.objects.get(this.nodeKeys.get(name) ?? '')?.status?.conditions;
    return (
      conditions?.some((condition: { type: string; status: string }) => condition.type === 'Ready' && condition.status === 'True') ?? false
    );
  }

  /** What changed since the last diff, at most about `limit` objects; the rest comes with the next. */
  take(limit = 1000): Diff {
    const diff: Diff = { rows: [], gone: [] };
    const events: EventRow[] = [];
    const nodes = new Set<string>();
    let taken = 0;
    for (const key of this.dirty) {
      if (taken++ >= limit) break;
      this.dirty.delete(key);
      const object = this.objects.get(key);
      if (object?.kind === 'Node') {
        nodes.add(key);
        continue;
      }
      const before = this.sent.get(key);
      const after = object && this.row(key, object);
      this.account(before, after, nodes);
      if (after?.kind === 'event') events.push(after);
      else this.send(key, before, after, diff);
    }
    for (const row of events.slice(-EVENTS_PER_DIFF)) this.send(row.key, this.sent.get(row.key), row, diff);
    for (const key of nodes) {
      const object = this.objects.get(key);
      const after = object && nodeRow(key, object as never, this.loads.get(object.metadata?.name ?? ''));
      this.send(key, this.sent.get(key), after, diff);
    }
    return diff;
  }

  private send(key: string, before: Row | undefined, after: Row | undefined, diff: Diff): void {
    if (!after) {
      if (before) diff.gone.push(key);
      this.sent.delete(key);
    } else if (!sameData(before, after)) {
      this.sent.set(key, after);
      diff.rows.push(after);
    }
  }

  private row(key: string, object: KubeObject): Row {
    const kind = object.kind ?? '';
    if (kind === 'Pod') return podRow(key, object as never, this.isPulling);
    if (kind === 'Event') return eventRow(key, object as never);
    if (kind === 'Service') return serviceRow(key, object as never);
    if (kind === 'EndpointSlice') return sliceRow(key, object as never);
    if (kind === 'Namespace') return namespaceRow(key, object as never);
    if (WORKLOADS.has(kind)) return workloadRow(key, object);
    return objectRow(key, object);
  }

  /** Moves a pod's requests between the sums of the nodes. */
  private account(before: Row | undefined, after: Row | undefined, nodes: Set<string>): void {
    for (const [row, sign] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (row?.kind !== 'pod' || !counts(row)) continue;
      let load = this.loads.get(row.node);
      if (!load) this.loads.set(row.node, (load = { pods: 0, cpuMillis: 0, memoryBytes: 0 }));
      load.pods += sign;
      load.cpuMillis += sign * row.requestedCpuMillis;
      load.memoryBytes += sign * row.requestedMemoryBytes;
      const nodeKey = this.nodeKeys.get(row.node);
      if (nodeKey) nodes.add(nodeKey);
    }
  }

  private readonly isPulling = (uid: string, container: string): boolean => this.pulls.get(uid)?.has(container) ?? false;

  private noticePull(event: KubeObject): void {
    if (event.reason !== 'Pulling' && event.reason !== 'Pulled' && event.reason !== 'Failed') return;
    const uid: string = event.involvedObject?.uid ?? '';
    const container = /\{(.*)\}/.exec(event.involvedObject?.fieldPath ?? '')?.[1];
    const podKey = this.podKeys.get(uid);
    if (!container || !podKey) return;
    const pulling = this.pulls.get(uid) ?? new Set();
    if (event.reason === 'Pulling') pulling.add(container);
    else pulling.delete(container);
    if (pulling.size) this.pulls.set(uid, pulling);
    else this.pulls.delete(uid);
    this.dirty.add(podKey);
  }

  private noticePod(key: string, pod: KubeObject, gone: boolean): void {
    const uid = pod.metadata?.uid ?? '';
    if (gone) {
      this.podKeys.delete(uid);
      this.pulls.delete(uid);
    } else this.podKeys.set(uid, key);
  }
}

function counts(row: PodRow): boolean {
  return row.node !== '' && row.state !== 'succeeded' && row.status !== 'Failed' && row.state !== 'unknown';
}
