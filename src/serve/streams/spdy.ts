import { inflateSync, constants } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

const VERSION = 0x8003;
const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const FIN = 1;
const HEAD_BYTES = 8;
const MOST_DATA_BYTES = 0xffff;
/** More in one frame than any client sends. */
const MOST_FRAME_BYTES = 1 << 22;

/** One of the streams that a client opens on a connection. */
export class SpdyStream {
  readonly id: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  onData: (data: Buffer) => void = () => {};
  onEnd: () => void = () => {};
  private readonly connection: SpdyConnection;
  private ended = false;

  constructor(connection: SpdyConnection, id: number, headers: ReadonlyMap<string, string>) {
    this.connection = connection;
    this.id = id;
    this.headers = headers;
  }

  write(data: Uint8Array): void {
    if (this.ended) return;
    for (let at = 0; at < data.length; at += MOST_DATA_BYTES) this.connection.sendData(this.id, data.subarray(at, at + MOST_DATA_BYTES), 0);
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.connection.sendData(this.id, new Uint8Array(), FIN);
  }
}

/**
 * The server's side of an SPDY/3.1 connection as Kubernetes' clients speak it: they open the streams,
 * and nobody minds windows.
 */
export class SpdyConnection {
  private readonly write: (data: Uint8Array) => void;
  private readonly onStream: (stream: SpdyStream) => void;
  private readonly streams = new Map<number, SpdyStream>();
  private received = Buffer.alloc(0);
  /** All compressed headers so far: each block continues the ones before. */
  private compressed: Buffer = Buffer.alloc(0);
  private headerBytes = 0;
  private replied = false;
  private lastId = 0;

  constructor(write: (data: Uint8Array) => void, onStream: (stream: SpdyStream) => void) {
    this.write = write;
    this.onStream = onStream;
  }

  /** Takes bytes from the client. Throws when they are no SPDY. */
  receive(data: Uint8Array): void {
    this.received = this.received.length === 0 ? Buffer.from(data) : Buffer.concat([this.received, data]);
    let at = 0;
    while (this.received.length - at >= HEAD_BYTES) {
      const length = this.received.readUIntBE(at + 5, 3);
      if (length > MOST_FRAME_BYTES) throw new Error('a frame is too long');
      if (this.received.length - at < HEAD_BYTES + length) break;
      const first = this.received.readUInt32BE(at);
      const flags = this.received[at + 4]!;
      const payload = this.received.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
      if (first >>> 31 === 0) this.data(first, flags, payload);
      else this.control(first & 0xffff, flags, payload);
      at += HEAD_BYTES + length;
    }
    this.received = this.received.subarray(at);
  }

  /** Tells the client that nothing more comes. */
  goAway(): void {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(this.lastId);
    this.sendControl(GOAWAY, payload);
  }

  sendData(id: number, data: Uint8Array, flags: number): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(id);
    head[4] = flags;
    head.writeUIntBE(data.length, 5, 3);
    this.write(Buffer.concat([head, data]));
  }

  private sendControl(type: number, payload: Uint8Array): void {
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt16BE(VERSION);
    head.writeUInt16BE(type, 2);
    head.writeUIntBE(payload.length, 5, 3);
    this.write(Buffer.concat([head, payload]));
  }

  private data(id: number, flags: number, payload: Buffer): void {
    const stream = this.streams.get(id);
    if (!stream) return;
    if (payload.length > 0) stream.onData(payload);
    if (flags & FIN) this.finish(stream);
  }

  private finish(stream: SpdyStream): void {
    this.streams.delete(stream.id);
    stream.onEnd();
  }

  private control(type: number, flags: number, payload: Buffer): void {
    if (type === SYN_STREAM) this.open(payload.readUInt32BE(0) & 0x7fffffff, flags, payload.subarray(10));
    else if (type === PING) this.sendControl(PING, payload);
    else if (type === RST_STREAM) {
      const stream = this.streams.get(payload.readUInt32BE(0) & 0x7fffffff);
      if (stream) this.finish(stream);
    }
  }

  private open(id: number, flags: number, block: Buffer): void {
    const stream = new SpdyStream(this, id, this.headers(block));
    this.lastId = id;
    this.streams.set(id, stream);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(id);
    this.sendControl(SYN_REPLY, Buffer.concat([head, this.noHeaders()]));
    this.onStream(stream);
    if (flags & FIN) this.finish(stream);
  }

  private headers(block: Buffer): ReadonlyMap<string, string> {
    this.compressed = Buffer.concat([this.compressed, block]);
    const all = inflateSync(this.compressed, { dictionary: SPDY_DICTIONARY, finishFlush: constants.Z_SYNC_FLUSH });
    let at = this.headerBytes;
    this.headerBytes = all.length;
    const text = (): string => {
      const length = all.readUInt32BE(at);
      at += 4 + length;
      return all.toString('utf8', at - length, at);
    };
    const headers = new Map<string, string>();
    const count = all.readUInt32BE(at);
    at += 4;
    for (let i = 0; i < count; i++) {
      const name = text().toLowerCase();
      headers.set(name, text());
    }
    return headers;
  }

  /** A block without headers. What is not compressed is valid zlib too: stored blocks, the empty one to flush. */
  private noHeaders(): Uint8Array {
    const blocks = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    if (this.replied) return blocks;
    this.replied = true;
    return Buffer.concat([ZLIB_HEAD, blocks]);
  }
}

/** Deflate with a dictionary, and the dictionary's checksum. */
const ZLIB_HEAD = Buffer.from([0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2]);
