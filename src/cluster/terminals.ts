import { openTerminal, type Terminal } from '../machine/terminal.ts';
import type { HostSystem } from './host-system.ts';
import type { ClusterOutput } from './input.ts';

/** What the shell of a machine prompts with. */
const PROMPT = '\\u@\\h:\\w\\$ ';

export interface TerminalSettings {
  /** $PS1; the machine's own unless given. */
  readonly prompt?: string;
}

/** The sessions that are open on the cluster's machines, by the name that whoever opened them gave. */
export class Terminals {
  private readonly output: ClusterOutput;
  private readonly find: (host: string) => HostSystem | undefined;
  private readonly sessions = new Map<string, Terminal>();

  constructor(output: ClusterOutput, find: (host: string) => HostSystem | undefined) {
    this.output = output;
    this.find = find;
  }

  /** Opens a session. A machine that does not exist or is off is answered as ssh would say it, and the session closes. */
  open(name: string, host: string, settings: TerminalSettings = {}): void {
    if (this.sessions.has(name)) return;
    const system = this.find(host);
    if (!system?.machine.powered) {
      const why = system
        ? `connect to host ${host} port 22: No route to host`
        : `Could not resolve hostname ${host}: Name or service not known`;
      this.output.terminalOutput(name, `ssh: ${why}\n`);
      this.output.terminalClosed(name, 255);
      return;
    }
    const { output } = this;
    const terminal = openTerminal(system, {
      group: system.machine.group,
      prompt: settings.prompt ?? PROMPT,
      onOutput: (text) => output.terminalOutput(name, text),
      onPrompt: (prompt) => output.terminalPrompt(name, prompt),
      onClose: (exitCode) => {
        this.sessions.delete(name);
        output.terminalClosed(name, exitCode);
      },
    });
    if (!terminal.closed) this.sessions.set(name, terminal);
  }

  get(name: string): Terminal | undefined {
    return this.sessions.get(name);
  }

  line(name: string, text: string): void {
    this.sessions.get(name)?.typeLine(text);
  }

  signal(name: string, signal: 'INT' | 'EOF'): void {
    if (signal === 'INT') this.sessions.get(name)?.interrupt();
    else this.sessions.get(name)?.endOfInput();
  }

  close(name: string): void {
    this.sessions.get(name)?.close();
  }

  /** What Tab offers. Takes no virtual time. */
  complete(name: string, line: string, cursor: number): readonly string[] {
    return this.sessions.get(name)?.complete(line, cursor) ?? [];
  }
}
