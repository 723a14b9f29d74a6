import { Heap } from '../base/heap.ts';
import { Digest } from '../base/hash.ts';
import { rfc3339 } from '../base/time.ts';
import { Group } from './group.ts';
import { Rng } from './rng.ts';
import type { Process } from './process.ts';
import type { Waiter } from './wait.ts';

/** Something that happens at an instant. Cancelling is O(1); the heap drops it when it surfaces. */
export class Timer {
  readonly dueMs: number;
  readonly sequence: number;
  action: (() => void) | undefined;
  waiter: Waiter | undefined;
  private readonly kernel: Kernel;

  constructor(kernel: Kernel, dueMs: number, sequence: number, action?: () => void, waiter?: Waiter) {
    this.kernel = kernel;
    this.dueMs = dueMs;
    this.sequence = sequence;
    this.action = action;
    this.waiter = waiter;
  }

  get cancelled(): boolean {
    return this.action === undefined && this.waiter === undefined;
  }

  cancel(): void {
    if (this.cancelled) return;
    this.action = undefined;
    this.waiter = undefined;
    this.kernel.timerCancelled();
  }
}

export interface RunLimits {
  /** Events after this instant are left; the clock ends at it. */
  readonly untilMs: number;
  /** At most this many events. */
  readonly maxEvents?: number;
  /** Asked every few events; true ends the slice early. Has no influence on what happens, only on when. */
  readonly shouldPause?: () => boolean;
}

export interface RunResult {
  readonly events: number;
  /** Everything due up to `untilMs` has happened. False when a limit ended the slice. */
  readonly done: boolean;
}

export type CrashHandler = (process: Process<any>, error: unknown) => void;

const EVENTS_BETWEEN_CHECKS = 8;

/**
 * A discrete-event simulation: events ordered by (due, sequence), processes as generators, a
 * virtual clock in milliseconds. Nothing in it depends on real time; the same seed and the same
 * inputs at the same instants give the same history for any slicing of {@link run}.
 */
export class Kernel {
  /** The virtual clock, milliseconds since the simulation began. */
  now = 0;
  /** How many events have happened. */
  events = 0;
  readonly seed: number;
  /** The instant of the epoch at which the clock read 0, in milliseconds. */
  readonly startEpochMs: number;
  readonly rng: Rng;
  readonly root: Group;
  /** A digest of the history so far: which events, in which order, at which instants. */
  readonly trace = new Digest();
  /** Called when a process throws and nobody joins it. Rethrows unless replaced. */
  onCrash: CrashHandler = (process, error) => {
    throw new Error(`process ${process.group.name}/${process.name} crashed: ${String(error)}`, { cause: error });
  };

  private readonly timers = new Heap<Timer>((a, b) => a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence));
  private sequence = 0;
  private cancelledTimers = 0;
  private ready: Process<any>[] = [];
  private readySequences: number[] = [];
  private readyHead = 0;
  private uncaught: { error: unknown } | undefined;

  constructor(seed: number, startEpochMs = 0) {
    this.seed = seed;
    this.startEpochMs = startEpochMs;
    this.rng = new Rng(seed);
    this.root = new Group(this, 'root');
  }

  /** The present instant in milliseconds since the epoch. */
  epochMs(): number {
    return this.startEpochMs + this.now;
  }

  /** The present instant as Kubernetes writes times: `2026-01-31T12:00:00Z`. */
  timestamp(): string {
    return rfc3339(this.epochMs());
  }

  /** Calls `action` at an instant (not before now). */
  at(dueMs: number, action: () => void): Timer {
    return this.addTimer(dueMs, action, undefined);
  }

  after(delayMs: number, action: () => void): Timer {
    return this.addTimer(this.now + delayMs, action, undefined);
  }

  /** Resumes `waiter` with `undefined` after a delay. */
  wakeAfter(delayMs: number, waiter: Waiter): Timer {
    return this.addTimer(this.now + delayMs, undefined, waiter);
  }

  /** When the next event is due, or undefined if nothing will ever happen. */
  nextDueMs(): number | undefined {
    if (this.readyHead < this.ready.length) return this.now;
    this.dropCancelled();
    return this.timers.peek()?.dueMs;
  }

  /** Lets everything due up to `untilMs` happen, within the limits. */
  run(limits: RunLimits): RunResult {
    const maxEvents = limits.maxEvents ?? Infinity;
    let events = 0;
    while (events < maxEvents) {
      if (limits.shouldPause && events > 0 && events % EVENTS_BETWEEN_CHECKS === 0 && limits.shouldPause()) {
        return { events, done: false };
      }
      if (!this.step(limits.untilMs)) {
        if (this.now < limits.untilMs && limits.untilMs !== Infinity) this.now = limits.untilMs;
        return { events, done: true };
      }
      events++;
    }
    return { events, done: false };
  }

  /** Lets the next event happen if it is due by `untilMs`. */
  step(untilMs = Infinity): boolean {
    this.dropCancelled();
    const timer = this.timers.peek();
    const hasReady = this.readyHead < this.ready.length;
    if (hasReady && !(timer && timer.dueMs <= this.now && timer.sequence < this.readySequences[this.readyHead]!)) {
      this.advanceReady();
    } else {
      if (!timer || timer.dueMs > untilMs) return false;
      this.timers.pop();
      this.now = timer.dueMs;
      this.count(timer.sequence);
      const { action, waiter } = timer;
      timer.action = timer.waiter = undefined;
      if (action) action();
      else waiter!.resume(undefined);
    }
    if (this.uncaught) {
      const { error } = this.uncaught;
      this.uncaught = undefined;
      throw error;
    }
    return true;
  }

  /** For {@link Process}: runs it at the present instant, after what is ready already. */
  makeReady(process: Process<any>): void {
    this.ready.push(process);
    this.readySequences.push(this.sequence++);
  }

  /** For {@link Process}. */
  reportCrash(process: Process<any>, error: unknown): void {
    try {
      this.onCrash(process, error);
    } catch (rethrown) {
      this.uncaught ??= { error: rethrown };
    }
  }

  /** For {@link Timer}: forgets cancelled timers in bulk once they outnumber the live ones. */
  timerCancelled(): void {
    this.cancelledTimers++;
    if (this.cancelledTimers > 1024 && this.cancelledTimers * 2 > this.timers.size) {
      this.timers.filter((timer) => !timer.cancelled);
      this.cancelledTimers = 0;
    }
  }

  private addTimer(dueMs: number, action: (() => void) | undefined, waiter: Waiter | undefined): Timer {
    const timer = new Timer(this, dueMs > this.now ? dueMs : this.now, this.sequence++, action, waiter);
    this.timers.push(timer);
    return timer;
  }

  private advanceReady(): void {
    const process = this.ready[this.readyHead]!;
    const sequence = this.readySequences[this.readyHead]!;
    this.readyHead++;
    if (this.readyHead === this.ready.length) {
      this.ready.length = this.readySequences.length = this.readyHead = 0;
    } else if (this.readyHead >= 4096) {
      this.ready.splice(0, this.readyHead);
      this.readySequences.splice(0, this.readyHead);
      this.readyHead = 0;
    }
    this.count(sequence);
    process.advance();
  }

  private count(sequence: number): void {
    this.events++;
    this.trace.mix(sequence | 0);
    this.trace.mix(Math.round(this.now * 1000) | 0);
  }

  private dropCancelled(): void {
    let timer = this.timers.peek();
    while (timer?.cancelled) {
      this.timers.pop();
      this.cancelledTimers--;
      timer = this.timers.peek();
    }
  }
}
