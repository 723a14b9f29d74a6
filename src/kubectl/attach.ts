import { PODS } from '../api/kinds.ts';
import { ApiError } from '../api/status.ts';
import { resourcePath } from '../client/rest.ts';
import { CLOSED } from '../sim/sync.ts';
import type { KubeObject } from '../api/object.ts';
import type { HttpStream } from '../net/http.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import type { QueryPairs } from './api.ts';
import { CliError, Exit, PlainError } from './errors.ts';

/** What flows back from a container, by the channels of Kubernetes' streaming protocol: 1 output, 2 errors, 3 the end as a Status. */
export interface StreamChunk {
  readonly channel: number;
  readonly data: string | KubeObject;
}

export interface StreamOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs `exec` or `attach` on a pod's container and shows what comes back; ends with the program's exit code. */
export function* streamContainer(cli: Cli, pod: { namespace?: string; name: string }, subresource: 'exec' | 'attach', container: string, command: readonly string[], options: StreamOptions): Task<void> {
  if (options.stdin) throw new CliError('standard input cannot be passed to a container yet: leave out -i');
  const query: QueryPairs = [...command.map((word) => ['command', word] as const), ['container', container], ['stdout', 'true'], ...(options.tty ? [['tty', 'true'] as const] : [['stderr', 'true'] as const])];
  const { body, stream } = yield* cli.api.send('POST', resourcePath(PODS, pod, subresource), query);
  if (typeof body === 'string') yield* cli.out(body);
  if (stream) yield* show(cli, stream);
}

function* show(cli: Cli, stream: HttpStream): Task<void> {
  try {
    for (;;) {
      const chunk = yield* stream.receive();
      if (chunk === CLOSED) return;
      if (typeof chunk === 'string') yield* cli.out(chunk);
      else yield* showChunk(cli, chunk as StreamChunk);
    }
  } finally {
    stream.cancel();
  }
}

function* showChunk(cli: Cli, { channel, data }: StreamChunk): Task<void> {
  if (channel === 1) yield* cli.out(String(data));
  else if (channel === 2) yield* cli.err(String(data));
  else if (channel === 3 && typeof data === 'object' && data.status === 'Failure') throw endOf(data);
}

/** How a container's program ended, from the Status on the error channel. */
function endOf(status: KubeObject): Error {
  const causes = (status.details?.causes ?? []) as { reason?: string; message?: string }[];
  const code = causes.find(({ reason }) => reason === 'ExitCode')?.message;
  if (status.reason === 'NonZeroExitCode' && code) return new PlainError(`command terminated with exit code ${code}`, Number(code));
  return new PlainError(`error: ${status.message ?? 'the stream broke off'}`);
}

export interface NewPodOptions extends StreamOptions {
  readonly remove: boolean;
  readonly quiet: boolean;
  readonly timeoutMs: number;
}

/** Waits until a pod runs or has ended, shows what its container prints, and answers with its exit code. */
export function* attachToNewPod(cli: Cli, pod: KubeObject, options: NewPodOptions): Task<void> {
  const { namespace, name = '' } = pod.metadata ?? {};
  const running = yield* untilRunning(cli, { namespace, name }, pod.metadata?.resourceVersion, options.timeoutMs);
  const [{ name: container }] = pod.spec!.containers as [{ name: string }];
  let failure: unknown;
  try {
    if (running.status?.phase === 'Running') {
      if (!options.quiet) yield* announce(cli);
      yield* streamContainer(cli, { namespace, name }, 'attach', container, [], options);
    } else yield* showLog(cli, { namespace, name }, container);
  } catch (error) {
    failure = error;
  }
  if (options.remove) {
    yield* cli.api.delete(PODS, { namespace, name }, { propagationPolicy: 'Background' });
    yield* cli.line(`pod "${name}" deleted from ${namespace} namespace`);
  }
  if (failure) throw failure;
  const code = yield* exitCodeOf(cli, { namespace, name });
  if (code > 0) throw new Exit(code);
}

/** What every attached session is told first. */
export function* announce(cli: Cli): Task<void> {
  yield* cli.err('All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n');
  yield* cli.err("If you don't see a command prompt, try pressing enter.\n");
}

function* showLog(cli: Cli, pod: { namespace?: string; name: string }, container: string): Task<void> {
  const { body } = yield* cli.api.send('GET', resourcePath(PODS, pod, 'log'), [['container', container]]);
  if (typeof body === 'string') yield* cli.out(body);
}

const STARTED = new Set(['Running', 'Succeeded', 'Failed']);

function* untilRunning(cli: Cli, { namespace, name }: { namespace?: string; name: string }, resourceVersion: string | undefined, timeoutMs: number): Task<KubeObject> {
  const untilMs = cli.kernel.now + timeoutMs;
  const watch = yield* cli.api.watch(PODS, { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion });
  try {
    for (;;) {
      const event = yield* watch.nextBefore(untilMs);
      if (event === CLOSED) throw new CliError('timed out waiting for the condition');
      if (event.type === 'ERROR') throw ApiError.of(event.object as never);
      if (event.type === 'DELETED') throw new ApiError(404, 'NotFound', `pods "${name}" not found`);
      if (STARTED.has(event.object.status?.phase as string)) return event.object;
    }
  } finally {
    watch.stop();
  }
}

function* exitCodeOf(cli: Cli, at: { namespace?: string; name: string }): Task<number> {
  try {
    const pod = yield* cli.api.get(PODS, at);
    if (pod.spec?.restartPolicy !== 'Never') return 0;
    return (pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode as number | undefined) ?? 0;
  } catch (error) {
    if (error instanceof ApiError) return 0;
    throw error;
  }
}
