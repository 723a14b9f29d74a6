import { exchange } from './edge.ts';
import type { Group } from '../sim/group.ts';
import type { HttpHandler, HttpRequest, Identity } from '../net/http.ts';

export interface FetchOptions {
  /** Where the processes of requests live. */
  readonly group: Group;
  readonly handle: HttpHandler;
  /** Lets the kernel run soon; called whenever there is something new to do. */
  readonly run: () => void;
  /** Who all requests come from; left out, they authenticate by their headers. */
  readonly identity?: Identity;
}

/**
 * A Web-standard `fetch` over an API server inside the simulation. This file lives at the boundary:
 * it alone here may use promises and the platform's Request and Response.
 */
export function createFetch({ group, handle, run, identity }: FetchOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const asked = await toHttpRequest(request, identity);
    return new Promise((resolve, reject) => {
      const encoder = new TextEncoder();
      let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
      let hangUp = (): void => {};
      const body = new ReadableStream<Uint8Array>({
        start(given) {
          controller = given;
        },
        cancel() {
          hangUp();
          run();
        },
      });
      hangUp = exchange(group, handle, asked, {
        head(status, headers) {
          const list = new Headers();
          for (const [name, value] of Object.entries(headers)) for (const one of value.split('\n')) list.append(name, one);
          resolve(new Response(status === 204 || status === 304 ? null : body, { status, headers: list }));
        },
        chunk: (data) => controller?.enqueue(typeof data === 'string' ? encoder.encode(data) : data),
        end: () => controller?.close(),
      });
      request.signal.addEventListener('abort', () => {
        hangUp();
        reject(request.signal.reason);
        run();
      });
      run();
    });
  };
}

async function toHttpRequest(request: Request, identity: Identity | undefined): Promise<HttpRequest> {
  const url = new URL(request.url);
  const headers: Record<string, string> = {};
  request.headers.forEach((value, name) => {
    headers[name] = value;
  });
  const text = request.body ? await request.text() : '';
  return {
    method: request.method,
    path: decodeURIComponent(url.pathname),
    query: [...url.searchParams],
    headers,
    ...(text !== '' && { body: text }),
    ...(identity && { identity }),
  };
}
