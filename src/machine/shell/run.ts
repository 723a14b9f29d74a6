import type {
  AndOr,
  Case,
  CommandNode,
  CompoundCommand,
  CompoundList,
  If,
  ParsedScript,
  Pipeline,
  PipelineNode,
  Statement,
  While,
} from 'unbash';
import type { Process } from '../../sim/process.ts';
import type { Task } from '../../sim/wait.ts';
import { emptyReader, hold, pipe, release } from '../streams.ts';
import { processesOf } from '../processes.ts';
import { runCommand } from './command.ts';
import { evaluateExpression, expandPattern, expandText, expandWords } from './expand.ts';
import { patternToRegExp } from './pattern.ts';
import { redirect } from './redirect.ts';
import { CommandProblem, LoopExit, ShellExit } from './signals.ts';
import { runTest } from './conditional.ts';
import type { Shell } from './shell.ts';

/** Runs all statements of a script; the status of the last. */
export function runScript(shell: Shell, script: ParsedScript): Task<number> {
  return script.commands.length === 1 ? runStatement(shell, script.commands[0]!) : runStatements(shell, script.commands);
}

function* runStatements(shell: Shell, statements: readonly Statement[]): Task<number> {
  let status = 0;
  for (const statement of statements) status = yield* runStatement(shell, statement);
  return status;
}

function runList(shell: Shell, list: CompoundList): Task<number> {
  return list.commands.length === 1 ? runStatement(shell, list.commands[0]!) : runStatements(shell, list.commands);
}

/** Plain, so that a simple command costs no frame of its own. */
function runStatement(shell: Shell, statement: Statement): Task<number> {
  const { command } = statement;
  if (statement.background) return runInBackground(shell, statement);
  if (command.type === 'Command') return runSimple(shell, command);
  return command.type === 'AndOr' ? runAndOr(shell, command) : runOther(shell, command);
}

function* runOther(shell: Shell, command: Exclude<PipelineNode, { type: 'Command' }>): Task<number> {
  return yield* finishCommand(shell, command, yield* runPipelineNode(shell, command));
}

function* runSimple(shell: Shell, command: Extract<CommandNode, { type: 'Command' }>): Task<number> {
  let status: number;
  try {
    status = yield* runCommand(shell, command);
  } catch (problem) {
    status = yield* reportProblem(shell, problem);
  }
  shell.lastStatus = status;
  if (status !== 0 && shell.condition === 0) yield* failed(shell, status);
  return status;
}

/** Notes the status and lets `set -e` and the ERR trap see it. Only simple commands, pipelines, subshells and tests count. */
function* finishCommand(shell: Shell, node: PipelineNode, status: number): Task<number> {
  shell.lastStatus = status;
  if (status === 0 || shell.condition > 0) return status;
  if (node.type === 'Pipeline' && node.prefixes.some((prefix) => prefix.type === 'Negation')) return status;
  const counts =
    node.type === 'Command' ||
    node.type === 'Pipeline' ||
    node.type === 'Subshell' ||
    node.type === 'TestCommand' ||
    node.type === 'ArithmeticCommand';
  if (counts || (node.type === 'Redirected' && node.command.type === 'Subshell')) yield* failed(shell, status);
  return status;
}

function* failed(shell: Shell, status: number): Task<void> {
  const trap = shell.traps.get('ERR');
  if (trap) {
    shell.condition++;
    try {
      yield* shell.runSource(trap);
    } finally {
      shell.condition--;
    }
    shell.lastStatus = status;
  }
  if (shell.options.errexit) throw new ShellExit(status);
}

/** Prints why a command could not run. Signals and bugs are thrown on. */
function* reportProblem(shell: Shell, problem: unknown): Task<number> {
  if (!(problem instanceof CommandProblem)) throw problem;
  yield* shell.complain(problem.message);
  return problem.status;
}

