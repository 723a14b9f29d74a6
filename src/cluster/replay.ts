import type { Kernel } from '../sim/kernel.ts';
import type { Input, LoggedInput } from './input.ts';

/** A place in the history of a cluster. */
export interface HistoryPoint {
  readonly event: number;
  readonly atMs: number;
}

/** What a replay needs of a cluster. */
export interface Replayable {
  readonly kernel: Kernel;
  perform(input: Input): void;
}

/** Brings a fresh cluster to where another one was, in slices: the same inputs after the same events. */
export class Replay {
  private readonly source: Replayable;
  private readonly log: readonly LoggedInput[];
  private readonly until: HistoryPoint | undefined;
  private next = 0;

  constructor(source: Replayable, log: readonly LoggedInput[], until: HistoryPoint | undefined) {
    this.source = source;
    this.log = until ? log.filter((entry) => entry.event <= until.event) : log;
    this.until = until;
  }

  /** How many inputs have been performed. */
  get performed(): number {
    return this.next;
  }

  get fraction(): number {
    const end = this.until?.event ?? this.log.at(-1)?.event ?? 0;
    return end === 0 ? 1 : Math.min(1, this.source.kernel.events / end);
  }

  /** Goes on until `shouldPause`; true when it has arrived. */
  run(shouldPause: () => boolean): boolean {
    while (this.next < this.log.length) {
      const entry = this.log[this.next]!;
      if (!this.advance(entry, shouldPause)) return false;
      this.source.perform(entry.input);
      this.next++;
    }
    return this.until ? this.advance(this.until, shouldPause) : true;
  }

  private advance(point: HistoryPoint, shouldPause: () => boolean): boolean {
    const { kernel } = this.source;
    const missing = point.event - kernel.events;
    if (missing > 0) {
      const { events, done } = kernel.run({ untilMs: point.atMs, maxEvents: missing, shouldPause });
      if (events < missing) {
        if (!done) return false;
        throw new Error(`the history does not fit: ${kernel.events} events by ${kernel.now} ms where ${point.event} were recorded`);
      }
    }
    if (kernel.now < point.atMs) kernel.run({ untilMs: point.atMs });
    return true;
  }
}
