import type { Speed } from '../protocol/messages.ts';

/** Real time a slice of work may hold the worker before it looks at its messages. */
export const SLICE_MS = 6;
/** What a worker that cannot keep up is let to owe, in real time; more is forgotten, time just runs slower. */
const MAX_DEBT_MS = 250;
const MEASURE_MS = 1000;

/**
 * Turns real time into virtual time: how far the cluster's clock should be by now. Real instants
 * come in as `performance.now()`; nothing here reads a clock.
 */
export class Pacer {
  paused = true;
  private wanted: Speed = 1;
  private baseRealMs = 0;
  private baseVirtualMs = 0;
  private samples: { realMs: number; virtualMs: number; events: number }[] = [];

  get speed(): Speed {
    return this.wanted;
  }

  /** Lets time go on from here: after a pause, a change of speed, a replay. */
  restart(realMs: number, virtualMs: number): void {
    this.baseRealMs = realMs;
    this.baseVirtualMs = virtualMs;
    this.samples = [];
  }

  setSpeed(speed: Speed, realMs: number, virtualMs: number): void {
    this.wanted = speed;
    this.restart(realMs, virtualMs);
  }

  /** The virtual instant that should be reached now. */
  target(realMs: number, virtualMs: number): number {
    if (this.wanted === 'max') return Infinity;
    const target = this.baseVirtualMs + (realMs - this.baseRealMs) * this.wanted;
    if (target - virtualMs > MAX_DEBT_MS * this.wanted) {
      this.baseRealMs = realMs;
      this.baseVirtualMs = virtualMs + MAX_DEBT_MS * this.wanted;
      return this.baseVirtualMs;
    }
    return target;
  }

  /** Real milliseconds until `virtualMs` is due. */
  waitFor(virtualMs: number, realMs: number): number {
    if (this.wanted === 'max') return 0;
    return (virtualMs - this.baseVirtualMs) / this.wanted - (realMs - this.baseRealMs);
  }

  /** Notes where the cluster is, for {@link rates}. */
  sample(realMs: number, virtualMs: number, events: number): void {
    const last = this.samples.at(-1);
    if (last && realMs - last.realMs < 50) return;
    this.samples.push({ realMs, virtualMs, events });
    while (this.samples.length > 2 && realMs - this.samples[0]!.realMs > MEASURE_MS) this.samples.shift();
  }

  /** Virtual seconds and events a real second, over the last second or so. */
  rates(): { achieved: number; eventsPerSecond: number } {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.realMs === first.realMs) {
      return { achieved: this.paused || this.wanted === 'max' ? 0 : this.wanted, eventsPerSecond: 0 };
    }
    const realMs = last.realMs - first.realMs;
    return { achieved: (last.virtualMs - first.virtualMs) / realMs, eventsPerSecond: ((last.events - first.events) * 1000) / realMs };
  }
}