function* runAndOr(shell: Shell, node: AndOr): Task<number> {
  const last = node.commands.length - 1;
  let status = 0;
  for (let i = 0; i <= last; i++) {
    if (i > 0 && (node.operators[i - 1] === '&&') !== (status === 0)) continue;
    const command = node.commands[i]!;
    if (i < last) {
      shell.condition++;
      try {
        status = yield* runPipelineNode(shell, command);
        shell.lastStatus = status;
      } finally {
        shell.condition--;
      }
    } else {
      status = yield* runPipelineNode(shell, command);
      status = yield* finishCommand(shell, command, status);
    }
  }
  return status;
}

function runPipelineNode(shell: Shell, node: PipelineNode): Task<number> {
  return node.type === 'Pipeline' ? runPipelined(shell, node) : runCommandNode(shell, node);
}

function* runPipelined(shell: Shell, node: Pipeline): Task<number> {
  const negated = node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1;
  const timed = node.prefixes.find((prefix) => prefix.type === 'Time');
  const startedMs = shell.kernel.now;
  if (negated) shell.condition++;
  let status: number;
  try {
    status =
      node.commands.length === 0
        ? 0
        : node.commands.length === 1
          ? yield* runCommandNode(shell, node.commands[0]!)
          : yield* runPipeline(shell, node);
  } finally {
    if (negated) shell.condition--;
  }
  if (timed) {
    yield* shell.pause();
    yield* shell.io.stderr.write(timeReport(shell.kernel.now - startedMs, timed.type === 'Time' && timed.posix !== undefined));
  }
  return negated ? (status === 0 ? 1 : 0) : status;
}

function timeReport(elapsedMs: number, posix: boolean): string {
  const seconds = elapsedMs / 1000;
  if (posix) return `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`;
  return `\nreal\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.001s\n`;
}

/** All stages run at once, each in a subshell; the last in the present process. */
function* runPipeline(shell: Shell, node: Pipeline): Task<number> {
  const last = node.commands.length - 1;
  const stages: Process<number>[] = [];
  let input = shell.io.stdin;
  for (let i = 0; i < last; i++) {
    const { reader, writer } = pipe();
    let io = shell.io.with(0, input).with(1, writer);
    if (node.operators[i] === '|&') io = io.with(2, writer);
    stages.push(shell.group.spawn('stage', runStage(shell.fork(io), node.commands[i]!, i > 0 ? input : undefined, writer)));
    input = reader;
  }
  const sub = shell.fork(shell.io.with(0, input));
  const statuses: number[] = [];
  const status = yield* runStage(sub, node.commands[last]!, input, undefined);
  for (const stage of stages) statuses.push(yield* stage.join());
  statuses.push(status);
  shell.pipeStatus = statuses;
  if (!shell.options.pipefail) return status;
  return statuses.findLast((each) => each !== 0) ?? 0;
}

function* runStage(
  sub: Shell,
  node: CommandNode,
  input: Parameters<typeof release>[0],
  output: Parameters<typeof release>[0],
): Task<number> {
  try {
    return yield* sub.runSubshell(() => runStageNode(sub, node));
  } finally {
    release(input);
    release(output);
  }
}

function* runStageNode(sub: Shell, node: CommandNode): Task<number> {
  return yield* finishCommand(sub, node, yield* runCommandNode(sub, node));
}

function* runInBackground(shell: Shell, statement: Statement): Task<number> {
  const table = processesOf(shell.system);
  if (table.size >= MOST_PROCESSES) throw new ShellExitBecauseOfLimit(shell);
  const group = shell.ownGroup.child('job');
  const io = shell.io.stdin.isTerminal || !shell.interactive ? shell.io.with(0, emptyReader()) : shell.io;
  const sub = shell.fork(io, group);
  const command = shell.source.slice(statement.command.pos, statement.command.end);
  const entry = table.add((pid) => ({
    pid,
    parentPid: shell.ownPid,
    command,
    startedMs: shell.kernel.now,
    tty: '?',
    signal: (name) => {
      group.dispose();
      job.end(name === 'KILL' ? 137 : name === 'INT' ? 130 : name === 'HUP' ? 129 : 143, name);
      table.remove(pid);
    },
  }));
  sub.ownPid = entry.pid;
  const job = shell.jobs.add(entry.pid, command, group);
  const { stdout, stderr } = io;
  hold(stdout);
  hold(stderr);
  group.spawn('job', runJob());
  shell.lastBackgroundPid = entry.pid;
  if (shell.interactive) yield* shell.io.stderr.write(`[${job.id}] ${entry.pid}\n`);
  return (shell.lastStatus = 0);

  function* runJob(): Task<void> {
    try {
      const status = yield* sub.runSubshell(() => runStatement(sub, { ...statement, background: false }));
      job.end(status);
    } finally {
      release(stdout);
      release(stderr);
      table.remove(entry.pid);
    }
  }
}

