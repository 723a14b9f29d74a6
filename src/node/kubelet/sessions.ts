import { CLOSED } from '../../sim/sync.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { BrokenPipe, type Writer } from '../../machine/program.ts';
import { emptyReader } from '../../machine/streams.ts';
import { NetError, type Fabric } from '../../net/fabric.ts';
import { CLOSE, ERROR, READY_TO_READ, RESIZE, STDERR, STDIN, STDOUT, upgraded, type StreamChunk } from '../../net/upgrade.ts';
import { ExecError, RuntimeError, type Container, type Runtime, type Sandbox } from '../runtime/runtime.ts';
import { SessionInput } from '../runtime/session-input.ts';
import type { HttpRequest, HttpResponse, HttpStream } from '../../net/http.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';

/** What sessions need of their kubelet. */
export interface SessionHost {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly runtime: Runtime;
  readonly fabric: Fabric;
}

export interface Streams {
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Chunks that a client has not taken before a program that writes has to wait. */
const MOST_CHUNKS_BEHIND = 64;
const BEHIND_PAUSE_MS = 5;

/** A program's output towards the client. Nobody there any more is a broken pipe. */
class StreamWriter implements Writer {
  readonly isTerminal = false;
  private readonly stream: HttpStream;
  private readonly channel: number;

  constructor(stream: HttpStream, channel: number) {
    this.stream = stream;
    this.channel = channel;
  }

  *write(text: string): Task<void> {
    const { stream, channel } = this;
    if (stream.closed) throw new BrokenPipe('Broken pipe');
    if (text === '') return;
    stream.push({ channel, data: text });
    do yield* sleep(stream.arrivals.size > MOST_CHUNKS_BEHIND ? BEHIND_PAUSE_MS : text.length / BYTES_PER_MS);
    while (stream.arrivals.size > MOST_CHUNKS_BEHIND && !stream.closed);
  }
}

/** 64 MB/s. */
const BYTES_PER_MS = 65_536;

/** Starts a program in a container with its streams on the connection; the connection ends with it. */
export function openExec(host: SessionHost, container: Container, command: readonly string[], { stdin, tty }: Streams): HttpResponse {
  const response = upgraded(host.kernel);
  const { stream } = response;
  const input = tty ? new SessionInput((text) => stream.push({ channel: STDOUT, data: text })) : stdin ? new SessionInput() : undefined;
  const group = host.group.child('exec session');
  if (input) {
    connectInput(group, input, response.upload, stream, (text) => input.receive(text));
    stream.whenCancelled(() => input.end());
  }
  const stdout = input?.tty?.writer ?? new StreamWriter(stream, STDOUT);
  const stderr = input?.tty?.writer ?? new StreamWriter(stream, STDERR);
  group.spawn(
    'exec',
    (function* (): Task<void> {
      let code: number;
      try {
        code = yield* host.runtime.exec(container, command, { stdin: input?.reader ?? emptyReader(), stdout, stderr });
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        if (error instanceof ExecError) {
          stream.push({ channel: STDOUT, data: `${error.message}\n` });
          code = error.exitCode;
        } else {
          finish(stream, failure(`Internal error occurred: error executing command in container: ${error.message}`, 'InternalError'));
          return;
        }
      }
      finish(stream, code === 0 ? SUCCESS : exitStatus(code));
      group.dispose();
    })(),
  );
  return response;
}

/** Joins the streams of a container's process 1 until either side ends. */
export function openAttach(host: SessionHost, container: Container, { stdin, tty }: Streams, closesInput: boolean): HttpResponse {
  const console = host.runtime.consoleOf(container)!;
  const response = upgraded(host.kernel);
  const { stream, upload } = response;
  const group = host.group.child('attach session');
  const stop = console.watch((text) => stream.push({ channel: STDOUT, data: text }));
  const { input } = console;
  const repaint = (): void => {
    if (input?.tty?.waiting && console.prompt !== '') stream.push({ channel: STDOUT, data: console.prompt });
  };
  if (stdin && input) connectInput(group, input, upload, stream, (text) => console.type(text), tty ? repaint : undefined);
  group.spawn(
    'attached',
    (function* (): Task<void> {
      yield* host.runtime.ended(container);
      finish(stream, SUCCESS);
    })(),
  );
  stream.whenCancelled(() => {
    stop();
    group.dispose();
    if (stdin && closesInput) input?.end();
  });
  return response;
}

/** Carries what the client sends to where a program reads, and tells the client when one waits. */
function connectInput(
  group: Group,
  input: SessionInput,
  upload: HttpStream,
  stream: HttpStream,
  type: (text: string) => void,
  repaint?: () => void,
): void {
  const ready = (): void => stream.push({ channel: STDIN, data: READY_TO_READ });
  stream.whenCancelled(input.onWaiting(ready));
  group.spawn(
    'input',
    (function* (): Task<void> {
      // A terminal is repainted for somebody new before it asks for input.
      if (!repaint && input.waiting) ready();
      for (;;) {
        const chunk = (yield* upload.receive()) as StreamChunk | typeof CLOSED;
        if (chunk === CLOSED) return;
        if (chunk.channel === STDIN) type(String(chunk.data));
        else if (chunk.channel === CLOSE) input.end();
        else if (chunk.channel === RESIZE) {
          resize(input, String(chunk.data));
          repaint?.();
          if (repaint && input.waiting) ready();
        }
      }
    })(),
  );
}

function resize({ tty }: SessionInput, size: string): void {
  const found = /^\{"Width":(\d+),"Height":(\d+)\}$/.exec(size);
  if (!tty || !found) return;
  tty.columns = Number(found[1]);
  tty.rows = Number(found[2]);
}

/** One forwarded connection: a request for a port of the pod, under a number of the client's choice. */
export interface ForwardedRequest {
  readonly id: number;
  readonly port: number;
  readonly request: HttpRequest;
}

/** Its answer, or why there is none. */
export interface ForwardedResponse {
  readonly id: number;
  readonly response?: HttpResponse;
  readonly error?: string;
}

/**
 * Carries requests into a pod's network, where they reach what listens on its loopback. The end of the pod
 * is only noticed by the next request.
 */
export function openForward(host: SessionHost, sandbox: Sandbox, podUid: string): HttpResponse {
  const response = upgraded(host.kernel);
  const { stream, upload } = response;
  const group = host.group.child('port forward');
  const serve = function* ({ id, port, request }: ForwardedRequest): Task<void> {
    let answer: ForwardedResponse;
    try {
      answer = { id, response: yield* host.fabric.request(sandbox.network, '127.0.0.1', port, request) };
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      const why = error.code === 'ECONNREFUSED' ? 'connection refused' : 'i/o timeout';
      answer = {
        id,
        error: `error forwarding port ${port} to pod ${sandbox.id}, uid ${podUid}: failed to connect to localhost:${port} inside namespace "${sandbox.id}", IPv4: dial tcp4 127.0.0.1:${port}: connect: ${why}`,
      };
    }
    stream.push({ channel: STDOUT, data: answer });
  };
  group.spawn(
    'port forward',
    (function* (): Task<void> {
      for (;;) {
        const chunk = (yield* upload.receive()) as StreamChunk | typeof CLOSED;
        if (chunk === CLOSED) return;
        group.spawn('forwarded', serve(chunk.data as ForwardedRequest));
      }
    })(),
  );
  stream.whenCancelled(() => group.dispose());
  return response;
}

const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };

function failure(message: string, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code: 500 };
}

function exitStatus(code: number): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

function finish(stream: HttpStream, status: object): void {
  stream.push({ channel: ERROR, data: status });
  stream.close();
}
