import type { Reader, Writer } from '../program.ts';
import { emptyReader, nullWriter } from '../streams.ts';

/** The open descriptors of a shell or a command. Immutable: redirections make a new one. */
export class Io {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  private readonly others: ReadonlyMap<number, Reader | Writer> | undefined;

  constructor(stdin: Reader, stdout: Writer, stderr: Writer, others?: ReadonlyMap<number, Reader | Writer>) {
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.others = others;
  }

  get(fd: number): Reader | Writer | undefined {
    if (fd === 0) return this.stdin;
    if (fd === 1) return this.stdout;
    if (fd === 2) return this.stderr;
    return this.others?.get(fd);
  }

  with(fd: number, stream: Reader | Writer): Io {
    if (fd === 0) return new Io(isReader(stream) ? stream : emptyReader(), this.stdout, this.stderr, this.others);
    if (fd === 1) return new Io(this.stdin, isReader(stream) ? nullWriter() : stream, this.stderr, this.others);
    if (fd === 2) return new Io(this.stdin, this.stdout, isReader(stream) ? nullWriter() : stream, this.others);
    return new Io(this.stdin, this.stdout, this.stderr, new Map(this.others).set(fd, stream));
  }

  without(fd: number): Io {
    if (fd === 0) return this.with(0, emptyReader());
    if (fd <= 2) return this.with(fd, nullWriter());
    const others = new Map(this.others);
    others.delete(fd);
    return new Io(this.stdin, this.stdout, this.stderr, others);
  }

  /** The lowest descriptor from 10 on that is free, as `{name}>file` takes. */
  free(): number {
    let fd = 10;
    while (this.others?.has(fd)) fd++;
    return fd;
  }
}

export function isReader(stream: Reader | Writer): stream is Reader {
  return 'readLine' in stream;
}
