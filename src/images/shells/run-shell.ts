import { CLOSED } from '../../sim/sync.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerProcess } from '../image.ts';

/** Runs a shell as process 1 on the container's standard input; without one it ends at once with 0. */
export function* runShell(container: ContainerProcess, name: string): Task<number> {
  const { system, group, env, stdin, stdout, stderr } = container;
  const shell = system.programs.get(name);
  if (!shell) {
    while ((yield* stdin.read()) !== CLOSED);
    return 0;
  }
  return yield* shell({ system, kernel: system.kernel, group, name, args: [], env, cwd: '/', stdin, stdout, stderr });
}
