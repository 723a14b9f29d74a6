import { CLOSED, Condition } from '../sim/sync.ts';
import { ChunkReader, SinkWriter } from './streams.ts';
import type { Task } from '../sim/wait.ts';
import type { Reader, Writer } from './program.ts';

/** What a blocked read throws when Ctrl-C comes and no program has asked to be told. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

export interface TtyOptions {
  /** Everything that is written, as it is written. */
  onOutput(text: string): void;
  /** Whether somebody waits for input has changed. */
  onWaiting?(waiting: boolean): void;
  /** A program has taken a typed line (without its newline). */
  onTaken?(line: string): void;
  readonly columns?: number;
  readonly rows?: number;
}

/**
 * A terminal device in line mode: whole lines come in, text goes out. The device does not echo.
 * One reader and one writer serve all programs of the session; a login shell, or a shell in a
 * container with `tty: true`, runs on one.
 */
export class Tty {
  readonly reader: Reader;
  readonly writer: Writer;
  columns: number;
  rows: number;
  /** What the Tab key asks: the words that the one before the cursor could become. Set by the innermost shell. */
  completer: ((line: string, cursor: number) => string[]) | undefined;
  private readonly options: TtyOptions;
  private readonly queue: (string | typeof CLOSED | typeof INTERRUPT)[] = [];
  private readonly arrived = new Condition();
  private readonly handlers: (() => void)[] = [];
  private blocked = 0;
  private announced = false;
  private hungUp = false;

  constructor(options: TtyOptions) {
    this.options = options;
    this.columns = options.columns ?? 80;
    this.rows = options.rows ?? 24;
    this.reader = new TtyReader(this);
    this.writer = new TtyWriter((text) => options.onOutput(text));
  }

  /** Whether a program waits for a line that has not been typed. */
  get waiting(): boolean {
    return this.blocked > 0 && this.queue.length === 0;
  }

  /** A line, without its newline. */
  typeLine(text: string): void {
    this.push(`${text}\n`);
  }

  /** Ctrl-D: one read ends; later ones go on. */
  endOfInput(): void {
    this.push(CLOSED);
  }

  /** Ctrl-C: drops what was typed ahead and tells the innermost handler, or else a blocked read. */
  interrupt(): void {
    this.queue.length = 0;
    const handler = this.handlers[this.handlers.length - 1];
    if (handler) handler();
    else if (this.blocked > 0) this.push(INTERRUPT);
    this.announce();
  }

  /** No more input will come: every read ends. */
  hangUp(): void {
    this.hungUp = true;
    this.arrived.notify();
    this.announce();
  }

  /** Asks to be told of Ctrl-C before all others. Answers how to stop. */
  onInterrupt(handler: () => void): () => void {
    this.handlers.push(handler);
    return () => {
      const at = this.handlers.lastIndexOf(handler);
      if (at >= 0) this.handlers.splice(at, 1);
    };
  }

  /** For the reader. */
  *take(): Task<string | typeof CLOSED> {
    while (this.queue.length === 0) {
      if (this.hungUp) return CLOSED;
      this.blocked++;
      this.announce();
      try {
        yield this.arrived;
      } finally {
        this.blocked--;
        this.announce();
      }
    }
    const item = this.queue.shift()!;
    if (item === INTERRUPT) throw new Interrupted('interrupted');
    if (item !== CLOSED) this.options.onTaken?.(item.slice(0, -1));
    return item;
  }

  private push(item: string | typeof CLOSED | typeof INTERRUPT): void {
    this.queue.push(item);
    this.arrived.notify();
    this.announce();
  }

  private announce(): void {
    const { waiting } = this;
    if (waiting === this.announced) return;
    this.announced = waiting;
    this.options.onWaiting?.(waiting);
  }
}

const INTERRUPT = Symbol('interrupt');

class TtyReader extends ChunkReader {
  override readonly isTerminal = true;
  readonly tty: Tty;

  constructor(tty: Tty) {
    super();
    this.tty = tty;
  }

  protected next(): Task<string | typeof CLOSED> {
    return this.tty.take();
  }
}

class TtyWriter extends SinkWriter {
  override readonly isTerminal = true;
  /** 1.3 MB/s: endless output must not drown the page. */
  protected override readonly pauseMs = 50;
  private readonly onOutput: (text: string) => void;

  constructor(onOutput: (text: string) => void) {
    super();
    this.onOutput = onOutput;
  }

  protected accept(text: string): void {
    this.onOutput(text);
  }
}

/** The terminal that a stream reads from, if it is one. */
export function ttyOf(reader: Reader): Tty | undefined {
  return reader instanceof TtyReader ? reader.tty : undefined;
}
