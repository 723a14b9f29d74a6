import {
  parse,
  type Assignment,
  type ArithmeticExpression,
  type ArithmeticWord,
  type CommandNode,
  type ParsedScript,
  type ProcessSubstitutionPart,
  type Word,
} from 'unbash';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Rng } from '../../sim/rng.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import type { System } from '../program.ts';
import { SIGNALS } from '../processes.ts';
import { resolvePath } from '../files.ts';
import { evaluateText } from './arithmetic.ts';
import { expandPattern, expandText, expandWord } from './expand.ts';
import { Fields } from './fields.ts';
import { Jobs } from './jobs.ts';
import { runNamed } from './command.ts';
import { messagePrefix, syntaxMessage } from './messages.ts';
import { parseShell } from './parse.ts';
import { promptText } from './prompt.ts';
import { runCommandNode, runScript } from './run.ts';
import { MOST_DEPTH } from './limits.ts';
import { dynamicArray, dynamicVariable, specialParameter } from './special-parameters.ts';
import { processSubstitution, substitute } from './substitution.ts';
import { CommandProblem, FatalExpansion, FunctionReturn, LoopExit, ShellExit } from './signals.ts';
import { DEFAULT_OPTIONS, type ShellOptions } from './options.ts';
import { Variables, type Variable } from './variables.ts';
import type { Io } from './io.ts';

/** Which shell it speaks like. They differ in messages, prompts and a few builtins. */
export type Flavour = 'bash' | 'dash' | 'ash';

export interface ShellFunction {
  readonly body: CommandNode;
  readonly source: string;
}

export interface ShellSettings {
  readonly system: System;
  readonly group: Group;
  readonly io: Io;
  readonly environment: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly flavour: Flavour;
  /** $0. */
  readonly zero: string;
  readonly positional: readonly string[];
}

/** What a builtin command costs in time, and from which debt on the shell pauses. A program costs its fork and exec. */
const BUILTIN_MS = 0.02;
const PROGRAM_MS = 0.5;
const PAUSE_FROM_MS = 2;

/** One shell: its variables, functions, options and descriptors. A subshell is a {@link Shell.fork}. */
export class Shell {
  readonly system: System;
  readonly kernel: Kernel;
  readonly flavour: Flavour;
  /** Where background jobs live. */
  readonly ownGroup: Group;
  /** Where the stages of a pipeline live; Ctrl-C kills it. */
  group: Group;
  io: Io;
  cwd: string;
  zero: string;
  positional: readonly string[];
  variables: Variables;
  /** Replaced as a whole when they change; subshells share them until then. */
  functions: ReadonlyMap<string, ShellFunction>;
  aliases: ReadonlyMap<string, string>;
  traps: Map<string, string> = NO_TRAPS;
  options: ShellOptions;
  interactive = false;
  /** It or the shell that it came of is interactive: errors name no line. */
  speaksToUser = false;
  /** `$$`: set by whoever lists the shell as a process; the same in its subshells. */
  pid: number;
  /** `$BASHPID`. */
  ownPid: number;
  lastStatus = 0;
  lastBackgroundPid: number | undefined;
  pipeStatus: readonly number[] = [0];
  /** The source that the running nodes' positions index, where in it the present command stands, its name for messages. */
  source = '';
  position = 0;
  lineOffset = 0;
  scriptName: string | undefined;
  /** How many sourced files and which functions are running. */
  sourced = 0;
  functionNames: readonly string[] = NOTHING;
  /** Greater than 0 where a failing command must not end the shell (`set -e`). */
  condition = 0;
  loops = 0;
  depth = 0;
  /** The status of the last command substitution of the command being expanded. */
  substitutionStatus: number | undefined;
  /** Work to do after the command that made a process substitution. */
  afterCommand: readonly (() => Task<void>)[] = NOTHING;
  pendingSignals: readonly string[] = NOTHING;
  /** Arrays among the arguments of a declaring builtin. */
  arrayArguments: Map<string, Assignment> = NO_ASSIGNMENTS;
  directoryStack: readonly string[] = NOTHING;
  history: readonly string[] = NOTHING;
  /** Where `getopts` stands. */
  optionOffset = 0;
  optionIndex = 0;
  private jobTable: Jobs | undefined;
  private debtMs = 0;
  /** Of `$RANDOM`; made when it is first asked for. */
  randomness: Rng | undefined;
  readonly startedMs: number;
  private environmentNow: ReadonlyMap<string, string> | undefined;
  private environmentBase: ReadonlyMap<string, string> | undefined;

