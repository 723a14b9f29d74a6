import { FileError } from '../../files.ts';
import { whichPath } from '../../lookup.ts';
import { isBuiltin } from './names.ts';
import { describeCommand, findCommand } from '../describe.ts';
import { FunctionReturn, LoopExit, ShellExit } from '../signals.ts';
import { fail, letters, unknownFlag, type Builtin } from './builtin.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Shell } from '../shell.ts';

const loopExit =
  (kind: 'break' | 'continue'): Builtin =>
  (shell, args) => {
    const levels = args[1] === undefined ? 1 : Number(args[1]);
    if (!Number.isInteger(levels)) return fail(shell, kind, `${args[1]}: numeric argument required`, 128);
    if (levels < 1) return fail(shell, kind, `${args[1]}: loop count out of range`);
    if (shell.loops === 0)
      return shell.flavour === 'bash' ? fail(shell, kind, "only meaningful in a `for', `while', or `until' loop", 0) : 0;
    throw new LoopExit(kind, levels);
  };

const exit: Builtin = (shell, args) => {
  const status = args[1] === undefined ? shell.lastStatus : Number(args[1]);
  if (!Number.isInteger(status)) return exitWith(shell, args[1]!);
  return shell.interactive && shell.flavour === 'bash' ? sayExit(shell, status) : leave(status);
};

function leave(status: number): never {
  throw new ShellExit(status & 255);
}

function* sayExit(shell: Shell, status: number): Task<number> {
  yield* shell.io.stderr.write('exit\n');
  return leave(status);
}

function* exitWith(shell: Shell, text: string): Task<number> {
  yield* shell.complain(shell.flavour === 'bash' ? `exit: ${text}: numeric argument required` : `exit: Illegal number: ${text}`);
  return leave(2);
}

const returnBuiltin: Builtin = (shell, args) => {
  const status = args[1] === undefined ? shell.lastStatus : Number(args[1]);
  if (!Number.isInteger(status)) return fail(shell, 'return', `${args[1]}: numeric argument required`, 2);
  if (shell.functionNames.length === 0 && shell.sourced === 0)
    return fail(shell, 'return', "can only `return' from a function or sourced script", 2);
  throw new FunctionReturn(status & 255);
};

const evalBuiltin: Builtin = (shell, args) => {
  const source = args.slice(args[1] === '--' ? 2 : 1).join(' ');
  return source.trim() === '' ? 0 : shell.runSource(source);
};

function* source(shell: Shell, args: readonly string[]): Task<number> {
  const name = args[1];
  if (name === undefined) return yield* fail(shell, args[0]!, 'filename argument required', 2);
  let text: string;
  try {
    text = shell.system.files.read(shell.path(name));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (error.code === 'EISDIR') return yield* fail(shell, args[0]!, `${name}: is a directory`);
    if (shell.flavour === 'bash') yield* shell.complain(`${name}: ${error.message}`);
    else
      yield* shell.complain(
        shell.flavour === 'dash' ? `.: cannot open ${name}: No such file` : `.: can't open '${name}': ${error.message}`,
      );
    if (shell.flavour !== 'bash') throw new ShellExit(2, true);
    return 1;
  }
  const { positional, scriptName } = shell;
  if (args.length > 2) shell.positional = args.slice(2);
  shell.scriptName = name;
  shell.sourced++;
  try {
    return yield* shell.runSource(text);
  } catch (signal) {
    if (signal instanceof FunctionReturn) return signal.status;
    throw signal;
  } finally {
    shell.sourced--;
    shell.scriptName = scriptName;
    if (args.length > 2) shell.positional = positional;
  }
}

function* exec(shell: Shell, args: readonly string[]): Task<number> {
  const { operands } = letters(args);
  if (operands.length === 0) return 0;
  const name = operands[0]!;
  if (!isBuiltin(name) && !name.includes('/') && whichPath(shell.system, shell.cwd, name) === undefined) {
    yield* shell.complain(`exec: ${name}: not found`);
    if (shell.interactive) return 127;
    throw new ShellExit(127);
  }
  throw new ShellExit(yield* shell.runNamed([...operands]));
}

function* command(shell: Shell, args: readonly string[]): Task<number> {
  const { flags, operands } = letters(args);
  const bad = unknownFlag(flags, 'pvV');
  if (bad) return yield* fail(shell, 'command', `-${bad}: invalid option\ncommand: usage: command [-pVv] command [arg ...]`, 2);
  if (operands.length === 0) return 0;
  if (flags.includes('v') || flags.includes('V')) {
    let status = 1;
    for (const name of operands) {
      const found = findCommand(shell, name);
      if (found) {
        status = 0;
        yield* shell.io.stdout.write(
          `${flags.includes('V') ? describeCommand(name, found) : found.kind === 'alias' ? `alias ${name}='${found.text}'` : found.kind === 'file' ? found.text : name}\n`,
        );
      } else if (flags.includes('V')) yield* fail(shell, 'command', `${name}: not found`);
    }
    return status;
  }
  return yield* shell.runNamed([...operands]);
}

function* times(shell: Shell): Task<number> {
  yield* shell.io.stdout.write('0m0.000s 0m0.001s\n0m0.000s 0m0.000s\n');
  return 0;
}

export const FLOW: Readonly<Record<string, Builtin>> = {
  ':': () => 0,
  '.': source,
  break: loopExit('break'),
  builtin: command,
  command,
  continue: loopExit('continue'),
  eval: evalBuiltin,
  exec,
  exit,
  logout: exit,
  return: returnBuiltin,
  source,
  times,
};
