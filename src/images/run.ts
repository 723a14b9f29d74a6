import { hang, type Task } from '../sim/wait.ts';
import { findExecutable } from '../machine/lookup.ts';
import type { Program } from '../machine/program.ts';
import type { ContainerProcess, Image } from './image.ts';

const PATH = /^\/(?:usr\/)?(?:local\/)?s?bin\//;

/** The program that a name or an absolute path stands for. */
export function findProgram(programs: ReadonlyMap<string, Program>, name: string): Program | undefined {
  return programs.get(name) ?? (PATH.test(name) ? programs.get(name.replace(PATH, '')) : undefined);
}

/** Runs a program found in the image as (or for) process 1; undefined if there is none of that name. */
export function runProgram(container: ContainerProcess, argv: readonly string[], cwd: string): Task<number> | undefined {
  const { system, group, env, stdin, stdout, stderr } = container;
  const [name = '', ...args] = argv;
  const context = { system, kernel: system.kernel, group, env, cwd, stdin, stdout, stderr };
  const program = findProgram(system.programs, name);
  if (program) return program({ ...context, name, args });
  const found = findExecutable(system, cwd, name);
  return 'program' in found ? found.program({ ...context, name: found.name, args: [...found.before, ...args] }) : undefined;
}

/** An image's own process as a program that a shell inside the container can start. */
export function asProgram(main: Image['main']): Program {
  return function* ({ system, group, name, args, env, stdin, stdout, stderr }) {
    const end = yield* main({
      system,
      group,
      command: [name, ...args],
      env,
      stdin,
      stdout,
      stderr,
      log: (text, stream) => void group.spawn('log', (stream === 'stderr' ? stderr : stdout).write(`${text}\n`)),
      terminated: () => hang(),
    });
    return typeof end === 'number' ? end : yield* hang();
  };
}
