import { Heap } from '../base/heap.ts';
import { Condition } from '../sim/sync.ts';
import type { Pod } from '../api/kinds.ts';
import type { Stored } from '../api/object.ts';
import type { Kernel } from '../sim/kernel.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { ClusterChange } from './framework.ts';

/* kube-scheduler's defaults: podInitialBackoffSeconds, podMaxBackoffSeconds, podMaxInUnschedulablePodsDuration. */
const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 10_000;
const LONGEST_STAY_MS = 5 * 60_000;
const FLUSH_PERIOD_MS = 30_000;

export interface QueuedPod {
  pod: Stored<Pod>;
  /** When the pod came, or came back. */
  addedMs: number;
  /** Breaks ties of `addedMs`. */
  readonly order: number;
  attempts: number;
  /** When it was last found unschedulable or failed. */
  failedMs: number;
  /** An error, not the cluster's state, stood in the way: the back-off is kept to the letter. */
  failedByError: boolean;
  /** Changes that may help; undefined: any. */
  helpedBy: ReadonlySet<ClusterChange> | undefined;
  place: 'active' | 'backoff' | 'unschedulable' | 'gated' | 'cycle' | 'gone';
  /** A change that may help came while the pod was in its cycle. */
  movedInCycle: boolean;
}

/**
 * Pods that wait for a node: active ones by priority and age, those that back off, those that wait
 * for a change of the cluster, and gated ones (internal/queue/scheduling_queue.go).
 */
export class SchedulingQueue {
  private readonly kernel: Kernel;
  private readonly entries = new Map<string, QueuedPod>();
  private readonly active = new Heap<QueuedPod>(goesFirst);
  private readonly backingOff = new Heap<QueuedPod>(
    (a, b) => backoffEnd(a) < backoffEnd(b) || (backoffEnd(a) === backoffEnd(b) && goesFirst(a, b)),
  );
  private readonly unschedulable = new Set<QueuedPod>();
  private readonly arrival = new Condition();
  private wakeAtMs = Infinity;
  /** The pod that was popped last. */
  private current: QueuedPod | undefined;
  private arrivals = 0;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  get size(): number {
    return this.entries.size;
  }

  /** Pods that are not in their cycle right now, with the place where they wait. */
  waiting(): Iterable<QueuedPod> {
    return this.entries.values();
  }

  add(pod: Stored<Pod>, gated: boolean): void {
    const { uid } = pod.metadata;
    if (this.entries.has(uid)) return;
    const entry: QueuedPod = {
      pod,
      addedMs: this.kernel.now,
      order: this.arrivals++,
      attempts: 0,
      failedMs: 0,
      failedByError: false,
      helpedBy: undefined,
      place: 'gone',
      movedInCycle: false,
    };
    this.entries.set(uid, entry);
    if (gated) entry.place = 'gated';
    else this.activate(entry);
  }

  /** A waiting pod has changed. Its own change may be what helps. */
  update(pod: Stored<Pod>, gated: boolean): void {
    const entry = this.entries.get(pod.metadata.uid);
    if (!entry) {
      this.add(pod, gated);
      return;
    }
    const before = entry.pod;
    entry.pod = pod;
    if (entry.place === 'gated' && !gated) this.activate(entry);
    else if (entry.place === 'unschedulable' && (before.spec !== pod.spec || before.metadata.labels !== pod.metadata.labels))
      this.revive(entry);
  }

  remove(uid: string): void {
    const entry = this.entries.get(uid);
    if (!entry) return;
    this.entries.delete(uid);
    this.unschedulable.delete(entry);
    entry.place = 'gone';
  }

  /** The next pod to schedule; waits for one. The pod stays known until `done` or `giveUp`. */
  *pop(): Task<QueuedPod> {
    for (;;) {
      this.endBackoffs();
      const entry = this.take(this.active, 'active') ?? this.takeBackingOff();
      if (entry) {
        entry.place = 'cycle';
        entry.attempts++;
        entry.movedInCycle = false;
        return entry;
      }
      this.wakeForBackoff();
      yield* this.arrival.wait();
    }
  }

  /** The pod has a node. */
  done(entry: QueuedPod): void {
    this.entries.delete(entry.pod.metadata.uid);
    entry.place = 'gone';
  }

  /** The cycle found no node (`helpedBy` says what may help) or failed by an error (undefined). */
  giveUp(entry: QueuedPod, helpedBy: ReadonlySet<ClusterChange> | undefined): void {
    if (entry.place !== 'cycle') return;
    entry.failedMs = this.kernel.now;
    entry.failedByError = helpedBy === undefined;
    entry.helpedBy = helpedBy;
    if (helpedBy === undefined || entry.movedInCycle) this.backOff(entry);
    else {
      entry.place = 'unschedulable';
      this.unschedulable.add(entry);
    }
  }

  /** Something in the cluster has changed: pods that it may help are tried again. */
  changed(change: ClusterChange): void {
    for (const entry of this.unschedulable) if (entry.helpedBy?.has(change)) this.revive(entry);
    if (this.current?.place === 'cycle') this.current.movedInCycle = true;
  }

  /** Tries pods again that nothing has helped for five minutes. */
  *flushPeriodically(): Task<void> {
    for (;;) {
      yield* sleep(FLUSH_PERIOD_MS);
      for (const entry of this.unschedulable) if (this.kernel.now - entry.failedMs > LONGEST_STAY_MS) this.revive(entry);
    }
  }

  private revive(entry: QueuedPod): void {
    this.unschedulable.delete(entry);
    if (backoffEnd(entry) > this.kernel.now) this.backOff(entry);
    else this.activate(entry);
  }

  private activate(entry: QueuedPod): void {
    entry.place = 'active';
    this.active.push(entry);
    this.arrival.notify();
  }

  private backOff(entry: QueuedPod): void {
    entry.place = 'backoff';
    this.backingOff.push(entry);
    this.arrival.notify();
  }

  private endBackoffs(): void {
    for (let first = this.backingOff.peek(); first && backoffEnd(first) <= this.kernel.now; first = this.backingOff.peek()) {
      this.backingOff.pop();
      if (first.place === 'backoff') this.activate(first);
    }
  }

  /** With nothing active, pods that back off only because the cluster was full are tried early (SchedulerPopFromBackoffQ). */
  private takeBackingOff(): QueuedPod | undefined {
    const first = this.backingOff.peek();
    return first && !first.failedByError ? this.take(this.backingOff, 'backoff') : undefined;
  }

  private take(heap: Heap<QueuedPod>, place: QueuedPod['place']): QueuedPod | undefined {
    for (let entry = heap.pop(); entry; entry = heap.pop()) {
      if (entry.place !== place) continue;
      this.current = entry;
      return entry;
    }
    return undefined;
  }

  private wakeForBackoff(): void {
    const first = this.backingOff.peek();
    if (!first || this.wakeAtMs <= backoffEnd(first)) return;
    this.wakeAtMs = backoffEnd(first);
    this.kernel.at(this.wakeAtMs, () => {
      this.wakeAtMs = Infinity;
      this.arrival.notify();
    });
  }
}

function goesFirst(a: QueuedPod, b: QueuedPod): boolean {
  const priorityA = a.pod.spec?.priority ?? 0;
  const priorityB = b.pod.spec?.priority ?? 0;
  if (priorityA !== priorityB) return priorityA > priorityB;
  return a.addedMs < b.addedMs || (a.addedMs === b.addedMs && a.order < b.order);
}

function backoffEnd(entry: QueuedPod): number {
  const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** (entry.attempts - 1), LONGEST_BACKOFF_MS);
  return entry.failedMs + backoffMs;
}
