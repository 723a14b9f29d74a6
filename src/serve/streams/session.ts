import { CLOSE, ERROR, READY_TO_READ, RESIZE, STDERR, STDIN, STDOUT, type StreamChunk } from '../../net/upgrade.ts';

/** The cluster's end of a session. */
export interface Session {
  send(chunk: StreamChunk): void;
  hangUp(): void;
}

/** The client's end of a session: what the cluster sends it. */
export interface Client {
  receive(chunk: StreamChunk): void;
  end(): void;
}

/** Which streams a client of `exec` or `attach` has asked for. */
export interface Wanted {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export function wantedOf(query: readonly (readonly [string, string])[]): Wanted {
  const isOn = (name: string): boolean => query.some(([key, value]) => key === name && (value === 'true' || value === '1'));
  const tty = isOn('tty');
  return { stdin: isOn('stdin'), stdout: isOn('stdout'), stderr: isOn('stderr') && !tty, tty };
}

/** The bytes of a chunk towards the client. The oldest protocols have the error as text, empty for success. */
export function bytesOf(chunk: StreamChunk, statusAsObject: boolean): Buffer | undefined {
  if (chunk.data === READY_TO_READ && chunk.channel === STDIN) return undefined;
  if (typeof chunk.data === 'string') return Buffer.from(chunk.data);
  if (statusAsObject) return Buffer.from(JSON.stringify(chunk.data));
  const { status, message = '' } = chunk.data as { status?: string; message?: string };
  return status === 'Success' ? undefined : Buffer.from(message);
}

/** Whether somebody who asked for these streams gets what is on a channel. */
export function gets(wanted: Wanted, channel: number): boolean {
  if (channel === STDOUT) return wanted.stdout;
  if (channel === STDERR) return wanted.stderr;
  return channel === ERROR;
}

/** Turns a client's bytes into chunks for the container; input may end in the middle of a character. */
export class Uplink {
  private readonly session: Session;
  private readonly decoder = new TextDecoder();

  constructor(session: Session) {
    this.session = session;
  }

  input(data: Uint8Array): void {
    const text = this.decoder.decode(data, { stream: true });
    if (text !== '') this.session.send({ channel: STDIN, data: text });
  }

  endOfInput(): void {
    this.session.send({ channel: CLOSE, data: String(STDIN) });
  }

  resize(data: Uint8Array): void {
    const text = Buffer.from(data).toString('utf8');
    const size = /"Width":\s*(\d+).*"Height":\s*(\d+)/.exec(text);
    if (size) this.session.send({ channel: RESIZE, data: `{"Width":${size[1]},"Height":${size[2]}}` });
  }
}
