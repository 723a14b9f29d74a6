import { ERROR, STDERR, STDOUT, type StreamChunk } from '../../net/upgrade.ts';
import { SpdyConnection, type SpdyStream } from './spdy.ts';
import { Uplink, bytesOf, type Client, type Session, type Wanted } from './session.ts';

/** The protocols of `exec` and `attach`, best first (remotecommand/constants.go). */
export const EXEC_PROTOCOLS: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v3.channel.k8s.io',
  'v2.channel.k8s.io',
  'channel.k8s.io',
];

const CHANNELS = new Map([
  [STDOUT, 'stdout'],
  [STDERR, 'stderr'],
  [ERROR, 'error'],
]);

/** A session of `exec` or `attach` whose streams are those of an SPDY connection. */
export class SpdyExec implements Client {
  private readonly uplink: Uplink;
  private readonly connection: SpdyConnection;
  private readonly close: () => void;
  private readonly hasStatus: boolean;
  private readonly awaited: Set<string>;
  private readonly streams = new Map<string, SpdyStream>();
  /** What came before the client had opened all its streams. */
  private early: StreamChunk[] = [];
  private ended = false;

  constructor(session: Session, wanted: Wanted, protocol: string, write: (data: Uint8Array) => void, close: () => void) {
    this.uplink = new Uplink(session);
    this.close = close;
    this.hasStatus = protocol === 'v5.channel.k8s.io' || protocol === 'v4.channel.k8s.io';
    const resizes = wanted.tty && (this.hasStatus || protocol === 'v3.channel.k8s.io');
    this.awaited = new Set([
      'error',
      ...(['stdin', 'stdout', 'stderr'] as const).filter((name) => wanted[name]),
      ...(resizes ? ['resize'] : []),
    ]);
    this.connection = new SpdyConnection(write, (stream) => this.opened(stream));
  }

  /** Takes bytes from the client. Throws when they are no SPDY. */
  data(data: Uint8Array): void {
    this.connection.receive(data);
  }

  receive(chunk: StreamChunk): void {
    if (this.awaited.size > 0) {
      this.early.push(chunk);
      return;
    }
    const stream = this.streams.get(CHANNELS.get(chunk.channel) ?? '');
    const bytes = bytesOf(chunk, this.hasStatus);
    if (bytes) stream?.write(bytes);
  }

  end(): void {
    this.ended = true;
    if (this.awaited.size > 0) return;
    for (const stream of this.streams.values()) stream.end();
    this.connection.goAway();
    this.close();
  }

  private opened(stream: SpdyStream): void {
    const type = stream.headers.get('streamtype') ?? '';
    this.streams.set(type, stream);
    if (type === 'stdin') {
      stream.onData = (data) => this.uplink.input(data);
      stream.onEnd = () => this.uplink.endOfInput();
    } else if (type === 'resize') stream.onData = (data) => this.uplink.resize(data);
    if (!this.awaited.delete(type) || this.awaited.size > 0) return;
    for (const chunk of this.early.splice(0)) this.receive(chunk);
    if (this.ended) this.end();
  }
}