  constructor(settings: ShellSettings, parent?: Shell) {
    this.system = settings.system;
    this.kernel = settings.system.kernel;
    this.flavour = settings.flavour;
    this.ownGroup = this.group = settings.group;
    this.io = settings.io;
    this.cwd = settings.cwd;
    this.zero = settings.zero;
    this.positional = settings.positional;
    this.variables = parent?.variables.fork() ?? new Variables(settings.environment);
    this.functions = parent?.functions ?? NO_FUNCTIONS;
    this.aliases = parent?.aliases ?? NO_ALIASES;
    this.options = parent?.options ?? DEFAULT_OPTIONS;
    this.pid = parent?.pid ?? 0;
    this.ownPid = parent?.ownPid ?? 0;
    this.startedMs = parent?.startedMs ?? this.kernel.now;
    if (!parent) return;
    this.lastStatus = parent.lastStatus;
    this.speaksToUser = parent.speaksToUser;
    this.lastBackgroundPid = parent.lastBackgroundPid;
    this.source = parent.source;
    this.position = parent.position;
    this.functionNames = parent.functionNames;
    this.sourced = parent.sourced;
    this.lineOffset = parent.lineOffset;
    this.scriptName = parent.scriptName;
    this.condition = parent.condition;
    this.loops = parent.loops;
    this.depth = parent.depth;
    this.debtMs = parent.debtMs;
  }

  /** A subshell: everything as here, nothing comes back. */
  fork(io = this.io, group = this.group): Shell {
    const { system, flavour, cwd, zero, positional } = this;
    return new Shell({ system, group, io, environment: EMPTY, cwd, flavour, zero, positional }, this);
  }

  get home(): string {
    return this.variables.text('HOME') ?? '/root';
  }

  homeOf(user: string): string | undefined {
    if (user === 'root') return '/root';
    const passwd = this.system.files.stat('/etc/passwd') ? this.system.files.read('/etc/passwd') : '';
    return passwd
      .split('\n')
      .find((line) => line.startsWith(`${user}:`))
      ?.split(':')[5];
  }

  path(name: string): string {
    return resolvePath(this.cwd, name);
  }

  get jobs(): Jobs {
    return (this.jobTable ??= new Jobs());
  }

  defineFunction(name: string, fn: ShellFunction): void {
    this.functions = new Map(this.functions).set(name, fn);
  }

  undefineFunction(name: string): void {
    if (!this.functions.has(name)) return;
    const functions = new Map(this.functions);
    functions.delete(name);
    this.functions = functions;
  }

  setAlias(name: string, text: string): void {
    this.aliases = new Map(this.aliases).set(name, text);
  }

  /** False if there is no such alias. */
  removeAlias(name: string): boolean {
    const aliases = new Map(this.aliases);
    const known = aliases.delete(name);
    this.aliases = aliases;
    return known;
  }

  clearAliases(): void {
    this.aliases = NO_ALIASES;
  }

  setOption(name: keyof ShellOptions, on: boolean): void {
    if (this.options[name] !== on) this.options = { ...this.options, [name]: on };
  }

  setTrap(name: string, text: string | undefined): void {
    const traps = new Map(this.traps);
    if (text === undefined) traps.delete(name);
    else traps.set(name, text);
    this.traps = traps;
  }

  /** The environment of programs: what is exported, and where the shell stands. */
  environment(): ReadonlyMap<string, string> {
    const base = this.variables.environment();
    if (base === this.environmentBase && this.environmentNow!.get('PWD') === this.cwd) return this.environmentNow!;
    this.environmentBase = base;
    return (this.environmentNow = base.get('PWD') === this.cwd ? base : new Map(base).set('PWD', this.cwd));
  }

  // --- time

  /** Takes note of a builtin's time; true when `pause` is due. */
  builtinRan(): boolean {
    return (this.debtMs += BUILTIN_MS) >= PAUSE_FROM_MS;
  }

  programRan(): boolean {
    return (this.debtMs += PROGRAM_MS) >= PAUSE_FROM_MS;
  }

  /** Lets the time pass that the commands so far took. */
  *pause(): Task<void> {
    const { debtMs } = this;
    this.debtMs = 0;
    yield* sleep(debtMs);
  }

  // --- running

