import { ServerResponse, STATUS_CODES, type IncomingMessage, type RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { EXEC_PROTOCOLS, SpdyExec } from './spdy-exec.ts';
import { EXEC_SUBPROTOCOLS, FORWARD_SUBPROTOCOLS, websocketExec, websocketForward } from './websocket.ts';
import { FORWARD_PROTOCOL, SpdyForward } from './spdy-forward.ts';
import { exchange } from '../../apiserver/edge.ts';
import { toHttpRequest } from '../http-messages.ts';
import { wantedOf, type Client, type Session } from './session.ts';
import type { HttpHost } from '../http-server.ts';
import type { HttpRequest, HttpStream } from '../../net/http.ts';
import type { StreamChunk } from '../../net/upgrade.ts';

const webSockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered, request) => chosen([...offered], supported(request.url ?? '')) ?? false,
});

function isForward(path: string): boolean {
  return path.split('?', 1)[0]!.endsWith('/portforward');
}

function supported(path: string): readonly string[] {
  return isForward(path) ? FORWARD_SUBPROTOCOLS : EXEC_SUBPROTOCOLS;
}

/** The first protocol that both sides know, by the client's preference. */
function chosen(offered: readonly string[], known: readonly string[]): string | undefined {
  return offered.find((protocol) => known.includes(protocol));
}

/** A request that asks for another protocol on its connection. */
interface Upgrade {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly request: HttpRequest;
}

/** Answers requests to go on with another protocol: WebSocket or SPDY, as clients of `exec`, `attach` and port forwarding do. */
export function upgradeListener(
  host: HttpHost,
  otherwise: RequestListener,
): (message: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (message, socket, head) => {
    socket.on('error', () => socket.destroy());
    const protocol = (message.headers.upgrade ?? '').toLowerCase();
    const request = toHttpRequest(message, Buffer.alloc(0));
    if (!request || !['websocket', 'spdy/3.1'].includes(protocol)) {
      const response = new ServerResponse(message);
      response.assignSocket(socket as Socket);
      response.on('finish', () => socket.end());
      otherwise(message, response as Parameters<RequestListener>[1]);
      return;
    }
    open(host, { message, socket, head, request }, protocol === 'websocket');
  };
}

function open(host: HttpHost, upgrade: Upgrade, isWebSocket: boolean): void {
  const { socket, request } = upgrade;
  const answered = host.pacer.expect();
  let refusal: { status: number; headers: Readonly<Record<string, string>>; body: Buffer } | undefined;
  let client: Client | undefined;
  const hangUp = exchange(host.group, host.handle, request, {
    head(status, headers) {
      answered();
      refusal = { status, headers, body: Buffer.alloc(0) };
    },
    chunk(data) {
      if (refusal) refusal.body = Buffer.concat([refusal.body, Buffer.from(data)]);
    },
    end() {
      if (client) client.end();
      else if (refusal) refuse(socket, refusal.status, refusal.headers, refusal.body);
    },
    upgraded(upload) {
      answered();
      const session = sessionOn(host, upload);
      client = isWebSocket ? acceptWebSocket(upgrade, session) : acceptSpdy(upgrade, session);
      return (chunk: StreamChunk) => client?.receive(chunk);
    },
  });
  socket.on('close', () => {
    answered();
    hangUp();
    host.pacer.poke();
  });
}

function sessionOn(host: HttpHost, upload: HttpStream): Session {
  return {
    send(chunk) {
      upload.push(chunk);
      host.pacer.poke();
    },
    hangUp() {
      upload.cancel();
      host.pacer.poke();
    },
  };
}

function refuse(socket: Duplex, status: number, headers: Readonly<Record<string, string>>, body: Buffer): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`];
  for (const [name, value] of Object.entries(headers)) for (const one of value.split('\n')) lines.push(`${name}: ${one}`);
  lines.push(`content-length: ${body.length}`, 'connection: close', '', '');
  socket.end(Buffer.concat([Buffer.from(lines.join('\r\n')), body]));
}

function acceptWebSocket({ message, socket, head, request }: Upgrade, session: Session): Client | undefined {
  let client: Client | undefined;
  webSockets.handleUpgrade(message, socket, head, (opened: WebSocket) => {
    opened.on('close', () => session.hangUp());
    opened.on('error', () => opened.terminate());
    const ports = request.query.filter(([key]) => key === 'ports').flatMap(([, value]) => value.split(',').map(Number));
    client = isForward(request.path) ? websocketForward(opened, session, ports) : websocketExec(opened, session, wantedOf(request.query));
  });
  if (!client) session.hangUp();
  return client;
}

function acceptSpdy({ socket, head, request }: Upgrade, session: Session): Client | undefined {
  const forward = isForward(request.path);
  const offered = (request.headers['x-stream-protocol-version'] ?? '').split(/,\s*/);
  const protocol = chosen(offered, forward ? [FORWARD_PROTOCOL] : EXEC_PROTOCOLS);
  if (protocol === undefined) {
    refuse(
      socket,
      403,
      { 'content-type': 'text/plain; charset=utf-8' },
      Buffer.from(
        `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${(forward ? [FORWARD_PROTOCOL] : EXEC_PROTOCOLS).join(' ')}]\n`,
      ),
    );
    session.hangUp();
    return undefined;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
  );
  const write = (data: Uint8Array): void => void socket.write(data);
  const close = (): void => void socket.end();
  const client = forward ? new SpdyForward(session, write, close) : new SpdyExec(session, wantedOf(request.query), protocol, write, close);
  const receive = (data: Buffer): void => {
    try {
      client.data(data);
    } catch {
      socket.destroy();
    }
  };
  socket.on('data', receive);
  socket.on('end', () => session.hangUp());
  if (head.length > 0) receive(head);
  return client;
}
