import type { LoggedInput } from '../cluster/input.ts';
import type { HistoryPoint } from '../protocol/messages.ts';
import type { ClusterSource } from './source.ts';

/** Brings a fresh cluster to where another one was, in slices: the same inputs after the same events. */
export class Replay {
  private readonly source: ClusterSource;
  private readonly log: readonly LoggedInput[];
  private readonly until: HistoryPoint | undefined;
  private next = 0;

  constructor(source: ClusterSource, log: readonly LoggedInput[], until: HistoryPoint | undefined) {
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
