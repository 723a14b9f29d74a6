import type { Task } from '../../sim/wait.ts';
import { Killed } from '../../sim/process.ts';
import { FileError } from '../files.ts';
import { processesOf } from '../processes.ts';
import { Interrupted, ttyOf } from '../tty.ts';
import { complete } from './complete.ts';
import { Io } from './io.ts';
import { parseShell, expandAliases } from './parse.ts';
import { runScript } from './run.ts';
import { Shell, type Flavour } from './shell.ts';
import { ShellExit } from './signals.ts';
import { SET_LETTERS } from './options.ts';
import { setOption } from './builtins/options.ts';
import type { Program, ProgramContext, System } from '../program.ts';

/** The shells, as programs: `sh -c TEXT [NAME [ARG...]]`, `sh SCRIPT [ARG...]`, or interactive on a terminal. */
export const shellProgram: Program = function* (context) {
  const shell = new Shell({
    system: context.system,
    group: context.group,
    io: new Io(context.stdin, context.stdout, context.stderr),
    environment: context.env,
    cwd: context.cwd,
    flavour: flavourOf(context.name, context.system),
    zero: context.name,
    positional: [],
  });
  const entry = processesOf(context.system);
  const listed = entry.add((pid) => ({
    pid,
    parentPid: 0,
    command: [context.name, ...context.args].join(' '),
    startedMs: context.kernel.now,
    tty: context.stdin.isTerminal ? 'pts/0' : '?',
    signal: (name) => shell.receive(name),
  }));
  shell.pid = shell.ownPid = listed.pid;
  try {
    const body = yield* prepare(shell, context);
    return yield* body;
  } finally {
    entry.remove(listed.pid);
  }
};

/** `sh` is whatever the distribution links it to. */
function flavourOf(name: string, system: System): Flavour {
  const base = name.slice(name.lastIndexOf('/') + 1).replace(/^-/, '');
  if (base === 'bash' || base === 'dash' || base === 'ash') return base;
  if (system.programs.has('dash')) return 'dash';
  return system.programs.has('bash') || !system.programs.has('ash') ? 'bash' : 'ash';
}

/** Reads the options; answers what is to be run, so that no frame of this stays. */
function* prepare(shell: Shell, context: ProgramContext): Task<Task<number>> {
  let { args } = context;
  let command = false;
  let interactive = false;
  let readsInput = false;
  while (args.length > 0 && /^[-+]./.test(args[0]!)) {
    const [arg, ...rest] = args as [string, ...string[]];
    args = rest;
    if (arg === '--') break;
    if (arg === '--help') {
      yield* context.stdout.write(
        `Usage: ${context.name} [GNU long option] [option] ...\n       ${context.name} [GNU long option] [option] script-file ...\n`,
      );
      return ended(0);
    }
    if (arg.startsWith('--')) {
      if (['--login', '--norc', '--noprofile', '--posix'].includes(arg)) continue;
      yield* context.stderr.write(`${context.name}: ${arg}: invalid option\n`);
      return ended(2);
    }
    for (const letter of arg.slice(1)) {
      const option = SET_LETTERS[letter];
      if (letter === 'c') command = true;
      else if (letter === 'i') interactive = true;
      else if (letter === 's') readsInput = true;
      else if (letter === 'l') continue;
      else if (letter === 'o') {
        if (args[0] !== undefined && !setOption(shell, args[0], arg.startsWith('-'))) {
          yield* context.stderr.write(`${context.name}: ${args[0]}: invalid option name\n`);
          return ended(2);
        }
        args = args.slice(1);
      } else if (option) shell.setOption(option, arg.startsWith('-'));
      else {
        yield* context.stderr.write(`${context.name}: ${arg}: invalid option\n`);
        return ended(2);
      }
    }
  }
  if (command) return runArgument(shell, args);
  if (args.length > 0 && !readsInput) return runFile(shell, args);
  shell.positional = args;
  if (interactive || context.stdin.isTerminal) return runInteractive(shell);
  const source = yield* context.stdin.readAll();
  return shell.runSubshell(() => shell.runSource(source));
}

function* ended(status: number): Task<number> {
  return status;
}

function runArgument(shell: Shell, args: readonly string[]): Task<number> {
  const [source, zero, ...positional] = args;
  if (source === undefined) return refuse(shell, `${shell.zero}: -c: option requires an argument\n`);
  if (zero !== undefined) shell.zero = zero;
  shell.positional = positional;
  return shell.runSubshell(() => shell.runSource(source));
}

function* refuse(shell: Shell, message: string): Task<number> {
  yield* shell.io.stderr.write(message);
  return 2;
}

