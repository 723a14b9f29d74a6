import { CLOSED, Condition } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { FileError, type FileSystem } from './files.ts';
import { BrokenPipe, type Reader, type Writer } from './program.ts';

/*
 * Streams between programs. Every writer that never waits by itself lets a little virtual time pass
 * for so many bytes, so that endless output advances the clock instead of blocking a slice.
 */

const PIPE_CAPACITY = 65_536;
/** Bytes that pass before a writer pauses, and for how long: 64 MB/s for pipes and files, 1.3 MB/s for terminals. */
const PAUSE_EVERY_BYTES = 65_536;
const PIPE_PAUSE_MS = 1;
/** What a write costs beyond its bytes, so that endless small writes pause too. */
const BYTES_PER_WRITE = 16;

/** Reading by chunk, line and whole on top of `next`. What a line leaves over stays for the next reader of this object. */
export abstract class ChunkReader implements Reader {
  readonly isTerminal: boolean = false;
  private rest = '';

  /** The next chunk as it was written, or CLOSED. */
  protected abstract next(): Task<string | typeof CLOSED>;

  *read(): Task<string | typeof CLOSED> {
    if (this.rest !== '') {
      const { rest } = this;
      this.rest = '';
      return rest;
    }
    return yield* this.next();
  }

  *readLine(): Task<string | undefined> {
    let from = 0;
    for (;;) {
      const cut = this.rest.indexOf('\n', from);
      if (cut >= 0) {
        const line = this.rest.slice(0, cut);
        this.rest = this.rest.slice(cut + 1);
        return line;
      }
      from = this.rest.length;
      const chunk = yield* this.next();
      if (chunk === CLOSED) {
        const { rest } = this;
        this.rest = '';
        return rest === '' ? undefined : rest;
      }
      this.rest += chunk;
    }
  }

  /** Gives back what was read too much; the next read begins with it. */
  unread(text: string): void {
    this.rest = text + this.rest;
  }

  *readAll(): Task<string> {
    let text = '';
    for (;;) {
      const chunk = yield* this.read();
      if (chunk === CLOSED) return text;
      text += chunk;
    }
  }
}