  /** Runs source text in this shell: `eval`, `source`, a script, `-c`. Answers the status; prints syntax errors. */
  *runSource(source: string): Task<number> {
    const parsed = parseShell(source);
    if (parsed.problem) {
      yield* this.io.stderr.write(syntaxMessage(this, parsed.problem, source));
      return (this.lastStatus = 2);
    }
    const { source: outer, depth } = this;
    if (depth >= MOST_DEPTH) throw new CommandProblem('maximum nesting of sources exceeded');
    this.source = source;
    this.depth++;
    try {
      return yield* runScript(this, parsed.script);
    } finally {
      this.source = outer;
      this.depth = depth;
    }
  }

  /** Runs a command, a function's body, or a compound of this shell. */
  runNode(node: CommandNode): Task<number> {
    return runCommandNode(this, node);
  }

  /** Runs a command by name, be it a builtin or a program, but no function. */
  runNamed(args: string[], io = this.io): Task<number> {
    return runNamed(this, args, io);
  }

  /** A signal from outside: it waits until the present command has ended. */
  receive(name: string): void {
    this.pendingSignals = [...this.pendingSignals, name];
    this.jobTable?.changed.notify();
  }

  /** Runs the traps of the signals that came, or ends as they demand. */
  *handleSignals(): Task<void> {
    while (this.pendingSignals.length > 0) {
      const name = this.pendingSignals[0]!;
      this.pendingSignals = this.pendingSignals.slice(1);
      const trap = this.traps.get(name);
      if (trap === undefined) {
        if (['CHLD', 'CONT', 'WINCH', 'URG', 'TSTP', 'TTIN', 'TTOU', 'STOP'].includes(name)) continue;
        throw new ShellExit(128 + (SIGNALS[name] ?? 15));
      }
      const { lastStatus } = this;
      yield* this.runSource(trap);
      this.lastStatus = lastStatus;
    }
  }

  /** The body of a subshell: `exit` and stray `break` and `return` end it. */
  *runSubshell(body: () => Task<number>): Task<number> {
    let status: number;
    try {
      status = yield* body();
    } catch (signal) {
      status = yield* this.statusOf(signal);
    }
    const trap = this.traps.get('EXIT');
    if (trap) status = yield* this.runExitTrap(trap, status);
    return status & 255;
  }

  /** The status with which something thrown ends this shell; prints what there is to say. Bugs are thrown on. */
  *statusOf(signal: unknown): Task<number> {
    if (signal instanceof FatalExpansion) {
      yield* this.complain(signal.message, signal.line);
      return this.flavour === 'bash' ? (this.interactive ? 1 : signal.status) : 2;
    }
    if (signal instanceof ShellExit || signal instanceof FunctionReturn) return signal.status;
    if (signal instanceof LoopExit) return 0;
    if (signal instanceof CommandProblem) {
      yield* this.complain(signal.message);
      return signal.status;
    }
    throw signal;
  }

  *runExitTrap(trap: string, status: number): Task<number> {
    this.setTrap('EXIT', undefined);
    this.lastStatus = status;
    try {
      yield* this.runSource(trap);
    } catch (signal) {
      return yield* this.statusOf(signal);
    }
    return status;
  }

  /** `$(...)`: the output without its last newlines. */
  substitute(script: ParsedScript): Task<string> {
    return substitute(this, script);
  }

  /** `<(...)` and `>(...)`: the path that stands in their place. */
  processSubstitution(part: ProcessSubstitutionPart): Task<string> {
    return processSubstitution(this, part);
  }

  // --- parameters

  /** The text of `$name`, special or not; undefined if it is not set. */
  parameter(name: string): string | undefined {
    const code = name.charCodeAt(0);
    if (code >= 48 && code <= 57) return name === '0' ? this.zero : this.positional[Number(name) - 1];
    if (name.length === 1) {
      const special = specialParameter(this, name);
      if (special !== undefined) return special;
    }
    return this.variables.text(name) ?? dynamicVariable(this, name);
  }

  /** Arrays that the shell keeps itself. */
  dynamicArray(name: string): readonly string[] | undefined {
    return dynamicArray(this, name);
  }

  getVariable(name: string, index: string | undefined): string | undefined {
    if (index === undefined) return this.parameter(name);
    const variable = this.variables.find(name);
    if (!variable) return this.dynamicArray(name)?.[Number(index)];
    if (variable.map) return variable.map.get(index);
    const at = Number(index);
    if (variable.list) return variable.list.get(at < 0 ? Math.max(-1, ...variable.list.keys()) + 1 + at : at);
    return at === 0 ? variable.value : undefined;
  }

