import { HttpStream, type HttpResponse } from './http.ts';
import type { Kernel } from '../sim/kernel.ts';

/*
 * What travels on an upgraded connection: chunks of the channels of Kubernetes' streaming protocol
 * (`v5.channel.k8s.io`), as values.
 */

/** Towards the container: text for its standard input. Towards the client: {@link READY_TO_READ}. */
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** The end, as a Status. */
export const ERROR = 3;
/** The size of the client's terminal: `{"Width":80,"Height":24}`. */
export const RESIZE = 4;
/** The end of the channel whose number is the data. */
export const CLOSE = 255;

/**
 * On the channel of standard input towards the client: the program waits for input and has had all
 * there was. It plays the part of the window updates of HTTP/2; a client may send without it.
 */
export const READY_TO_READ = 'ready';

export interface StreamChunk {
  readonly channel: number;
  readonly data: string | object;
}

/** Ctrl-C and Ctrl-D as they travel to a terminal. */
export const INTERRUPT = '\x03';
export const END_OF_INPUT = '\x04';

/** The answer that opens a connection in both directions. Hanging up either closes both. */
export function upgraded(kernel: Kernel): HttpResponse & { readonly stream: HttpStream; readonly upload: HttpStream } {
  const stream = new HttpStream(kernel);
  const upload = new HttpStream(kernel);
  stream.whenCancelled(() => upload.breakOff());
  upload.whenCancelled(() => stream.breakOff());
  return {
    status: 101,
    headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
    stream,
    upload,
  };
}
