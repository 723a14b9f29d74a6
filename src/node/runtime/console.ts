import { SessionInput } from './session-input.ts';
import { INTERRUPT } from '../../net/upgrade.ts';

/** The standard streams of a container's process 1, as those who attach share them. */
export class Console {
  /** Undefined if the container's standard input is closed and it has no terminal. */
  readonly input: SessionInput | undefined;
  private readonly watchers = new Set<(text: string) => void>();
  private readonly record: (text: string) => void;
  /** What stands on the terminal's last line. */
  private lastLine = '';

  /** `record` takes what has to go into the container's log. */
  constructor(stdin: boolean, tty: boolean, record: (text: string) => void) {
    this.record = record;
    if (tty) this.input = new SessionInput((text) => this.printed(text));
    else if (stdin) this.input = new SessionInput();
  }

  /** The text after the last newline, as a terminal repaints it for somebody new. */
  get prompt(): string {
    return this.lastLine;
  }

  /** Tells everything that is written from now on. Answers how to stop. */
  watch(watcher: (text: string) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** What process 1 wrote without a terminal. */
  tell(text: string): void {
    for (const watcher of this.watchers) watcher(text);
  }

  /** What somebody typed. The terminal's echo of it goes into the log, not back to whoever typed it. */
  type(text: string): void {
    if (this.input?.tty) {
      if (text >= ' ' || text === '\n') this.record(text);
      else if (text === INTERRUPT) this.record('^C');
      this.lastLine = '';
    }
    this.input?.receive(text);
  }

  private printed(text: string): void {
    const end = text.lastIndexOf('\n');
    this.lastLine = end < 0 ? this.lastLine + text : text.slice(end + 1);
    this.record(text);
    this.tell(text);
  }
}