/** A given text, then the end: here-documents and files opened for reading. */
export class TextReader extends ChunkReader {
  private text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  protected *next(): Task<string | typeof CLOSED> {
    if (this.text === '') return CLOSED;
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** A regular file opened for reading. */
export class FileReader extends TextReader {
  readonly sizeBytes: number;

  constructor(text: string, sizeBytes: number) {
    super(text);
    this.sizeBytes = sizeBytes;
  }
}

/** Something whose holders are counted: a pipe's ends, closed when the last holder lets go. */
export interface Held {
  hold(): void;
  release(): void;
}

/** Takes a share of a stream if it counts its holders. */
export function hold(stream: Reader | Writer | undefined): void {
  (stream as Partial<Held> | undefined)?.hold?.();
}

export function release(stream: Reader | Writer | undefined): void {
  (stream as Partial<Held> | undefined)?.release?.();
}

class Pipe {
  readonly capacity: number;
  chunks: string[] = [];
  size = 0;
  readers = 1;
  writers = 1;
  readonly readable = new Condition();
  readonly writable = new Condition();

  constructor(capacity: number) {
    this.capacity = capacity;
  }
}

class PipeReader extends ChunkReader implements Held {
  private readonly pipe: Pipe;

  constructor(pipe: Pipe) {
    super();
    this.pipe = pipe;
  }

  protected *next(): Task<string | typeof CLOSED> {
    const { pipe } = this;
    for (;;) {
      if (pipe.size > 0) {
        const text = pipe.chunks.length === 1 ? pipe.chunks[0]! : pipe.chunks.join('');
        pipe.chunks = [];
        pipe.size = 0;
        pipe.writable.notify();
        return text;
      }
      if (pipe.writers === 0) return CLOSED;
      yield pipe.readable;
    }
  }

  hold(): void {
    this.pipe.readers++;
  }

  release(): void {
    if (--this.pipe.readers === 0) this.pipe.writable.notify();
  }
}

class PipeWriter implements Writer, Held {
  readonly isTerminal = false;
  private readonly pipe: Pipe;
  private sincePause = 0;

  constructor(pipe: Pipe) {
    this.pipe = pipe;
  }

  *write(text: string): Task<void> {
    const { pipe } = this;
    if (pipe.readers === 0) throw new BrokenPipe('Broken pipe');
    if (text === '') return;
    pipe.chunks.push(text);
    pipe.size += text.length;
    pipe.readable.notify();
    this.sincePause += text.length + BYTES_PER_WRITE;
    if (this.sincePause >= PAUSE_EVERY_BYTES) {
      this.sincePause = 0;
      yield* sleep(PIPE_PAUSE_MS);
    }
    while (pipe.size > pipe.capacity) {
      if (pipe.readers === 0) throw new BrokenPipe('Broken pipe');
      yield pipe.writable;
    }
  }

  hold(): void {
    this.pipe.writers++;
  }

  release(): void {
    if (--this.pipe.writers === 0) this.pipe.readable.notify();
  }
}

/** A pipe: each end has one holder at first, see {@link hold} and {@link release}. */
export function pipe(capacity = PIPE_CAPACITY): { reader: Reader & Held; writer: Writer & Held } {
  const shared = new Pipe(capacity);
  return { reader: new PipeReader(shared), writer: new PipeWriter(shared) };
}

/** A writer over something that takes text at once; pauses like a device of the given speed. */
export abstract class SinkWriter implements Writer {
  readonly isTerminal: boolean = false;
  protected readonly pauseMs: number = PIPE_PAUSE_MS;
  private sincePause = 0;

  protected abstract accept(text: string): void;

  *write(text: string): Task<void> {
    if (text === '') return;
    this.accept(text);
    this.sincePause += text.length + BYTES_PER_WRITE;
    if (this.sincePause >= PAUSE_EVERY_BYTES) {
      const pauses = Math.floor(this.sincePause / PAUSE_EVERY_BYTES);
      this.sincePause = 0;
      yield* sleep(pauses * this.pauseMs);
    }
  }
}

class NullWriter extends SinkWriter {
  protected accept(): void {}
}

/** `/dev/null` and closed descriptors. */
export function nullWriter(): Writer {
  return new NullWriter();
}

export function emptyReader(): Reader {
  return new TextReader('');
}

const STRING_SINK_LIMIT = 64 * 1024 * 1024;

/** Collects what is written, up to 64 Mi characters; beyond it behaves as a closed pipe. */
export class StringSink extends SinkWriter {
  text = '';

  protected accept(text: string): void {
    if (this.text.length + text.length > STRING_SINK_LIMIT) throw new BrokenPipe('Cannot allocate memory');
    this.text += text;
  }
}

/** Hands each text to a function: a container's log, a test. */
export class CallbackWriter extends SinkWriter {
  private readonly callback: (text: string) => void;

  constructor(callback: (text: string) => void) {
    super();
    this.callback = callback;
  }

  protected accept(text: string): void {
    this.callback(text);
  }
}

/** Appends to a file, as a descriptor opened by `>` (after truncation) or `>>` does. Throws {@link FileError}. */
export class FileWriter extends SinkWriter {
  private readonly files: FileSystem;
  private readonly path: string;

  constructor(files: FileSystem, path: string) {
    super();
    this.files = files;
    this.path = path;
  }

  protected accept(text: string): void {
    this.files.append(this.path, text);
  }
}

/** Opens a file for writing: truncates or keeps it, makes it where it is missing. Throws {@link FileError}. */
export function openForWriting(files: FileSystem, path: string, append: boolean): Writer {
  if (path === '/dev/null') return nullWriter();
  const stat = files.stat(path);
  if (stat?.type === 'directory') throw new FileError('EISDIR', path);
  if (!stat || !append) files.write(path, '');
  return new FileWriter(files, path);
}

/** Opens a file for reading. Throws {@link FileError}. */
export function openForReading(files: FileSystem, path: string): Reader {
  return path === '/dev/zero' ? new ZeroReader() : new FileReader(files.read(path), files.stat(path)!.size);
}

class ZeroReader extends ChunkReader {
  protected *next(): Task<string> {
    yield* sleep(PIPE_PAUSE_MS);
    return '\0'.repeat(PAUSE_EVERY_BYTES);
  }
}
