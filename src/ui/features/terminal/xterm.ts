import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { ask, newId } from '../../store/connection.ts';
import { LineEditor } from './line-editor.ts';
import { attach, keepEcho, sendSignal, typeLine } from './terminals.ts';

/* Everything of xterm; loaded by itself, after the graph is alive. */

function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: colour('--surface'),
    foreground: colour('--text'),
    cursor: colour('--accent'),
    cursorAccent: colour('--surface'),
    selectionBackground: colour('--accent-line'),
    red: colour('--bad'),
    green: colour('--ok'),
    yellow: colour('--warn'),
    blue: colour('--accent'),
    brightBlack: colour('--text-faint'),
  };
}

// oxlint-disable-next-line no-control-regex -- terminals speak in control characters
const visibleLength = (text: string): number => [...text.replaceAll(/\x1b\[[\d;]*m/g, '')].length;

/** Shows a terminal in an element. Answers how to take it away. */
export function mountTerminal(element: HTMLElement, id: string, onReady: (focus: () => void) => void): () => void {
  const terminal = new Terminal({
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--font-code'),
    fontSize: 12.5,
    lineHeight: 1.25,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    cursorStyle: 'bar',
    scrollback: 5000,
    theme: theme(),
    screenReaderMode: false,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  terminal.textarea?.setAttribute('aria-label', `Terminal ${id}`);
  const session = new LineSession(terminal, id);
  const stops = [attach(id, session), ...keepFitting(element, fit), followTheme(terminal)];
  onReady(() => terminal.focus());
  return () => {
    for (const stop of stops) stop();
    terminal.dispose();
  };
}

function keepFitting(element: HTMLElement, fit: FitAddon): (() => void)[] {
  const observer = new ResizeObserver(() => {
    if (element.clientWidth > 20 && element.clientHeight > 20) fit.fit();
  });
  observer.observe(element);
  return [() => observer.disconnect()];
}

function followTheme(terminal: Terminal): () => void {
  const observer = new MutationObserver(() => {
    terminal.options.theme = theme();
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** Line editing in the page: the cluster gets whole lines. */
class LineSession {
  private readonly terminal: Terminal;
  private readonly id: string;
  private readonly line: LineEditor;
  private shown: string | undefined;
  /** Row of the cursor within the rows that prompt and line take. */
  private cursorRow = 0;
  /** What was printed on the present line already; the prompt comes after it. */
  private tail = '';
  /** Typed while no line was waited for. */
  private ahead = '';

  constructor(terminal: Terminal, id: string) {
    this.terminal = terminal;
    this.id = id;
    this.line = new LineEditor({
      submit: (text) => this.submit(text),
      render: () => this.render(),
      complete: (text, cursor, again) => void this.complete(text, cursor, again),
      interrupt: () => this.interrupt(),
      endOfInput: () => sendSignal(id, 'EOF'),
      clearScreen: () => {
        terminal.clear();
        this.cursorRow = 0;
        this.render();
      },
    });
    terminal.onData((data) => this.type(data));
    terminal.onResize(() => this.shown !== undefined && this.render());
  }

  write(text: string): void {
    if (this.shown === undefined) {
      this.terminal.write(text);
      this.tail = text.includes('\n') ? text.slice(text.lastIndexOf('\n') + 1) : this.tail + text;
    } else {
      // Something prints while a line is being typed: the line moves below it.
      this.terminal.write(`${this.toStart()}\x1b[J${text}`);
      this.cursorRow = 0;
      this.render();
    }
  }

  prompt(prompt: string | undefined): void {
    if (prompt === undefined) {
      if (this.shown !== undefined && this.line.text === '') this.terminal.write(`${this.toStart()}\x1b[J`);
      this.shown = undefined;
      return;
    }
    this.shown = this.tail + prompt;
    this.cursorRow = Math.floor(visibleLength(this.tail) / this.terminal.cols);
    this.tail = '';
    this.render();
    const ahead = this.ahead;
    this.ahead = '';
    if (ahead) this.type(ahead);
  }

  private type(data: string): void {
    if (this.shown === undefined) {
      if (data === '\x03') this.interrupt();
      else if (data === '\x04') sendSignal(this.id, 'EOF');
      else this.ahead += data;
      return;
    }
    const rest = this.line.feed(data);
    if (rest) this.ahead += rest;
  }

  private submit(text: string): void {
    const prompt = this.shown ?? '';
    this.shown = undefined;
    this.cursorRow = 0;
    this.terminal.write('\r\n');
    keepEcho(this.id, `${prompt}${text}\r\n`);
    typeLine(this.id, text);
  }

  private interrupt(): void {
    this.ahead = '';
    this.cursorRow = 0;
    this.terminal.write('^C\r\n');
    if (this.shown !== undefined) keepEcho(this.id, `${this.shown}^C\r\n`);
    this.shown = undefined;
    sendSignal(this.id, 'INT');
  }

  private toStart(): string {
    return `${this.cursorRow ? `\x1b[${this.cursorRow}A` : ''}\r`;
  }

  private render(): void {
    const { terminal, line } = this;
    const prompt = this.shown ?? '';
    const columns = terminal.cols;
    const before = visibleLength(prompt) + visibleLength(line.text.slice(0, line.cursor));
    const total = visibleLength(prompt) + visibleLength(line.text);
    const endRow = Math.floor(total / columns);
    const row = Math.floor(before / columns);
    const wrap = total > 0 && total % columns === 0 ? '\r\n' : '';
    const up = endRow - row;
    const column = before % columns;
    terminal.write(`${this.toStart()}\x1b[J${prompt}${line.text}${wrap}${up ? `\x1b[${up}A` : ''}\r${column ? `\x1b[${column}C` : ''}`);
    this.cursorRow = row;
  }

  private async complete(text: string, cursor: number, again: boolean): Promise<void> {
    const id = newId();
    const answer = await ask({ type: 'complete', id, terminal: this.id, line: text, cursor });
    if (answer.type !== 'completed' || this.line.text !== text || !answer.candidates.length) return;
    const start = /\S*$/.exec(text.slice(0, cursor))!.index;
    const word = text.slice(start, cursor);
    const { candidates } = answer;
    const common = commonPrefix(candidates);
    if (candidates.length === 1) this.line.replace(start, /[/=]$/.test(candidates[0]!) ? candidates[0]! : `${candidates[0]} `);
    else if (common.length > word.length) this.line.replace(start, common);
    else if (again) this.write(`${this.shown ?? ''}${text}\r\n${columnsOf(candidates, this.terminal.cols)}`);
  }
}

function commonPrefix(words: readonly string[]): string {
  let prefix = words[0] ?? '';
  for (const word of words) while (!word.startsWith(prefix)) prefix = prefix.slice(0, -1);
  return prefix;
}

function columnsOf(words: readonly string[], width: number): string {
  const column = Math.max(...words.map((word) => word.length)) + 2;
  const perRow = Math.max(1, Math.floor(width / column));
  let text = '';
  for (let at = 0; at < words.length; at += perRow) {
    text += `${words
      .slice(at, at + perRow)
      .map((word) => word.padEnd(column))
      .join('')
      .trimEnd()}\r\n`;
  }
  return text;
}
