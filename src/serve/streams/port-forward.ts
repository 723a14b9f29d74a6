import { Duplex } from 'node:stream';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { STDIN, type StreamChunk } from '../../net/upgrade.ts';
import { encodeBody } from '../../apiserver/encode.ts';
import { nodeHeaders, toHttpRequest } from '../http-messages.ts';
import type { Client, Session } from './session.ts';
import type { HttpResponse } from '../../net/http.ts';

/** A client's connection to a port: bytes, in which HTTP is spoken. */
export class Tunnel extends Duplex {
  readonly port: number;
  private readonly send: (data: Uint8Array) => void;
  private readonly finish: (error: string | undefined) => void;
  private failure: string | undefined;

  constructor(port: number, send: (data: Uint8Array) => void, finish: (error: string | undefined) => void) {
    super();
    this.port = port;
    this.send = send;
    this.finish = finish;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.send(chunk);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.finish(this.failure);
    done(error);
  }

  /** Ends the connection because the port could not be reached. */
  fail(message: string): void {
    this.failure = message;
    this.destroy();
  }
}

interface Answer {
  readonly id: number;
  readonly response?: HttpResponse;
  readonly error?: string;
}

/** Carries the requests on forwarded connections into a pod: the cluster's network knows requests, not bytes. */
export class PortForward implements Client {
  private readonly session: Session;
  private readonly server: Server;
  private readonly onEnd: () => void;
  private readonly asked = new Map<number, { readonly response: ServerResponse; readonly tunnel: Tunnel }>();
  private nextId = 1;

  constructor(session: Session, onEnd: () => void) {
    this.session = session;
    this.onEnd = onEnd;
    this.server = createServer((request, response) => this.ask(request, response));
    this.server.on('clientError', (_error, socket) => socket.destroy());
  }

  connect(tunnel: Tunnel): void {
    tunnel.on('error', () => tunnel.destroy());
    this.server.emit('connection', tunnel);
  }

  receive(chunk: StreamChunk): void {
    const { id, response, error } = chunk.data as Answer;
    const asked = this.asked.get(id);
    if (!asked) return;
    this.asked.delete(id);
    if (!response) {
      asked.tunnel.fail(error ?? 'lost connection to pod');
      return;
    }
    response.stream?.cancel();
    const body = encodeBody(response.body);
    asked.response.writeHead(response.status, { ...nodeHeaders(response.headers), 'content-length': Buffer.byteLength(body) }).end(body);
  }

  end(): void {
    this.server.close();
    this.onEnd();
  }

  private ask(message: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    message.on('data', (part: Buffer) => parts.push(part));
    message.on('end', () => {
      const request = toHttpRequest(message, Buffer.concat(parts));
      const tunnel = message.socket as unknown as Tunnel;
      if (!request) {
        response.writeHead(400).end();
        return;
      }
      const id = this.nextId++;
      this.asked.set(id, { response, tunnel });
      this.session.send({ channel: STDIN, data: { id, port: tunnel.port, request } });
    });
  }
}
