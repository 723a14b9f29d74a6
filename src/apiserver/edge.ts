import { CLOSED } from '../sim/sync.ts';
import { NetError } from '../net/fabric.ts';
import { encodeBody, encodeChunk } from './encode.ts';
import type { Group } from '../sim/group.ts';
import type { HttpHandler, HttpRequest, HttpResponse, HttpStream } from '../net/http.ts';
import type { StreamChunk } from '../net/upgrade.ts';
import type { Task } from '../sim/wait.ts';

/** Where the answer to a request from outside goes. Called synchronously while the kernel runs. */
export interface EdgeSink {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  chunk(data: string | Uint8Array): void;
  end(): void;
  /**
   * Takes over a connection in both directions: what the client sends goes into `upload`, what comes
   * back into the returned function, until `end`. A sink without it refuses such connections.
   */
  upgraded?(upload: HttpStream): (chunk: StreamChunk) => void;
}

/**
 * Answers requests from outside the simulation, whose bodies are text: each becomes a process of
 * `group`. Whoever calls this must let the kernel run. Answers how to hang up.
 */
export function exchange(group: Group, handle: HttpHandler, request: HttpRequest, sink: EdgeSink): () => void {
  let stream: HttpStream | undefined;
  const process = group.spawn(
    'request from outside',
    (function* (): Task<void> {
      const response = yield* answered(handle, request);
      stream = response.stream;
      yield* send(response, sink);
    })(),
  );
  return () => {
    stream?.cancel();
    process.kill();
  };
}

/** Where no API server answers, the client is told by the one who asked for it. */
function* answered(handle: HttpHandler, request: HttpRequest): Task<HttpResponse> {
  try {
    return yield* handle(request);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return { status: 503, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${error.message}\n` };
  }
}

function* send(response: HttpResponse, sink: EdgeSink): Task<void> {
  const { stream, upload } = response;
  if (upload && !sink.upgraded) {
    stream?.cancel();
    sink.head(501, { 'content-type': 'text/plain; charset=utf-8' });
    sink.chunk('streams in both directions do not leave the cluster\n');
    sink.end();
    return;
  }
  const receive = upload && sink.upgraded!(upload);
  if (!receive) sink.head(response.status, response.headers);
  if (!stream) {
    const body = encodeBody(response.body);
    if (body.length > 0) sink.chunk(body);
    sink.end();
    return;
  }
  for (;;) {
    const chunk = yield* stream.receive();
    if (chunk === CLOSED) break;
    if (receive) receive(chunk as StreamChunk);
    else sink.chunk(encodeChunk(chunk));
  }
  sink.end();
}
