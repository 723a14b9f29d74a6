import { createDeflate, constants } from 'node:zlib';
import { expect, it } from 'vitest';
import { CLOSE, ERROR, STDIN, STDOUT, type StreamChunk } from '../../net/upgrade.ts';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';
import { SpdyExec } from './spdy-exec.ts';

/** What a client writes: the frames that open streams of these types, in this order. */
async function opening(types: readonly string[]): Promise<Buffer[]> {
  const deflate = createDeflate({ dictionary: SPDY_DICTIONARY });
  const frames: Buffer[] = [];
  for (const [i, type] of types.entries()) {
    const name = 'streamtype';
    const block = Buffer.alloc(12 + name.length + type.length);
    block.writeUInt32BE(1);
    block.writeUInt32BE(name.length, 4);
    block.write(name, 8);
    block.writeUInt32BE(type.length, 8 + name.length);
    block.write(type, 12 + name.length);
    const parts: Buffer[] = [];
    deflate.on('data', (part: Buffer) => parts.push(part));
    deflate.write(block);
    await new Promise<void>((done) => deflate.flush(constants.Z_SYNC_FLUSH, done));
    deflate.removeAllListeners('data');
    const compressed = Buffer.concat(parts);
    const head = Buffer.alloc(18);
    head.writeUInt32BE(0x80030001);
    head.writeUIntBE(10 + compressed.length, 5, 3);
    head.writeUInt32BE(2 * i + 1, 8);
    frames.push(Buffer.concat([head, compressed]));
  }
  return frames;
}

function dataFrame(id: number, text: string, flags = 0): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(id);
  head.writeUIntBE(text.length, 5, 3);
  head[4] = flags;
  return Buffer.concat([head, Buffer.from(text)]);
}

/** The data frames in what the server wrote, as `stream:text`, `stream:` with a dot for its end. */
function dataOf(written: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < written.length;) {
    const first = written.readUInt32BE(at);
    const length = written.readUIntBE(at + 5, 3);
    if (first >>> 31 === 0) found.push(`${first}:${written.toString('utf8', at + 8, at + 8 + length)}${written[at + 4] ? '.' : ''}`);
    at += 8 + length;
  }
  return found;
}

it('keeps what a program says until the client has opened its streams, and passes input on', async () => {
  const sent: StreamChunk[] = [];
  const written: Buffer[] = [];
  let closed = false;
  const session = { send: (chunk: StreamChunk) => sent.push(chunk), hangUp: () => {} };
  const wanted = { stdin: true, stdout: true, stderr: false, tty: false };
  const exec = new SpdyExec(
    session,
    wanted,
    'v4.channel.k8s.io',
    (data) => written.push(Buffer.from(data)),
    () => (closed = true),
  );
  const [error, stdin, stdout] = await opening(['error', 'stdin', 'stdout']);
  exec.data(error!);
  exec.receive({ channel: STDOUT, data: 'early ' });
  exec.data(stdin!.subarray(0, 5));
  exec.data(Buffer.concat([stdin!.subarray(5), stdout!]));
  exec.data(dataFrame(3, 'typed'));
  exec.data(dataFrame(3, '', 1));
  exec.receive({ channel: STDOUT, data: 'late' });
  exec.receive({ channel: ERROR, data: { status: 'Success' } });
  exec.end();
  expect(sent).toEqual([
    { channel: STDIN, data: 'typed' },
    { channel: CLOSE, data: '0' },
  ]);
  expect(dataOf(Buffer.concat(written))).toEqual(['5:early ', '5:late', '1:{"status":"Success"}', '1:.', '3:.', '5:.']);
  expect(closed).toBe(true);
});
