import { StringSink, emptyReader } from '../../machine/streams.ts';
import { sleep, withTimeout, type Task } from '../../sim/wait.ts';
import { RuntimeError, type Container } from '../runtime/runtime.ts';
import { httpProblem, portOf } from './probes.ts';
import type { ContainerSpec } from './container-status.ts';
import type { KubeletContext } from './context.ts';

export type Hook = NonNullable<NonNullable<ContainerSpec['lifecycle']>['preStop']>;

const HTTP_TIMEOUT_MS = 30_000;

/**
 * Runs a lifecycle hook for at most `graceMs`: undefined if it went well, otherwise what went wrong
 * (lifecycle/handlers.go).
 */
export function* runHook(
  hook: Hook,
  spec: ContainerSpec,
  container: Container,
  ip: string,
  graceMs: number,
  context: KubeletContext,
): Task<string | undefined> {
  const group = context.group.child('hook');
  try {
    const running = group.spawn('hook', perform(hook, spec, container, ip, context)).completion();
    if (graceMs === Infinity) return yield* running.wait();
    const outcome = yield* withTimeout<string | undefined>(graceMs, running);
    return outcome.timedOut ? 'the hook did not end within the grace period' : outcome.value;
  } finally {
    group.dispose();
  }
}

function* perform(hook: Hook, spec: ContainerSpec, container: Container, ip: string, context: KubeletContext): Task<string | undefined> {
  const { exec, httpGet } = hook;
  const pause = (hook as { sleep?: { seconds: number } }).sleep;
  if (pause) yield* sleep(pause.seconds * 1000);
  if (httpGet) return yield* httpProblem(httpGet, portOf(httpGet.port, spec), ip, HTTP_TIMEOUT_MS, context);
  if (!exec) return undefined;
  const output = new StringSink();
  const command = exec.command ?? [];
  try {
    const exitCode = yield* context.runtime.exec(container, command, { stdin: emptyReader(), stdout: output, stderr: output });
    if (exitCode === 0) return undefined;
    return `Exec lifecycle hook ([${command.join(' ')}]) for Container "${spec.name}" failed - error: command '${command.join(' ')}' exited with ${exitCode}: ${output.text}, message: ${JSON.stringify(output.text)}`;
  } catch (error) {
    if (error instanceof RuntimeError) return error.message;
    throw error;
  }
}
