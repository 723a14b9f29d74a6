import type { Assignment, Command, CommandArgument } from 'unbash';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Task } from '../../sim/wait.ts';
import { programFailed } from '../exec.ts';
import { FileError } from '../files.ts';
import { findExecutable } from '../lookup.ts';
import { plainEcho } from '../programs/echo.ts';
import { BrokenPipe, type Program, type ProgramContext, type Reader, type System, type Writer } from '../program.ts';
import { assign, assignArgument, assignedText } from './assign.ts';
import { BUILTINS, DECLARATIONS, INTERNAL_PROGRAMS } from './builtins/list.ts';
import { expandInto, isPlain } from './expand.ts';
import { redirect } from './redirect.ts';
import { MOST_DEPTH } from './limits.ts';
import { internalMessage } from './messages.ts';
import { CommandProblem, FunctionReturn } from './signals.ts';
import { quoteForShell } from '../quote.ts';
import type { Builtin } from './builtins/builtin.ts';
import type { Io } from './io.ts';
import type { Shell, ShellFunction } from './shell.ts';

/** Runs a simple command: assignments, redirections, a builtin, a function or a program. Throws {@link CommandProblem}. */
export function* runCommand(shell: Shell, node: Command): Task<number> {
  if (shell.pendingSignals.length > 0) yield* shell.handleSignals();
  if (shell.options.noexec) return 0;
  shell.substitutionStatus = undefined;
  shell.position = node.pos;
  const args: string[] = [];
  if (node.name) {
    if (isPlain(node.name)) args.push(node.name.value);
    else yield* expandInto(shell, node.name, args);
  }
  if (node.suffix.length > 0) yield* expandArguments(shell, node.args, args);
  const io = node.redirects.length > 0 ? yield* redirect(shell, node.redirects) : shell.io;
  const assignments = node.prefix.length > 0 ? (node.prefix.filter((each) => each.type === 'Assignment') as Assignment[]) : NONE;
  if (args.length === 0) {
    for (const assignment of assignments) yield* assign(shell, assignment);
    if (shell.options.xtrace)
      for (const each of assignments) yield* trace(shell, [`${each.name}=${shell.variables.text(each.name) ?? ''}`]);
    return shell.substitutionStatus ?? 0;
  }
  if (shell.options.xtrace) yield* trace(shell, args);
  const name = args[0]!;
  if (shell.functions.has(name) || BUILTINS.has(name) || INTERNAL_PROGRAMS.has(name)) {
    if (shell.builtinRan()) yield* shell.pause();
  } else if (shell.programRan()) yield* shell.pause();
  const status = yield* invoke(shell, args, io, assignments);
  if (shell.afterCommand.length > 0) yield* cleanUp(shell);
  return status;
}

function* cleanUp(shell: Shell): Task<void> {
  const { afterCommand } = shell;
  shell.afterCommand = [];
  for (const action of afterCommand) yield* action();
}

const NONE: readonly Assignment[] = [];

function* expandArguments(shell: Shell, words: readonly CommandArgument[], args: string[]): Task<void> {
  const declares = args.length > 0 && DECLARATIONS.has(args[0]!);
  for (const word of words) {
    if (word.type === 'Assignment') args.push(...(yield* assignArgument(shell, word, declares)));
    else if (isPlain(word)) args.push(word.value);
    else yield* expandInto(shell, word, args);
  }
}

function* trace(shell: Shell, args: readonly string[]): Task<void> {
  const prefix = shell.promptText(shell.parameter('PS4') ?? '+ ');
  const words = args.map((arg) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(arg) ? arg : quoteForShell(arg)));
  yield* shell.io.stderr.write(`${prefix}${words.join(' ')}\n`);
}

function invoke(shell: Shell, args: string[], io: Io, assignments: readonly Assignment[]): Task<number> {
  const name = args[0]!;
  const fn = shell.functions.get(name);
  const builtin = fn ? undefined : BUILTINS.get(name);
  if (!fn && !builtin)
    return assignments.length > 0 ? runWithAssignments(shell, args, io, assignments) : runExternal(shell, args, io, shell.environment());
  if (assignments.length > 0) return invokeWith(shell, assignments, args, io, fn, builtin);
  return fn ? callFunction(shell, fn, args, io) : callBuiltin(shell, builtin!, args, io);
}

/** Runs a command by name, without functions: `command`, `exec`. */
export function runNamed(shell: Shell, args: string[], io: Io): Task<number> {
  const builtin = BUILTINS.get(args[0]!);
  return builtin ? callBuiltin(shell, builtin, args, io) : runExternal(shell, args, io, shell.environment());
}

/** A function or a builtin with assignments before it: they hold, exported, while it runs. */
function* invokeWith(
  shell: Shell,
  assignments: readonly Assignment[],
  args: string[],
  io: Io,
  fn: ShellFunction | undefined,
  builtin: Builtin | undefined,
): Task<number> {
  shell.variables.pushScope();
  try {
    for (const assignment of assignments) {
      const text = yield* assignedText(shell, assignment);
      if (shell.variables.find(assignment.name)?.readonly) throw new CommandProblem(`${assignment.name}: readonly variable`);
      shell.variables.declareLocal(assignment.name).exported = true;
      shell.variables.set(assignment.name, text);
    }
    return fn ? yield* callFunction(shell, fn, args, io) : yield* callBuiltin(shell, builtin!, args, io);
  } finally {
    shell.variables.popScope();
  }
}

