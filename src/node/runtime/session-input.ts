import { CLOSED, Condition } from '../../sim/sync.ts';
import { ChunkReader } from '../../machine/streams.ts';
import { Tty } from '../../machine/tty.ts';
import { END_OF_INPUT, INTERRUPT } from '../../net/upgrade.ts';
import type { Reader } from '../../machine/program.ts';
import type { Task } from '../../sim/wait.ts';

/** Where the input of a session inside a container arrives: a terminal, or the end of a pipe. */
export class SessionInput {
  /** The terminal, if it is one. */
  readonly tty: Tty | undefined;
  readonly reader: Reader;
  private readonly queue: Queue | undefined;
  private readonly listeners = new Set<() => void>();

  /** With `onOutput` it is a terminal; what programs write to it goes there. */
  constructor(onOutput?: (text: string) => void) {
    const announce = (): void => {
      for (const listener of this.listeners) listener();
    };
    if (onOutput) {
      this.tty = new Tty({ onOutput, onWaiting: (waiting) => waiting && announce() });
      this.reader = this.tty.reader;
    } else this.reader = this.queue = new Queue(announce);
  }

  /** Whether a program waits and has had all there was. */
  get waiting(): boolean {
    return this.tty ? this.tty.waiting : this.queue!.waiting;
  }

  /** Tells when a program begins to wait. Answers how to stop. */
  onWaiting(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  receive(text: string): void {
    const { tty, queue } = this;
    if (!tty) {
      queue!.push(text);
      return;
    }
    if (text === INTERRUPT) tty.interrupt();
    else if (text === END_OF_INPUT) tty.endOfInput();
    else for (const line of text.replace(/\n$/, '').split('\n')) tty.typeLine(line);
  }

  /** Nothing more will come. */
  end(): void {
    if (this.tty) this.tty.hangUp();
    else this.queue!.end();
  }
}

class Queue extends ChunkReader {
  private readonly announce: () => void;
  private readonly arrived = new Condition();
  private text = '';
  private ended = false;
  private readers = 0;

  constructor(announce: () => void) {
    super();
    this.announce = announce;
  }

  get waiting(): boolean {
    return this.readers > 0 && this.text === '' && !this.ended;
  }

  push(text: string): void {
    if (this.ended) return;
    this.text += text;
    this.arrived.notify();
  }

  end(): void {
    this.ended = true;
    this.arrived.notify();
  }

  protected *next(): Task<string | typeof CLOSED> {
    while (this.text === '') {
      if (this.ended) return CLOSED;
      this.readers++;
      this.announce();
      try {
        yield this.arrived;
      } finally {
        this.readers--;
      }
    }
    const { text } = this;
    this.text = '';
    return text;
  }
}
