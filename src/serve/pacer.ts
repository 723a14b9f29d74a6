import type { Kernel } from '../sim/kernel.ts';

/** Virtual seconds a second of real time, or as fast as possible. */
export type Speed = number | 'max';

/** How long a slice of simulation may keep the event loop from its other work. */
const SLICE_MS = 8;
/** How far the clock may run ahead of real time so that a request is answered without waiting for it. */
const LEAD_MS = 5;

/** Lets a kernel run along with real time, and at once when someone waits for an answer. */
export class Pacer {
  private readonly kernel: Kernel;
  private readonly speed: Speed;
  private readonly startedAt = performance.now();
  private readonly startedMs: number;
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private stopped = false;
  /** Requests that wait for their answer. */
  private outstanding = 0;

  constructor(kernel: Kernel, speed: Speed) {
    this.kernel = kernel;
    this.speed = speed;
    this.startedMs = kernel.now;
  }

  /** Someone waits for an answer from now on, until the returned function is called. */
  expect(): () => void {
    this.outstanding++;
    this.poke();
    let done = false;
    return () => {
      if (!done) this.outstanding--;
      done = true;
    };
  }

  /** Something new is to be done. */
  poke(): void {
    if (this.stopped || this.immediate) return;
    this.immediate = setImmediate(() => this.slice());
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
  }

  private targetMs(): number {
    if (this.speed === 'max') return Infinity;
    return this.startedMs + (performance.now() - this.startedAt) * this.speed;
  }

  private slice(): void {
    this.immediate = undefined;
    clearTimeout(this.timer);
    const deadline = performance.now() + SLICE_MS;
    const target = this.targetMs();
    const { done } = this.kernel.run({ untilMs: Math.max(target, this.kernel.now), shouldPause: () => performance.now() >= deadline });
    if (done) this.runAhead(target + LEAD_MS, deadline);
    if (this.stopped) return;
    const due = this.kernel.nextDueMs();
    if (!done) this.poke();
    else if (due !== undefined && this.speed !== 'max') {
      this.timer = setTimeout(() => this.slice(), Math.max(0, Math.ceil((due - this.targetMs()) / this.speed)));
    }
  }

  private runAhead(limitMs: number, deadline: number): void {
    while (this.outstanding > 0 && performance.now() < deadline && this.kernel.step(limitMs));
  }
}
