import type { Task } from '../sim/wait.ts';
import type { Program } from '../machine/program.ts';
import type { ContainerProcess } from './image.ts';

const PATH = /^\/(?:usr\/)?(?:local\/)?s?bin\//;

/** The program that a name or an absolute path stands for. */
export function findProgram(programs: ReadonlyMap<string, Program>, name: string): Program | undefined {
  return programs.get(name) ?? (PATH.test(name) ? programs.get(name.replace(PATH, '')) : undefined);
}

/** Runs a program found in the image as (or for) process 1; undefined if there is none of that name. */
export function runProgram(container: ContainerProcess, argv: readonly string[], cwd: string): Task<number> | undefined {
  const { system, group, env, stdin, stdout, stderr } = container;
  const [name = '', ...args] = argv;
  const program = findProgram(system.programs, name);
  return program?.({ system, kernel: system.kernel, group, name, args, env, cwd, stdin, stdout, stderr });
}