function* callBuiltin(shell: Shell, builtin: Builtin, args: string[], io: Io): Task<number> {
  const outer = shell.io;
  shell.io = io;
  try {
    const result = builtin(shell, args);
    return typeof result === 'number' ? result : yield* result;
  } catch (error) {
    if (error instanceof BrokenPipe) return 141;
    if (error instanceof FileError) throw new CommandProblem(`${args[0]}: ${error.path}: ${error.message}`);
    throw error;
  } finally {
    // `exec` without a command makes its redirections last.
    if (args[0] !== 'exec') shell.io = outer;
  }
}

function* callFunction(shell: Shell, fn: ShellFunction, args: string[], io: Io): Task<number> {
  if (shell.depth >= MOST_DEPTH) throw new CommandProblem(`${args[0]}: maximum function nesting level exceeded (${MOST_DEPTH})`);
  const { positional, io: outer, source, loops, position, functionNames } = shell;
  shell.positional = args.slice(1);
  shell.io = io;
  shell.source = fn.source;
  shell.loops = 0;
  shell.depth++;
  shell.functionNames = [...functionNames, args[0]!];
  shell.variables.pushScope();
  try {
    return yield* shell.runNode(fn.body);
  } catch (signal) {
    if (signal instanceof FunctionReturn) return signal.status;
    throw signal;
  } finally {
    shell.variables.popScope();
    shell.functionNames = functionNames;
    shell.depth--;
    shell.loops = loops;
    shell.source = source;
    shell.position = position;
    shell.io = outer;
    shell.positional = positional;
  }
}

/** A program, be it one that the shell carries inside. */
function runExternal(shell: Shell, args: string[], io: Io, env: ReadonlyMap<string, string>): Task<number> {
  const name = args[0]!;
  const internal = shell.flavour === 'dash' && name === 'echo' ? plainEcho : INTERNAL_PROGRAMS.get(name);
  if (internal) return runProgram(shell, internal, args, io.with(2, new PrefixedWriter(shell, io.stderr)), env);
  const found = findExecutable(shell.system, shell.cwd, name);
  if (!('program' in found)) return refuse(shell, name, found.problem, io);
  const all = found.before.length === 0 && found.name === name ? args : [found.name, ...found.before, ...args.slice(1)];
  return runProgram(shell, found.program, all, io, env);
}

function* runWithAssignments(shell: Shell, args: string[], io: Io, assignments: readonly Assignment[]): Task<number> {
  return yield* runExternal(shell, args, io, yield* withAssignments(shell, shell.environment(), assignments));
}

function* refuse(shell: Shell, name: string, problem: string, io: Io): Task<number> {
  const outer = shell.io;
  shell.io = io;
  try {
    yield* shell.complain(notRunnable(shell, name, problem));
  } finally {
    shell.io = outer;
  }
  return problem === 'not found' || problem === 'no such file' ? 127 : 126;
}

function notRunnable(shell: Shell, name: string, problem: string): string {
  if (problem === 'not found') return shell.flavour === 'bash' ? `${name}: command not found` : `${name}: not found`;
  if (problem === 'no such file') return shell.flavour === 'bash' ? `${name}: No such file or directory` : `${name}: not found`;
  return `${name}: ${problem === 'directory' ? (shell.flavour === 'bash' ? 'Is a directory' : 'Permission denied') : 'Permission denied'}`;
}

function* withAssignments(
  shell: Shell,
  env: ReadonlyMap<string, string>,
  assignments: readonly Assignment[],
): Task<ReadonlyMap<string, string>> {
  const sub = shell.fork();
  const merged = new Map(env);
  for (const assignment of assignments) {
    yield* assign(sub, assignment);
    merged.set(assignment.name, sub.variables.text(assignment.name) ?? '');
  }
  return merged;
}

function* runProgram(shell: Shell, program: Program, args: readonly string[], io: Io, env: ReadonlyMap<string, string>): Task<number> {
  const context = new CommandContext(shell, args[0]!, args.slice(1), io, env);
  try {
    return (yield* program(context)) & 255;
  } catch (error) {
    return yield* programFailed(error, args[0]!, io);
  } finally {
    context.dispose();
  }
}

/** Errors of programs that run inside the shell carry its name. */
class PrefixedWriter implements Writer {
  readonly isTerminal: boolean;
  private readonly shell: Shell;
  private readonly inner: Writer;

  constructor(shell: Shell, inner: Writer) {
    this.isTerminal = inner.isTerminal;
    this.shell = shell;
    this.inner = inner;
  }

  write(text: string): Task<void> {
    return this.inner.write(this.shell.messagePrefix() + internalMessage(this.shell.flavour, text));
  }
}

/** What a program sees. Its group is made only when it asks for one. */
class CommandContext implements ProgramContext {
  readonly system: System;
  readonly kernel: Kernel;
  readonly name: string;
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  private readonly parent: Group;
  private own: Group | undefined;

  constructor(shell: Shell, name: string, args: readonly string[], io: Io, env: ReadonlyMap<string, string>) {
    this.system = shell.system;
    this.kernel = shell.kernel;
    this.parent = shell.group;
    this.name = name;
    this.args = args;
    this.env = env;
    this.cwd = shell.cwd;
    this.stdin = io.stdin;
    this.stdout = io.stdout;
    this.stderr = io.stderr;
  }

  get group(): Group {
    return (this.own ??= this.parent.child(this.name));
  }

  dispose(): void {
    this.own?.dispose();
  }
}