const MOST_PROCESSES = 4_096;

class ShellExitBecauseOfLimit extends CommandProblem {
  constructor(shell: Shell) {
    super(shell.flavour === 'bash' ? 'fork: retry: Resource temporarily unavailable' : "can't fork: Resource temporarily unavailable", 254);
  }
}

/** Runs one command of whatever kind. Problems in setting it up are printed and become its status. */
export function* runCommandNode(shell: Shell, node: CommandNode | CompoundList): Task<number> {
  try {
    switch (node.type) {
      case 'Command':
        return yield* runCommand(shell, node);
      case 'Redirected':
        return yield* runRedirected(shell, node.command, node.redirects);
      case 'Function':
        shell.defineFunction(node.name.value, { body: node.body as CommandNode, source: shell.source });
        return 0;
      case 'Coproc':
        throw new CommandProblem('coproc: not supported');
      case 'CompoundList':
        return yield* runList(shell, node);
      default:
        return yield* runCompound(shell, node);
    }
  } catch (problem) {
    return yield* reportProblem(shell, problem);
  }
}

function* runRedirected(shell: Shell, command: CompoundCommand, redirects: Parameters<typeof redirect>[1]): Task<number> {
  const outer = shell.io;
  shell.io = yield* redirect(shell, redirects);
  try {
    return yield* runCompound(shell, command);
  } finally {
    shell.io = outer;
  }
}

function* runCompound(shell: Shell, node: CompoundCommand): Task<number> {
  switch (node.type) {
    case 'BraceGroup':
      return yield* runList(shell, node.body);
    case 'Subshell': {
      const sub = shell.fork();
      return yield* sub.runSubshell(() => runList(sub, node.body));
    }
    case 'If':
      return yield* runIf(shell, node);
    case 'While':
      return yield* runWhile(shell, node);
    case 'For':
      return yield* runFor(shell, node.name.value, node.wordlist ? yield* expandWords(shell, node.wordlist) : shell.positional, node.body);
    case 'ArithmeticFor':
      return yield* runArithmeticFor(shell, node);
    case 'Select':
      return yield* runSelect(
        shell,
        node.name.value,
        node.wordlist ? yield* expandWords(shell, node.wordlist) : shell.positional,
        node.body,
      );
    case 'Case':
      return yield* runCase(shell, node);
    case 'TestCommand':
      return (yield* runTest(shell, node.expression)) ? 0 : 1;
    case 'ArithmeticCommand':
      return (yield* evaluateExpression(shell, node.expression, node.body)) !== 0 ? 0 : 1;
  }
}

function* runCondition(shell: Shell, list: CompoundList): Task<boolean> {
  shell.condition++;
  try {
    return (yield* runList(shell, list)) === 0;
  } finally {
    shell.condition--;
  }
}

function* runIf(shell: Shell, node: If): Task<number> {
  if (yield* runCondition(shell, node.clause)) return yield* runList(shell, node.then);
  for (const elif of node.elif) {
    if (yield* runCondition(shell, elif.clause)) return yield* runList(shell, elif.then);
  }
  return node.else ? yield* runList(shell, node.else) : (shell.lastStatus = 0);
}

/** Runs a loop's body once: whether to go on, and the body's status. */
function runBody(shell: Shell, body: CompoundList): Task<Round> {
  return guardLoop(shell, () => runList(shell, body));
}

interface Round {
  readonly stop: boolean;
  readonly status: number;
}