function* runFile(shell: Shell, args: readonly string[]): Task<number> {
  const [name = '', ...positional] = args;
  let source: string;
  try {
    source = shell.system.files.read(shell.path(name));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const reason =
      shell.flavour === 'bash'
        ? `${name}: ${error.code === 'EISDIR' ? 'Is a directory' : error.message}`
        : `can't open '${name}': ${error.message}`;
    yield* shell.io.stderr.write(
      shell.flavour === 'dash' ? `${shell.zero}: 0: cannot open ${name}: No such file\n` : `${shell.zero}: ${reason}\n`,
    );
    return error.code === 'EISDIR' ? 126 : shell.flavour === 'bash' ? 127 : 2;
  }
  shell.zero = shell.scriptName = name;
  shell.positional = positional;
  return yield* shell.runSubshell(() => shell.runSource(source));
}

const PROMPTS: Readonly<Record<Flavour, string>> = { bash: '\\u@\\h:\\w\\$ ', dash: '\\$ ', ash: '\\w \\$ ' };

/** Reads lines and runs them until the end of the input or `exit`. */
function* runInteractive(shell: Shell): Task<number> {
  shell.interactive = shell.speaksToUser = true;
  shell.setOption('expand_aliases', true);
  const tty = ttyOf(shell.io.stdin);
  const outer = tty?.completer;
  if (tty) tty.completer = (line, cursor) => complete(shell, line, cursor);
  try {
    return yield* readLines(shell);
  } finally {
    if (tty) tty.completer = outer;
  }
}

function* readLines(shell: Shell): Task<number> {
  let pending = '';
  for (;;) {
    yield* reportJobs(shell);
    const template = pending === '' ? (shell.parameter('PS1') ?? PROMPTS[shell.flavour]) : (shell.parameter('PS2') ?? '> ');
    let line: string | undefined;
    try {
      yield* shell.io.stderr.write(shell.promptText(template));
      line = yield* shell.io.stdin.readLine();
    } catch (signal) {
      if (!(signal instanceof Interrupted)) throw signal;
      yield* shell.io.stderr.write('\n');
      pending = '';
      shell.lastStatus = 130;
      continue;
    }
    if (line === undefined) {
      if (pending !== '') yield* shell.complain('syntax error: unexpected end of file');
      if (shell.flavour === 'bash') yield* shell.io.stderr.write('exit\n');
      return yield* shell.runSubshell(function* () {
        return shell.lastStatus;
      });
    }
    const source = pending === '' ? line : `${pending}\n${line}`;
    if (parseShell(source).incomplete) {
      pending = source;
      continue;
    }
    pending = '';
    if (source.trim() === '') continue;
    shell.history = [...shell.history.slice(-999), source];
    const exit = yield* runLine(shell, expandAliases(source, shell.aliases));
    if (exit !== undefined) return exit;
  }
}

/** Runs one complete input as the foreground job. Answers the exit code if it ended the shell. */
function* runLine(shell: Shell, source: string): Task<number | undefined> {
  const parsed = parseShell(source);
  if (parsed.problem) {
    yield* shell.runSource(source);
    return undefined;
  }
  const group = shell.ownGroup.child('foreground');
  const before = { io: shell.io, depth: shell.depth, positional: shell.positional };
  shell.group = group;
  shell.source = source;
  const process = group.spawn('line', runForeground(shell, parsed.script));
  const forget = ttyOf(shell.io.stdin)?.onInterrupt(() => group.kill());
  try {
    const outcome = yield* process.join();
    if (outcome === undefined) return undefined;
    return yield* shell.runSubshell(function* () {
      return outcome;
    });
  } catch (signal) {
    if (!(signal instanceof Killed)) throw signal;
    shell.io = before.io;
    shell.depth = before.depth;
    shell.positional = before.positional;
    shell.lastStatus = 130;
    yield* shell.io.stderr.write('\n');
    return undefined;
  } finally {
    forget?.();
    shell.group = shell.ownGroup;
    group.dispose();
  }
}

/** The exit code if the line leaves the shell. */
function* runForeground(shell: Shell, script: ReturnType<typeof parseShell>['script']): Task<number | undefined> {
  try {
    yield* runScript(shell, script);
  } catch (signal) {
    shell.condition = 0;
    shell.loops = 0;
    const status = yield* shell.statusOf(signal);
    if (signal instanceof ShellExit && !signal.abortsLineOnly) return status;
    shell.lastStatus = status;
  }
  return undefined;
}

/** Tells which background jobs have ended since the last prompt. */
function* reportJobs(shell: Shell): Task<void> {
  for (const job of [...shell.jobs.all]) {
    if (job.status === undefined) continue;
    yield* shell.io.stderr.write(`${shell.jobs.describe(job)}\n`);
    shell.jobs.forget(job);
  }
}
