import { PortForward, Tunnel } from './port-forward.ts';
import { STDERR, STDIN, STDOUT, RESIZE, CLOSE, ERROR } from '../../net/upgrade.ts';
import { SpdyForward, FORWARD_PROTOCOL } from './spdy-forward.ts';
import { Uplink, bytesOf, gets, type Client, type Session, type Wanted } from './session.ts';
import type { WebSocket } from 'ws';

/** The subprotocols of `exec` and `attach`, best first. */
export const EXEC_SUBPROTOCOLS: readonly string[] = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'channel.k8s.io',
  'base64.channel.k8s.io',
];
const TUNNEL = `SPDY/3.1+${FORWARD_PROTOCOL}`;
/** Those of port forwarding: SPDY inside, or a pair of channels a port. */
export const FORWARD_SUBPROTOCOLS: readonly string[] = [TUNNEL, 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

const NORMAL_CLOSURE = 1000;
const POLICY_VIOLATION = 1008;

/** A WebSocket whose messages begin with the number of their channel, as a byte or, before base64, as a digit. */
class Channels {
  private readonly socket: WebSocket;
  private readonly base64: boolean;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.base64 = socket.protocol.includes('base64');
  }

  send(channel: number, data: Uint8Array): void {
    if (this.base64) this.socket.send(`${channel}${Buffer.from(data).toString('base64')}`);
    else this.socket.send(Buffer.concat([Buffer.from([channel]), data]));
  }

  onMessage(receive: (channel: number, data: Buffer) => void): void {
    this.socket.on('message', (message) => {
      const bytes = Buffer.isBuffer(message) ? message : Buffer.from(message as ArrayBuffer);
      if (bytes.length === 0) return;
      if (this.base64) receive(bytes[0]! - DIGIT_0, Buffer.from(bytes.toString('latin1', 1), 'base64'));
      else receive(bytes[0]!, bytes.subarray(1));
    });
  }
}

const DIGIT_0 = 0x30;

/** A session of `exec` or `attach`. */
export function websocketExec(socket: WebSocket, session: Session, wanted: Wanted): Client {
  const channels = new Channels(socket);
  const uplink = new Uplink(session);
  const hasStatus = socket.protocol.startsWith('v');
  channels.onMessage((channel, data) => {
    if (channel === STDIN && wanted.stdin) uplink.input(data);
    else if (channel === RESIZE && wanted.tty) uplink.resize(data);
    else if (channel === CLOSE && data[0] === STDIN) uplink.endOfInput();
  });
  // Tells the client that the connection stands.
  channels.send(wanted.stdout ? STDOUT : wanted.stderr ? STDERR : ERROR, new Uint8Array());
  return {
    receive(chunk) {
      const bytes = gets(wanted, chunk.channel) ? bytesOf(chunk, hasStatus) : undefined;
      if (bytes) channels.send(chunk.channel, bytes);
    },
    end: () => socket.close(NORMAL_CLOSURE),
  };
}

/** Port forwarding: `ports` are those of the query, each of which is one connection. */
export function websocketForward(socket: WebSocket, session: Session, ports: readonly number[]): Client {
  if (socket.protocol === TUNNEL) return tunnelled(socket, session);
  const forward = new PortForward(session, () => socket.close(NORMAL_CLOSURE));
  const channels = new Channels(socket);
  const tunnels = ports.map((port, i) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    const [data, error] = [2 * i, 2 * i + 1];
    channels.send(data, number);
    channels.send(error, number);
    const send = (channel: number, bytes: Uint8Array): void => {
      if (socket.readyState === socket.OPEN) channels.send(channel, bytes);
    };
    return new Tunnel(
      port,
      (bytes) => send(data, bytes),
      (failure) => failure !== undefined && send(error, Buffer.from(failure)),
    );
  });
  for (const tunnel of tunnels) forward.connect(tunnel);
  channels.onMessage((channel, data) => {
    if (channel % 2 === 0) tunnels[channel / 2]?.push(data);
  });
  return forward;
}

function tunnelled(socket: WebSocket, session: Session): Client {
  const forward = new SpdyForward(
    session,
    (data) => socket.readyState === socket.OPEN && socket.send(data),
    () => socket.close(NORMAL_CLOSURE),
  );
  socket.on('message', (message) => {
    try {
      forward.data(message as Buffer);
    } catch {
      socket.close(POLICY_VIOLATION);
    }
  });
  return forward;
}
