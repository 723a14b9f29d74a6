import { Killed } from '../sim/process.ts';
import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';
import { shellProgram } from './shell/main.ts';
import { Tty } from './tty.ts';
import { programFailed } from './exec.ts';
import type { Program, System } from './program.ts';

export interface TerminalOptions {
  /** Where its processes live, so that they end with their machine. The kernel's root unless given. */
  readonly group?: Group;
  /** The program that runs on it; a shell unless given. */
  readonly shell?: Program;
  readonly shellName?: string;
  readonly args?: readonly string[];
  /** $HOME and where the shell begins; `/root` unless given. */
  readonly home?: string;
  /** $PS1, with bash's escapes (`\u@\h:\w\$ `). */
  readonly prompt?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Put what is typed, with the prompt before it, into the output, so that the output alone is the whole session. */
  readonly echo?: boolean;
  /** What is printed. A prompt is no output: it comes through `onPrompt`. */
  onOutput(text: string): void;
  /** The text before the cursor while a program waits for a line (empty for `cat`); undefined while none waits. */
  onPrompt(prompt: string | undefined): void;
  /** The shell has ended, or its machine has. */
  onClose(exitCode: number): void;
}

/** A session at a machine: one long-lived shell, lines in, text out. */
export interface Terminal {
  /** Whether the program in the foreground waits for a line that has not been typed. */
  readonly awaitingInput: boolean;
  /** The text before the cursor, or undefined while no program waits. */
  readonly prompt: string | undefined;
  readonly closed: boolean;
  /** A line without its newline. May be typed ahead. */
  typeLine(text: string): void;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ctrl-D. */
  endOfInput(): void;
  /** Hangs up: everything that runs in it ends. */
  close(): void;
  /** The words that the one before the cursor could become. Takes no time and changes nothing. */
  complete(line: string, cursor: number): string[];
}

/** How long a line without its end is held back, in case it turns out to be a prompt. */
const PARTIAL_LINE_MS = 20;

/** Opens a terminal and starts its shell at the present instant. */
export function openTerminal(system: System, options: TerminalOptions): Terminal {
  return new Session(system, options);
}

class Session implements Terminal {
  private readonly system: System;
  private readonly options: TerminalOptions;
  private readonly tty: Tty;
  private readonly group: Group;
  private partial = '';
  private flush: { cancel(): void } | undefined;
  private shown: string | undefined;
  closed = false;

  constructor(system: System, options: TerminalOptions) {
    this.system = system;
    this.options = options;
    this.tty = new Tty({
      onOutput: (text) => this.output(text),
      onWaiting: () => this.update(),
      onTaken: (line) => this.leaveLine(`${line}\n`),
      ...(options.columns === undefined ? {} : { columns: options.columns }),
      ...(options.rows === undefined ? {} : { rows: options.rows }),
    });
    this.group = (options.group ?? system.kernel.root).child('terminal');
    this.group.onKill(() => this.end(129));
    this.group.spawn('shell', this.run());
  }

  get awaitingInput(): boolean {
    return !this.closed && this.tty.waiting;
  }

  get prompt(): string | undefined {
    return this.awaitingInput ? this.partial : undefined;
  }

  typeLine(text: string): void {
    if (!this.closed) this.tty.typeLine(text);
  }

  interrupt(): void {
    if (this.closed) return;
    this.leaveLine('^C');
    this.tty.interrupt();
  }

  endOfInput(): void {
    if (!this.closed) this.tty.endOfInput();
  }

  close(): void {
    if (this.closed) return;
    this.end(129);
    this.group.dispose();
  }

  complete(line: string, cursor: number): string[] {
    return this.closed ? [] : (this.tty.completer?.(line, cursor) ?? []);
  }

  /** What stands before the cursor, and what was typed there, leave the line that is edited. */
  private leaveLine(typed: string): void {
    const line = this.partial;
    this.partial = '';
    if (this.options.echo) this.options.onOutput(line + typed);
  }

  private output(text: string): void {
    if (this.closed) return;
    const cut = text.lastIndexOf('\n') + 1;
    if (cut > 0) {
      const lines = this.partial + text.slice(0, cut);
      this.partial = text.slice(cut);
      this.options.onOutput(lines);
    } else this.partial += text;
    if (this.tty.waiting) this.update();
    else if (this.partial !== '') this.flush ??= this.system.kernel.after(PARTIAL_LINE_MS, () => this.flushPartial());
  }

  private flushPartial(): void {
    this.flush = undefined;
    if (this.closed || this.tty.waiting || this.partial === '') return;
    const text = this.partial;
    this.partial = '';
    this.options.onOutput(text);
  }

  private update(): void {
    const { prompt } = this;
    if (prompt === this.shown || this.closed) return;
    this.shown = prompt;
    this.options.onPrompt(prompt);
  }

  private *run(): Task<void> {
    const { system, options, tty, group } = this;
    const home = options.home ?? '/root';
    const name = options.shellName ?? (system.programs.has('bash') || !system.programs.has('sh') ? 'bash' : 'sh');
    const env = new Map(
      Object.entries({
        HOME: home,
        PATH: DEFAULT_PATH,
        TERM: 'xterm-256color',
        SHELL: `/bin/${name}`,
        USER: 'root',
        LOGNAME: 'root',
        ...options.env,
      }),
    );
    if (options.prompt !== undefined) env.set('PS1', options.prompt);
    if (!system.files.stat(home)) system.files.makeDirectory(home, { parents: true });
    const { kernel } = system;
    const program = options.shell ?? system.programs.get(name) ?? shellProgram;
    const context = {
      system,
      kernel,
      group,
      name,
      args: options.args ?? [],
      env,
      cwd: home,
      stdin: tty.reader,
      stdout: tty.writer,
      stderr: tty.writer,
    };
    let code = 1;
    try {
      code = yield* program(context);
    } catch (error) {
      if (error instanceof Killed) code = 137;
      else code = yield* programFailed(error, name, context);
    }
    this.end(code);
    group.dispose();
  }

  private end(code: number): void {
    if (this.closed) return;
    this.flush?.cancel();
    if (this.partial !== '') this.options.onOutput(this.partial);
    this.partial = '';
    this.closed = true;
    if (this.shown !== undefined) this.options.onPrompt(undefined);
    this.options.onClose(code);
  }
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
