import { CLOSED } from '../../sim/sync.ts';
import type { Task } from '../../sim/wait.ts';
import { FileError, resolvePath } from '../files.ts';
import { openForReading } from '../streams.ts';
import { isBusybox } from './options.ts';
import type { ProgramContext, Reader } from '../program.ts';

/** Opens an operand (`-` is standard input); prints `name: file: reason` and answers undefined if it cannot be read. */
export function* openOperand(
  context: ProgramContext,
  name: string,
  style: 'plain' | 'silent' | 'cannot open' = 'plain',
): Task<Reader | undefined> {
  if (name === '-') return context.stdin;
  try {
    return openForReading(context.system.files, resolvePath(context.cwd, name));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const what = style === 'cannot open' && !isBusybox(context.system) ? `cannot open '${name}' for reading` : name;
    if (style !== 'silent') yield* context.stderr.write(`${context.name}: ${what}: ${error.message}\n`);
    return undefined;
  }
}

/** The whole text of an operand, or undefined after a message. */
export function* readOperand(context: ProgramContext, name: string): Task<string | undefined> {
  const reader = yield* openOperand(context, name);
  return reader && (yield* reader.readAll());
}

/** The whole text of all operands, standard input if there are none. `failed`: at least one could not be read. */
export function* readOperands(context: ProgramContext, names: readonly string[]): Task<{ text: string; failed: boolean }> {
  if (names.length === 0) return { text: yield* context.stdin.readAll(), failed: false };
  let text = '';
  let failed = false;
  for (const name of names) {
    const more = yield* readOperand(context, name);
    if (more === undefined) failed = true;
    else text += more;
  }
  return { text, failed };
}

/** Cuts a stream into lines, as many at a time as are there. */
export class LineBatches {
  private readonly reader: Reader;
  private rest = '';
  /** After the end: the last line had no newline. */
  unfinished = false;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  /** The next complete lines without their newlines; undefined at the end. */
  *next(): Task<string[] | undefined> {
    for (;;) {
      const chunk = yield* this.reader.read();
      if (chunk === CLOSED) {
        if (this.rest === '') return undefined;
        const last = this.rest;
        this.rest = '';
        this.unfinished = true;
        return [last];
      }
      const text = this.rest === '' ? chunk : this.rest + chunk;
      const cut = text.lastIndexOf('\n');
      if (cut < 0) {
        this.rest = text;
        continue;
      }
      this.rest = text.slice(cut + 1);
      return text.slice(0, cut).split('\n');
    }
  }
}

/** Lines of a text; a newline at the end makes no empty line. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines[lines.length - 1] === '') lines.pop();
  return lines;
}