function* guardLoop(shell: Shell, run: () => Task<number>): Task<Round> {
  try {
    return { stop: false, status: yield* run() };
  } catch (signal) {
    if (!(signal instanceof LoopExit)) throw signal;
    if (signal.levels > 1 && shell.loops > 1) {
      signal.levels--;
      throw signal;
    }
    return { stop: signal.kind === 'break', status: 0 };
  }
}

function* runWhile(shell: Shell, node: While): Task<number> {
  const wanted = node.kind === 'while';
  let status = 0;
  shell.loops++;
  try {
    for (;;) {
      if (shell.builtinRan()) yield* shell.pause();
      if ((yield* runLoopCondition(shell, node.clause)) !== wanted) break;
      const round = yield* runBody(shell, node.body);
      status = round.status;
      if (round.stop) break;
    }
  } finally {
    shell.loops--;
  }
  return (shell.lastStatus = status);
}

/** The condition of a loop; `break` in it is neither true nor false. */
function* runLoopCondition(shell: Shell, clause: CompoundList): Task<boolean | 'broken'> {
  let result = false;
  const round = yield* guardLoop(shell, function* () {
    result = yield* runCondition(shell, clause);
    return 0;
  });
  return round.stop ? 'broken' : result;
}

function* runFor(shell: Shell, name: string, values: readonly string[], body: CompoundList): Task<number> {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new CommandProblem(`\`${name}': not a valid identifier`);
  let status = 0;
  shell.loops++;
  try {
    for (const value of values) {
      if (shell.builtinRan()) yield* shell.pause();
      shell.setVariable(name, undefined, value);
      const round = yield* runBody(shell, body);
      status = round.status;
      if (round.stop) break;
    }
  } finally {
    shell.loops--;
  }
  return (shell.lastStatus = status);
}

function* runArithmeticFor(shell: Shell, node: Extract<CompoundCommand, { type: 'ArithmeticFor' }>): Task<number> {
  let status = 0;
  yield* evaluateExpression(shell, node.initialize, '');
  shell.loops++;
  try {
    while (!node.test || (yield* evaluateExpression(shell, node.test, '')) !== 0) {
      if (shell.builtinRan()) yield* shell.pause();
      const round = yield* runBody(shell, node.body);
      status = round.status;
      if (round.stop) break;
      yield* evaluateExpression(shell, node.update, '');
    }
  } finally {
    shell.loops--;
  }
  return (shell.lastStatus = status);
}

function* runSelect(shell: Shell, name: string, values: readonly string[], body: CompoundList): Task<number> {
  let status = 0;
  shell.loops++;
  try {
    for (let show = true; ;) {
      if (show) yield* shell.io.stderr.write(values.map((value, i) => `${i + 1}) ${value}\n`).join(''));
      yield* shell.io.stderr.write(shell.parameter('PS3') ?? '#? ');
      const line = yield* shell.io.stdin.readLine();
      if (line === undefined) return 1;
      show = line.trim() === '';
      if (show) continue;
      shell.setVariable('REPLY', undefined, line);
      shell.setVariable(name, undefined, values[Number(line.trim()) - 1] ?? '');
      const round = yield* runBody(shell, body);
      status = round.status;
      if (round.stop) return status;
    }
  } finally {
    shell.loops--;
  }
}

function* runCase(shell: Shell, node: Case): Task<number> {
  const subject = yield* expandText(shell, node.word);
  const ignoreCase = shell.options.nocasematch;
  let status = 0;
  let fallThrough = false;
  for (const item of node.items) {
    let matched = fallThrough;
    for (const pattern of matched ? [] : item.pattern) {
      if (patternToRegExp(yield* expandPattern(shell, pattern), { ignoreCase }).test(subject)) {
        matched = true;
        break;
      }
    }
    if (!matched) continue;
    status = item.body.commands.length > 0 ? yield* runList(shell, item.body) : 0;
    fallThrough = item.terminator === ';&';
    if (!fallThrough && item.terminator !== ';;&') return status;
  }
  return status;
}
