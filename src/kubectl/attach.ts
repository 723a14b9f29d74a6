import { PODS } from '../api/kinds.ts';
import { ApiError } from '../api/status.ts';
import { resourcePath } from '../client/rest.ts';
import { ttyOf } from '../machine/tty.ts';
import { CLOSE, END_OF_INPUT, ERROR, INTERRUPT, RESIZE, STDERR, STDIN, STDOUT, type StreamChunk } from '../net/upgrade.ts';
import { CLOSED, Condition } from '../sim/sync.ts';
import type { KubeObject } from '../api/object.ts';
import type { Reader } from '../machine/program.ts';
import type { HttpStream } from '../net/http.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import type { QueryPairs } from './api.ts';
import { CliError, PlainError } from './errors.ts';

export interface StreamOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Runs `exec` or `attach` on a pod's container and joins its streams to the user's; ends with the program's exit code. */
export function* streamContainer(
  cli: Cli,
  pod: { namespace?: string; name: string },
  subresource: 'exec' | 'attach',
  container: string,
  command: readonly string[],
  options: StreamOptions,
): Task<void> {
  const { stdin } = cli.context;
  const tty = options.stdin && options.tty ? ttyOf(stdin) : undefined;
  if (options.stdin && options.tty && !tty) yield* cli.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const query: QueryPairs = [...command.map((word) => ['command', word] as const), ['container', container]];
  if (options.stdin) query.push(['stdin', 'true']);
  query.push(['stdout', 'true'], tty ? ['tty', 'true'] : ['stderr', 'true']);
  const { stream, upload } = yield* upgrade(cli, resourcePath(PODS, pod, subresource), query);
  const session = new Session(cli, stream);
  const { group } = cli.context;
  const sender = options.stdin ? group.spawn('kubectl input', session.send(stdin, upload, tty !== undefined)) : undefined;
  const forget = tty?.onInterrupt(() => upload.push({ channel: STDIN, data: INTERRUPT }));
  if (tty) upload.push({ channel: RESIZE, data: `{"Width":${tty.columns},"Height":${tty.rows}}` });
  try {
    yield* session.show();
  } finally {
    forget?.();
    sender?.kill();
    stream.cancel();
  }
}

/** Opens a connection in both directions. Throws what the server answers instead. */
export function* upgrade(cli: Cli, path: string, query: QueryPairs): Task<{ stream: HttpStream; upload: HttpStream }> {
  try {
    const { stream, upload } = yield* cli.api.send('POST', path, query, undefined, { connection: 'Upgrade', upgrade: 'websocket' });
    if (!stream || !upload) throw new CliError('unable to upgrade connection: server returned an unexpected response');
    return { stream, upload };
  } catch (error) {
    if (error instanceof ApiError && !error.reason) throw new CliError(`unable to upgrade connection: ${error.message}`);
    throw error;
  }
}

/** The user's end of a container's streams. */
class Session {
  private readonly cli: Cli;
  private readonly stream: HttpStream;
  /** Whether the program waits for input: only then is the user asked for it. */
  private wanted = false;
  private readonly changed = new Condition();

  constructor(cli: Cli, stream: HttpStream) {
    this.cli = cli;
    this.stream = stream;
  }

  /** Passes on what the user types as the program asks for it. */
  *send(stdin: Reader, upload: HttpStream, tty: boolean): Task<void> {
    for (;;) {
      while (!this.wanted) yield* this.changed.wait();
      const chunk = yield* stdin.read();
      this.wanted = false;
      if (chunk !== CLOSED) upload.push({ channel: STDIN, data: chunk });
      else if (tty) upload.push({ channel: STDIN, data: END_OF_INPUT });
      else {
        upload.push({ channel: CLOSE, data: String(STDIN) });
        return;
      }
    }
  }

  /** Shows what the program prints until its end. Throws how it ended if not well. */
  *show(): Task<void> {
    const { cli } = this;
    for (;;) {
      const chunk = (yield* this.stream.receive()) as StreamChunk | typeof CLOSED;
      if (chunk === CLOSED) return;
      const { channel, data } = chunk;
      if (channel === STDOUT) yield* cli.out(String(data));
      else if (channel === STDERR) yield* cli.err(String(data));
      else if (channel === ERROR && (data as KubeObject).status === 'Failure') throw endOf(data as KubeObject);
      else if (channel === STDIN) {
        this.wanted = true;
        this.changed.notify();
      }
    }
  }
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
  const finished =
    failure === undefined && pod.spec?.restartPolicy !== 'Always' ? yield* untilFinished(cli, { namespace, name }) : undefined;
  if (options.remove) {
    yield* cli.api.delete(PODS, { namespace, name }, { propagationPolicy: 'Background' });
    yield* cli.line(`pod "${name}" deleted from ${namespace} namespace`);
  }
  if (failure) throw failure;
  if (finished?.status?.phase === 'Failed') throw failedPod(finished);
}

/** How `kubectl run` reports a pod whose container failed. */
function failedPod(pod: KubeObject): Error {
  const { namespace, name } = pod.metadata ?? {};
  const ended = pod.status?.containerStatuses?.[0]?.state?.terminated as
    { exitCode?: number; reason?: string; message?: string } | undefined;
  if (!ended?.exitCode) return new CliError(`pod ${namespace}/${name} failed with unknown exit code`);
  return new PlainError(
    `pod ${namespace}/${name} terminated (${ended.reason ?? ''})${ended.message ? `\n${ended.message}` : ''}`,
    ended.exitCode,
  );
}

/** What every attached session is told first. */
export function* announce(cli: Cli): Task<void> {
  yield* cli.err(
    'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n',
  );
  yield* cli.err("If you don't see a command prompt, try pressing enter.\n");
}

function* showLog(cli: Cli, pod: { namespace?: string; name: string }, container: string): Task<void> {
  const { body } = yield* cli.api.send('GET', resourcePath(PODS, pod, 'log'), [['container', container]]);
  if (typeof body === 'string') yield* cli.out(body);
}

const STARTED: ReadonlySet<string> = new Set(['Running', 'Succeeded', 'Failed']);
const FINISHED: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);

function* untilRunning(
  cli: Cli,
  at: { namespace?: string; name: string },
  resourceVersion: string | undefined,
  timeoutMs: number,
): Task<KubeObject> {
  return yield* untilPhase(cli, at, STARTED, resourceVersion, cli.kernel.now + timeoutMs);
}

function* untilFinished(cli: Cli, at: { namespace?: string; name: string }): Task<KubeObject> {
  const pod = yield* cli.api.get(PODS, at);
  if (FINISHED.has(pod.status?.phase as string)) return pod;
  return yield* untilPhase(cli, at, FINISHED, pod.metadata?.resourceVersion, Infinity);
}

function* untilPhase(
  cli: Cli,
  { namespace, name }: { namespace?: string; name: string },
  phases: ReadonlySet<string>,
  resourceVersion: string | undefined,
  untilMs: number,
): Task<KubeObject> {
  const watch = yield* cli.api.watch(PODS, { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion });
  try {
    for (;;) {
      const event = yield* watch.nextBefore(untilMs);
      if (event === CLOSED) throw new CliError('timed out waiting for the condition');
      if (event.type === 'ERROR') throw ApiError.of(event.object as never);
      if (event.type === 'DELETED') throw new ApiError(404, 'NotFound', `pods "${name}" not found`);
      if (phases.has(event.object.status?.phase as string)) return event.object;
    }
  } finally {
    watch.stop();
  }
}