  /** Throws {@link CommandProblem} for a readonly variable. */
  setVariable(name: string, index: string | undefined, value: string): void {
    const variable = this.variables.find(name);
    if (variable?.readonly)
      throw new FatalExpansion(`${name}: ${this.flavour === 'dash' ? 'is read only' : 'readonly variable'}`, this.currentLine, 1);
    if (index === undefined) {
      this.variables.set(name, value);
      if (this.options.allexport && !variable?.exported) this.variables.export(name);
      return;
    }
    const own = this.variables.forChange(name);
    if (own.map) own.map.set(index, value);
    else this.listOf(own).set(Number(index), value);
  }

  /** The elements of an indexed array, made from a plain text if it was none. */
  listOf(variable: Variable): Map<number, string> {
    if (!variable.list) {
      variable.list = new Map();
      if (variable.value !== undefined) variable.list.set(0, variable.value);
      variable.value = undefined;
    }
    return variable.list;
  }

  /** What stands between the brackets of an element: a key of an associative array, else a number. */
  *indexText(name: string, index: Word): Task<string> {
    const text = yield* expandText(this, index);
    if (this.variables.find(name)?.map) return text;
    return String(yield* evaluateText(this, text));
  }

  // --- words inside parameters

  expandText(word: Word): Task<string> {
    return expandText(this, word);
  }

  expandPattern(word: Word): Task<string> {
    return expandPattern(this, word);
  }

  expandWord(word: Word, fields: Fields, quoted: boolean, splitLiterals = false): Task<void> {
    return expandWord(this, word, fields, quoted, splitLiterals);
  }

  // --- for arithmetic

  *expandArithmeticWord(word: ArithmeticWord): Task<string> {
    const parsed = word.parts
      ? { type: 'Word' as const, pos: 0, end: 0, text: word.value, value: word.value, parts: word.parts }
      : wordOf(word.value);
    const fields = new Fields(undefined, false);
    yield* expandWord(this, parsed, fields, true);
    return fields.joined();
  }

  *substituteArithmetic(script: ParsedScript | undefined): Task<string> {
    return script ? yield* this.substitute(script) : '';
  }

  parseArithmetic(text: string): ArithmeticExpression | undefined {
    const parsed = parse(`((${text}))`);
    const node = parsed.commands[0]?.command;
    return parsed.errors || node?.type !== 'ArithmeticCommand' ? undefined : node.expression;
  }

  // --- messages

  /** The line of the command that runs, from 1. */
  get currentLine(): number {
    const { source, position } = this;
    let line = 1 + this.lineOffset;
    for (let i = source.indexOf('\n'); i >= 0 && i < position; i = source.indexOf('\n', i + 1)) line++;
    return line;
  }

  /** Prints an error with the shell's name before it. */
  complain(message: string, line = this.currentLine): Task<void> {
    return this.io.stderr.write(`${this.messagePrefix(line)}${message}\n`);
  }

  /** What stands before an error: the shell's or script's name, and the line. */
  messagePrefix(line = this.currentLine): string {
    return messagePrefix(this, line);
  }

  promptText(template: string): string {
    return promptText(this, template);
  }
}

const EMPTY: ReadonlyMap<string, string> = new Map();
// Shared by all shells that have none of their own; replaced, never changed.
const NO_FUNCTIONS: ReadonlyMap<string, ShellFunction> = new Map();
const NO_ALIASES: ReadonlyMap<string, string> = new Map();
const NO_TRAPS: Map<string, string> = new Map();
const NO_ASSIGNMENTS: Map<string, Assignment> = new Map();
const NOTHING: readonly never[] = [];
const wordCache = new Map<string, Word>();

function wordOf(source: string): Word {
  let word = wordCache.get(source);
  if (!word) {
    const command = parse(`: "${source.replace(/"/g, '')}"`).commands[0]?.command;
    const argument = command?.type === 'Command' ? command.args[0] : undefined;
    word = argument?.type === 'Word' ? argument : { type: 'Word', pos: 0, end: 0, text: source, value: source };
    if (wordCache.size > 1_000) wordCache.clear();
    wordCache.set(source, word);
  }
  return word;
}
