import type { Kernel } from './kernel.ts';

/**
 * The body of a process, or a part of one: a generator that yields what it waits for and is
 * resumed with the answer. Call one task from another with `yield*`.
 */
export type Task<T> = Generator<Wait, T, any>;

/** Whoever waits: a process, or a branch of {@link anyOf}. Only the first call of the two counts. */
export interface Waiter {
  readonly kernel: Kernel;
  resume(value: unknown): void;
  fail(error: unknown): void;
}

/** Something to wait for. `arm` is called once; afterwards it resumes or fails the waiter once, or `disarm` is called. */
export interface Wait {
  arm(waiter: Waiter): void;
  disarm(waiter: Waiter): void;
}

class Sleep implements Wait {
  private readonly delayMs: number;
  private timer: { cancel(): void } | undefined;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  arm(waiter: Waiter): void {
    this.timer = waiter.kernel.wakeAfter(this.delayMs, waiter);
  }

  disarm(): void {
    this.timer?.cancel();
  }
}

/** Waits `delayMs` of virtual time; zero and less let everything that is ready now go first. */
export function* sleep(delayMs: number): Task<void> {
  yield new Sleep(delayMs);
}

const forever: Wait = { arm() {}, disarm() {} };

/** Never returns; the process ends when it is killed. */
export function* hang(): Task<never> {
  for (;;) yield forever;
}

class Branch implements Waiter {
  readonly kernel: Kernel;
  private readonly race: AnyOf;
  private readonly index: number;

  constructor(race: AnyOf, waiter: Waiter, index: number) {
    this.kernel = waiter.kernel;
    this.race = race;
    this.index = index;
  }

  resume(value: unknown): void {
    this.race.settle(this, (waiter) => waiter.resume({ index: this.index, value }));
  }

  fail(error: unknown): void {
    this.race.settle(this, (waiter) => waiter.fail(error));
  }
}

class AnyOf implements Wait {
  private readonly waits: readonly Wait[];
  private branches: Branch[] = [];
  private waiter: Waiter | undefined;

  constructor(waits: readonly Wait[]) {
    this.waits = waits;
  }

  arm(waiter: Waiter): void {
    this.waiter = waiter;
    for (let i = 0; i < this.waits.length && this.waiter; i++) {
      const branch = new Branch(this, waiter, i);
      this.branches.push(branch);
      this.waits[i]!.arm(branch);
    }
  }

  disarm(): void {
    this.waiter = undefined;
    this.branches.forEach((branch, i) => this.waits[i]!.disarm(branch));
  }

  settle(winner: Branch, notify: (waiter: Waiter) => void): void {
    const { waiter } = this;
    if (!waiter) return;
    this.waiter = undefined;
    this.branches.forEach((branch, i) => {
      if (branch !== winner) this.waits[i]!.disarm(branch);
    });
    notify(waiter);
  }
}

/** Waits for the first of several; the others are disarmed. Earlier ones win ties. */
export function* anyOf(waits: readonly Wait[]): Task<{ index: number; value: unknown }> {
  return (yield new AnyOf(waits)) as { index: number; value: unknown };
}

export interface TimedOut {
  readonly timedOut: true;
}
export interface InTime<T> {
  readonly timedOut: false;
  readonly value: T;
}

/** Waits for `wait` at most `delayMs` of virtual time. */
export function* withTimeout<T>(delayMs: number, wait: Wait): Task<InTime<T> | TimedOut> {
  const first = yield* anyOf([wait, new Sleep(delayMs)]);
  return first.index === 0 ? { timedOut: false, value: first.value as T } : { timedOut: true };
}
