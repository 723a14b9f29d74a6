import { WebSocketServer, type WebSocket } from 'ws';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connect, Plugin } from 'vite';
import { BRIDGE_PATH, type BridgeAnswer, type BridgeRequest } from '../protocol/bridge.ts';

/** Paths that an API server answers; all others are the app's. */
const API_PATH = /^\/(api|apis|version|openapi|healthz|livez|readyz|metrics)([/?]|$)/;
/** What of a client's headers matters to the API server; the rest, credentials above all, stays here. */
const KEPT_HEADERS = ['accept', 'content-type', 'user-agent'];
const MOST_BODY_BYTES = 4 * 1024 * 1024;

interface HttpServer {
  on(event: 'upgrade', listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): unknown;
}

/**
 * Offers the API of the cluster in the open tab to real clients, at the address of the development
 * or preview server. Each request goes to the tab that connected last.
 */
export function tabBridge(): Plugin {
  return {
    name: 'kubarium-tab-bridge',
    configureServer: ({ httpServer, middlewares }) => attach(httpServer as HttpServer | null, middlewares),
    configurePreviewServer: ({ httpServer, middlewares }) => attach(httpServer as unknown as HttpServer, middlewares),
  };
}

function attach(httpServer: HttpServer | null, middlewares: Connect.Server): void {
  const bridge = new Bridge();
  middlewares.use((request, response, next) => {
    if (API_PATH.test(request.url ?? '')) bridge.serve(request, response);
    else next();
  });
  httpServer?.on('upgrade', (request, socket, head) => {
    if (request.url === BRIDGE_PATH) bridge.upgrade(request, socket, head);
  });
}

class Bridge {
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly open = new Map<string, { response: ServerResponse; tab: WebSocket }>();
  private tab: WebSocket | undefined;
  private nextId = 1;

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isOwn(request)) {
      socket.destroy();
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (tab) => {
      this.tab = tab;
      tab.on('message', (data) => this.answer(JSON.parse(String(data)) as BridgeAnswer));
      tab.on('close', () => this.lost(tab));
    });
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    if (!isOwn(request)) return refuse(response, 403, 'Forbidden', 'requests of other web pages are not answered');
    if (!this.tab) {
      return refuse(response, 503, 'ServiceUnavailable', 'no tab is connected: open the page and choose "Connect kubectl"');
    }
    const { tab } = this;
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= MOST_BODY_BYTES) parts.push(part);
    });
    request.on('end', () => {
      if (size > MOST_BODY_BYTES) return refuse(response, 413, 'RequestEntityTooLarge', 'the request is larger than 4 MB');
      this.forward(tab, request, response, Buffer.concat(parts).toString('utf8'));
    });
  }

  private forward(tab: WebSocket, request: IncomingMessage, response: ServerResponse, body: string): void {
    const id = `kubectl-${this.nextId++}`;
    const url = new URL(request.url!, 'http://localhost');
    this.open.set(id, { response, tab });
    response.on('close', () => {
      if (this.open.delete(id)) send(tab, { type: 'abort', id });
    });
    const headers = Object.fromEntries(
      KEPT_HEADERS.flatMap((name) => (request.headers[name] ? [[name, String(request.headers[name])]] : [])),
    );
    const path = decodeURIComponent(url.pathname);
    send(tab, { type: 'request', id, method: request.method!, path, query: [...url.searchParams], headers, ...(body !== '' && { body }) });
  }

  private answer(answer: BridgeAnswer): void {
    const response = this.open.get(answer.id)?.response;
    if (!response) return;
    if (answer.type === 'head') {
      response.statusCode = answer.status;
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value.split('\n'));
      response.flushHeaders();
    } else if (answer.type === 'chunk') response.write(answer.text);
    else {
      this.open.delete(answer.id);
      response.end();
    }
  }

  private lost(tab: WebSocket): void {
    if (this.tab === tab) this.tab = undefined;
    for (const [id, exchange] of this.open) {
      if (exchange.tab !== tab) continue;
      this.open.delete(id);
      exchange.response.destroy();
    }
  }
}

/** Not sent by a page from elsewhere: browsers say so. */
function isOwn(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  return origin === undefined || new URL(origin).host === host;
}

function send(tab: WebSocket, message: BridgeRequest): void {
  tab.send(JSON.stringify(message));
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  response.statusCode = code;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }));
}
