import { Cluster, SILENT } from '../cluster/cluster.ts';
import type { ClusterOutput } from '../cluster/input.ts';
import { matchOutput, substitute, type Bindings } from './match.ts';
import type { ConsoleLine, Scenario, ScenarioBlock } from './parse.ts';

/** A cluster has this long to become ready, and a command to end. */
const BOOT_LIMIT_MS = 5 * 60_000;
const COMMAND_LIMIT_MS = 15 * 60_000;
const LOOK_EVERY_MS = 1_000;
const QUIET_LIMIT_MS = 60_000;
const SCENARIO_PROMPT = '$ ';

export interface StepResult {
  /** Where the step stands in the file. */
  readonly line: number;
  readonly command: string;
  readonly passed: boolean;
  readonly expected: readonly string[];
  readonly printed: readonly string[];
  /** What is wrong beyond a difference between the two. */
  readonly problem: string | undefined;
}

interface Session {
  readonly name: string;
  output: string;
  /** Undefined while something runs. */
  prompt: string | undefined;
  closed: boolean;
}

/** Runs a scenario on a fresh cluster in virtual time and tells every step as it is done. */
export function runScenario(scenario: Scenario, onStep: (step: StepResult) => void): void {
  new ScenarioRun(scenario, onStep).run();
}

class ScenarioRun {
  private readonly scenario: Scenario;
  private readonly onStep: (step: StepResult) => void;
  private readonly cluster: Cluster;
  private readonly sessions = new Map<string, Session>();
  private bindings: Bindings = new Map();

  constructor(scenario: Scenario, onStep: (step: StepResult) => void) {
    this.scenario = scenario;
    this.onStep = onStep;
    this.cluster = Cluster.create(scenario.cluster, this.output());
  }

  run(): void {
    this.boot();
    for (const block of this.scenario.blocks) {
      if (block.kind === 'file') this.writeFile(block);
      else if (block.kind === 'console') this.runConsole(block);
    }
  }

  private boot(): void {
    const machines = this.cluster.machines.size;
    this.advanceUntil(() => this.cluster.readyNodes() === machines && this.cluster.addonsAvailable(), BOOT_LIMIT_MS);
  }

  private writeFile({ name, text }: Extract<ScenarioBlock, { kind: 'file' }>): void {
    this.cluster.perform({ kind: 'write-file', host: this.cluster.firstMaster.name, path: `/root/${name}`, text });
  }

  private runConsole(block: Extract<ScenarioBlock, { kind: 'console' }>): void {
    const host = block.host ?? this.cluster.firstMaster.name;
    const session = this.sessionOn(host);
    let at = 0;
    while (at < block.lines.length) {
      const typed = block.lines[at]!;
      at++;
      const prompt = session.prompt ?? SCENARIO_PROMPT;
      if (!typed.text.startsWith(prompt)) {
        this.report(typed, typed.text, [], [], `expected a line that begins with the prompt ${JSON.stringify(prompt)}`);
        at = skipTo(block.lines, at, prompt);
        continue;
      }
      const command = substitute(typed.text.slice(prompt.length), this.bindings);
      const problem = this.type(session, command);
      const end = skipTo(block.lines, at, session.prompt ?? SCENARIO_PROMPT);
      const expected = block.lines.slice(at, end).map(({ text }) => text);
      at = end;
      const printed = takeLines(session);
      const bound = problem === undefined ? matchOutput(expected, printed, this.bindings) : undefined;
      if (bound) this.bindings = bound;
      this.report(typed, command, expected, printed, problem, bound !== undefined);
    }
  }

  /** Types a line and waits until something waits for the next; answers what went wrong. */
  private type(session: Session, command: string): string | undefined {
    if (session.closed) return 'the session has ended';
    if (session.prompt === undefined) this.waitForPrompt(session);
    session.prompt = undefined;
    this.cluster.perform({ kind: 'terminal-line', terminal: session.name, text: command });
    const limitMs = COMMAND_LIMIT_MS + sleepingMs(command);
    if (this.waitForPrompt(session, limitMs)) return undefined;
    this.cluster.perform({ kind: 'terminal-signal', terminal: session.name, signal: 'INT' });
    this.advanceUntil(() => session.prompt !== undefined || session.closed, LOOK_EVERY_MS);
    return `still running after ${limitMs / 60_000} minutes of cluster time; interrupted`;
  }

  /**
   * Waits until a prompt is shown. A program that reads without one (a session that is being attached)
   * may show one yet; after a quiet while it is taken to want input as it is.
   */
  private waitForPrompt(session: Session, limitMs = COMMAND_LIMIT_MS): boolean {
    if (!this.advanceUntil(() => session.prompt !== undefined || session.closed, limitMs)) return false;
    while (session.prompt === '' && this.advanceUntil(() => session.prompt !== '' || session.closed, QUIET_LIMIT_MS)) {
      if (!this.advanceUntil(() => session.prompt !== undefined || session.closed, COMMAND_LIMIT_MS)) return false;
    }
    if (session.prompt !== SCENARIO_PROMPT && session.prompt?.endsWith(SCENARIO_PROMPT)) {
      // The last line of the output had no end: the shell's prompt stands on it.
      session.output += `${session.prompt.slice(0, -SCENARIO_PROMPT.length)}\n`;
      session.prompt = SCENARIO_PROMPT;
    }
    return true;
  }

  private sessionOn(host: string): Session {
    const known = this.sessions.get(host);
    if (known && !known.closed) return known;
    const session: Session = { name: `${host}-${this.cluster.inputs.length}`, output: '', prompt: undefined, closed: false };
    this.sessions.set(host, session);
    this.cluster.perform({ kind: 'terminal-open', terminal: session.name, host, prompt: SCENARIO_PROMPT });
    this.waitForPrompt(session);
    return session;
  }

  /** Lets events happen one by one until `done`; false if it is not done in time. */
  private advanceUntil(done: () => boolean, limitMs: number): boolean {
    const { kernel } = this.cluster;
    const deadline = kernel.now + limitMs;
    while (!done()) if (!kernel.step(deadline)) return false;
    return true;
  }

  private report(
    typed: ConsoleLine,
    command: string,
    expected: readonly string[],
    printed: readonly string[],
    problem?: string,
    passed = false,
  ): void {
    this.onStep({ line: typed.line, command, passed, expected, printed, problem });
  }

  private output(): ClusterOutput {
    const find = (name: string) => [...this.sessions.values()].find((session) => session.name === name);
    return {
      ...SILENT,
      terminalOutput: (name, text) => {
        const session = find(name);
        if (session) session.output += text;
      },
      terminalPrompt: (name, prompt) => {
        const session = find(name);
        if (session) session.prompt = prompt;
      },
      terminalClosed: (name) => {
        const session = find(name);
        if (session) session.closed = true;
      },
    };
  }
}

const SLEEP_UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long a typed line says itself that it sleeps: such lines may take longer than others. */
function sleepingMs(command: string): number {
  const sleeps = [...command.matchAll(/\bsleep\s+(\d+(?:\.\d+)?)([smhd]?)\b/g)];
  return sleeps.reduce((sum, [, amount, unit]) => sum + Number(amount) * SLEEP_UNITS[unit!]!, 0);
}

/** The index of the next line that begins with the prompt. */
function skipTo(lines: readonly ConsoleLine[], from: number, prompt: string): number {
  const at = lines.findIndex(({ text }, i) => i >= from && text.startsWith(prompt));
  return at < 0 ? lines.length : at;
}

function takeLines(session: Session): string[] {
  const text = session.output.replace(/\n$/, '');
  session.output = '';
  return text === '' ? [] : text.split('\n');
}
