import { PortForward, Tunnel } from './port-forward.ts';
import { SpdyConnection, type SpdyStream } from './spdy.ts';
import type { Client, Session } from './session.ts';
import type { StreamChunk } from '../../net/upgrade.ts';

export const FORWARD_PROTOCOL = 'portforward.k8s.io';

/** Port forwarding over SPDY: each connection is a pair of streams, for data and for an error. */
export class SpdyForward implements Client {
  private readonly forward: PortForward;
  private readonly connection: SpdyConnection;
  private readonly pairs = new Map<string, SpdyStream>();

  constructor(session: Session, write: (data: Uint8Array) => void, close: () => void) {
    this.forward = new PortForward(session, () => {
      this.connection.goAway();
      close();
    });
    this.connection = new SpdyConnection(write, (stream) => this.opened(stream));
  }

  /** Takes bytes from the client. Throws when they are no SPDY. */
  data(data: Uint8Array): void {
    this.connection.receive(data);
  }

  receive(chunk: StreamChunk): void {
    this.forward.receive(chunk);
  }

  end(): void {
    this.forward.end();
  }

  private opened(stream: SpdyStream): void {
    const id = stream.headers.get('requestid') ?? '';
    const other = this.pairs.get(id);
    if (!other) {
      this.pairs.set(id, stream);
      return;
    }
    this.pairs.delete(id);
    const [data, error] = stream.headers.get('streamtype') === 'data' ? [stream, other] : [other, stream];
    const tunnel = new Tunnel(
      Number(data.headers.get('port')),
      (bytes) => data.write(bytes),
      (failure) => {
        if (failure !== undefined) error.write(Buffer.from(failure));
        error.end();
        data.end();
      },
    );
    data.onData = (bytes) => void tunnel.push(bytes);
    data.onEnd = () => void tunnel.push(null);
    this.forward.connect(tunnel);
  }
}
