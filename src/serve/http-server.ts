import type { IncomingMessage, ServerResponse } from 'node:http';
import { exchange } from '../apiserver/edge.ts';
import { nodeHeaders, toHttpRequest } from './http-messages.ts';
import type { Group } from '../sim/group.ts';
import type { HttpHandler } from '../net/http.ts';
import type { Pacer } from './pacer.ts';

/** Bodies above this are not even read to their end; the server refuses smaller ones with a Status. */
const LONGEST_BODY_BYTES = 16 * 1024 * 1024;

export interface HttpHost {
  readonly group: Group;
  readonly handle: HttpHandler;
  readonly pacer: Pacer;
}

/** Answers requests of node:http from an API server inside the simulation. */
export function requestListener(host: HttpHost): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > LONGEST_BODY_BYTES) request.destroy();
      else parts.push(part);
    });
    request.on('end', () => answer(host, request, Buffer.concat(parts), response));
  };
}

function answer(host: HttpHost, message: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const request = toHttpRequest(message, body);
  if (!request) {
    response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end('400 Bad Request');
    return;
  }
  const answered = host.pacer.expect();
  let streaming = false;
  const pending: (string | Uint8Array)[] = [];
  let head: { status: number; headers: Record<string, string | string[]> } | undefined;
  const hangUp = exchange(host.group, host.handle, request, {
    head(status, headers) {
      answered();
      head = { status, headers: nodeHeaders(headers) };
      // A stream's head must not wait for its first chunk.
      setImmediate(() => {
        if (response.headersSent || response.destroyed) return;
        streaming = true;
        response.writeHead(head!.status, head!.headers);
        response.flushHeaders();
        for (const chunk of pending.splice(0)) response.write(chunk);
      });
    },
    chunk(data) {
      if (streaming) response.write(data);
      else pending.push(data);
    },
    end() {
      if (streaming) response.end();
      else {
        const whole = pending.length === 1 ? pending[0]! : Buffer.concat(pending.map((part) => Buffer.from(part)));
        response.writeHead(head!.status, { ...head!.headers, 'content-length': Buffer.byteLength(whole) }).end(whole);
      }
    },
  });
  response.on('close', () => {
    answered();
    if (response.writableFinished) return;
    hangUp();
    host.pacer.poke();
  });
}
