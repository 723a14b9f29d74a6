import { NetError } from '../net/fabric.ts';
import type { Task } from '../sim/wait.ts';
import { FileError } from './files.ts';
import { findExecutable } from './lookup.ts';
import { BrokenPipe, type Program, type ProgramContext, type Writer } from './program.ts';
import { Interrupted } from './tty.ts';

/** The status of a program that let an error of the simulated world through; prints it. Bugs are thrown on. */
export function* programFailed(error: unknown, name: string, io: { readonly stderr: Writer }): Task<number> {
  if (error instanceof BrokenPipe) return 141;
  if (error instanceof Interrupted) return 130;
  if (error instanceof FileError) yield* io.stderr.write(`${name}: ${error.path}: ${error.message}\n`);
  else if (error instanceof NetError) yield* io.stderr.write(`${name}: ${error.message}\n`);
  else throw error;
  return 1;
}

/** Runs a program to its end inside the present process, in a group of its own. */
export function* runProgram(program: Program, context: ProgramContext): Task<number> {
  try {
    return (yield* program(context)) & 255;
  } catch (error) {
    return yield* programFailed(error, context.name, context);
  }
}

/** Runs a command found as the shell finds it, for `env`, `xargs`, `timeout` and their kin. Undefined if there is none. */
export function runArguments(
  context: ProgramContext,
  args: readonly string[],
  changes: Partial<ProgramContext> = {},
): Task<number> | undefined {
  const found = findExecutable(changes.system ?? context.system, changes.cwd ?? context.cwd, args[0]!);
  if (!('program' in found)) return undefined;
  const { system, kernel, group, env, cwd, stdin, stdout, stderr } = context;
  return runProgram(found.program, {
    system,
    kernel,
    group,
    env,
    cwd,
    stdin,
    stdout,
    stderr,
    ...changes,
    name: found.name,
    args: [...found.before, ...args.slice(1)],
  });
}
