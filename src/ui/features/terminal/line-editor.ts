/** What a line editor wants done. */
export interface LineEditorHost {
  /** The line is finished: it has been echoed, its newline has not. */
  submit(line: string): void;
  /** Show `text` with the cursor before its `cursor`-th character. */
  render(text: string, cursor: number): void;
  /** Tab was pressed; `again` if it was pressed just before too. */
  complete(text: string, cursor: number, again: boolean): void;
  interrupt(): void;
  endOfInput(): void;
  clearScreen(): void;
}

const ESCAPES: Readonly<
  Record<string, 'up' | 'down' | 'left' | 'right' | 'home' | 'end' | 'delete' | 'word-left' | 'word-right' | 'none'>
> = {
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x1b[3~': 'delete',
  '\x1b[1;5D': 'word-left',
  '\x1b[1;3D': 'word-left',
  '\x1bb': 'word-left',
  '\x1b[1;5C': 'word-right',
  '\x1b[1;3C': 'word-right',
  '\x1bf': 'word-right',
};

const MOST_HISTORY = 500;

/**
 * The line a person types, with the keys of readline. Knows no terminal: keys come in as a
 * terminal sends them, and the host shows and submits.
 */
export class LineEditor {
  text = '';
  cursor = 0;
  readonly history: string[] = [];
  private readonly host: LineEditorHost;
  private historyAt = 0;
  private draft = '';
  private killed = '';
  private lastWasTab = false;

  constructor(host: LineEditorHost) {
    this.host = host;
  }

  /** Takes the next key of `data`; answers what is left. A finished line ends it, so that the rest can wait for the next prompt. */
  feed(data: string): string {
    let rest = data;
    while (rest) {
      const key = nextKey(rest);
      rest = rest.slice(key.length);
      const wasTab = this.lastWasTab;
      this.lastWasTab = key === '\t';
      if (key === '\r' || key === '\n') {
        if (key === '\r' && rest.startsWith('\n')) rest = rest.slice(1);
        this.finish();
        return rest;
      }
      if (key === '\x03') {
        this.reset();
        this.host.interrupt();
        return '';
      }
      if (key === '\x04' && this.text === '') {
        this.host.endOfInput();
        return rest;
      }
      this.press(key, wasTab);
    }
    return '';
  }

  /** Replaces the word before the cursor, as completion does. */
  replace(from: number, word: string): void {
    this.change(this.text.slice(0, from) + word + this.text.slice(this.cursor), from + word.length);
  }

  reset(): void {
    this.text = '';
    this.cursor = 0;
    this.historyAt = this.history.length;
  }

  private press(key: string, wasTab: boolean): void {
    const { text, cursor } = this;
    const named = ESCAPES[key];
    if (key === '\t') this.host.complete(text, cursor, wasTab);
    else if (key === '\x7f' || key === '\b')
      this.change(text.slice(0, Math.max(0, cursor - 1)) + text.slice(cursor), Math.max(0, cursor - 1));
    else if (key === '\x01' || named === 'home') this.change(text, 0);
    else if (key === '\x05' || named === 'end') this.change(text, text.length);
    else if (key === '\x02' || named === 'left') this.change(text, Math.max(0, cursor - 1));
    else if (key === '\x06' || named === 'right') this.change(text, Math.min(text.length, cursor + 1));
    else if (named === 'word-left') this.change(text, wordLeft(text, cursor));
    else if (named === 'word-right') this.change(text, wordRight(text, cursor));
    else if (key === '\x04' || named === 'delete') this.change(text.slice(0, cursor) + text.slice(cursor + 1), cursor);
    else if (key === '\x15') this.kill(0, cursor);
    else if (key === '\x0b') this.kill(cursor, text.length);
    else if (key === '\x17') this.kill(spaceLeft(text, cursor), cursor);
    else if (key === '\x19') this.change(text.slice(0, cursor) + this.killed + text.slice(cursor), cursor + this.killed.length);
    else if (key === '\x0c') this.host.clearScreen();
    else if (key === '\x10' || named === 'up') this.recall(-1);
    else if (key === '\x0e' || named === 'down') this.recall(1);
    else if (key >= ' ' && !key.startsWith('\x1b')) this.change(text.slice(0, cursor) + key + text.slice(cursor), cursor + key.length);
  }

  private change(text: string, cursor: number): void {
    this.text = text;
    this.cursor = cursor;
    this.host.render(text, cursor);
  }

  private kill(from: number, to: number): void {
    this.killed = this.text.slice(from, to);
    this.change(this.text.slice(0, from) + this.text.slice(to), from);
  }

  private recall(step: -1 | 1): void {
    const next = this.historyAt + step;
    if (next < 0 || next > this.history.length) return;
    if (this.historyAt === this.history.length) this.draft = this.text;
    this.historyAt = next;
    const text = next === this.history.length ? this.draft : this.history[next]!;
    this.change(text, text.length);
  }

  private finish(): void {
    const line = this.text;
    this.change(line, line.length);
    if (line.trim() && this.history.at(-1) !== line) this.history.push(line);
    if (this.history.length > MOST_HISTORY) this.history.shift();
    this.reset();
    this.host.submit(line);
  }
}

/* oxlint-disable no-control-regex -- terminals speak in control characters */

/** An escape sequence, or one character; printable text comes in one piece. */
function nextKey(data: string): string {
  if (data[0] === '\x1b') return /^\x1b(\[[\d;?]*[ -/]*[@-~]|O.|.)?/.exec(data)![0];
  const plain = /^[^\x00-\x1f\x7f\x1b]+/.exec(data);
  return plain ? plain[0] : data[0]!;
}

function wordLeft(text: string, cursor: number): number {
  return /\w+\W*$/.exec(text.slice(0, cursor))?.index ?? 0;
}

function wordRight(text: string, cursor: number): number {
  return cursor + (/^\W*\w+/.exec(text.slice(cursor))?.[0].length ?? text.length - cursor);
}

function spaceLeft(text: string, cursor: number): number {
  return /\S+\s*$/.exec(text.slice(0, cursor))?.index ?? 0;
}
