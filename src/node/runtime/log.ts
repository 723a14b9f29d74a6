import { rfc3339 } from '../../base/time.ts';
import { Condition } from '../../sim/sync.ts';

/** What a container's log keeps before its oldest lines go, as rotation does. */
const MOST_CHARACTERS = 1024 * 1024;

export interface LogOptions {
  /** Only the last so many lines. */
  readonly tailLines?: number;
  /** Only lines written at or after this instant. */
  readonly sinceEpochMs?: number;
  /** Each line begins with its instant. */
  readonly timestamps?: boolean;
  /** Cut after so many bytes (characters). */
  readonly limitBytes?: number;
}

const NOTHING: string[] = [];

function listOf<T extends string | number>(few: T | T[]): T[] {
  return Array.isArray(few) ? few : [few];
}

/** What a container has written. Texts of several lines written at once are kept as they are, and may be shared. */
export class ContainerLog {
  /* Many containers write once, at their start: that is then kept without a list around it. */
  private texts: string | string[] = NOTHING;
  private times: number | number[] = 0;
  private characters = 0;
  /** How many texts have been dropped from the front. */
  private dropped = 0;
  /** A line whose end has not come yet. */
  private partial = '';
  private changed: Condition | undefined;
  closed = false;

  /** Adds lines without the last newline. */
  add(text: string, epochMs: number): void {
    if (this.texts === NOTHING) {
      this.texts = text;
      this.times = epochMs;
    } else {
      this.texts = listOf(this.texts);
      this.times = listOf(this.times);
      this.texts.push(text);
      this.times.push(epochMs);
    }
    this.characters += text.length;
    if (this.characters > MOST_CHARACTERS) this.dropOldest();
    this.changed?.notify();
  }

  /** Adds whatever a program wrote; lines count once their newline has come. */
  write(chunk: string, epochMs: number): void {
    const text = this.partial + chunk;
    const end = text.lastIndexOf('\n');
    this.partial = text.slice(end + 1);
    if (end >= 0) this.add(text.slice(0, end), epochMs);
  }

  /** At the container's end: what is left without a newline becomes a line; followers are told. */
  close(epochMs: number): void {
    if (this.partial !== '') this.add(this.partial, epochMs);
    this.partial = '';
    this.closed = true;
    this.changed?.notify();
  }

  /** The position after everything written so far, for {@link since}. */
  get end(): number {
    return this.dropped + (typeof this.texts === 'string' ? 1 : this.texts.length);
  }

  /** Everything, as `kubectl logs` prints it: each line with its newline. */
  read(options: LogOptions = {}): string {
    return this.format(this.firstOf(options), options);
  }

  /** What came after a position, for followers. */
  since(position: number, options: LogOptions = {}): string {
    return this.format(Math.max(0, position - this.dropped), { timestamps: options.timestamps });
  }

  /** To wait for more. */
  get change(): Condition {
    return (this.changed ??= new Condition());
  }

  private firstOf({ sinceEpochMs }: LogOptions): number {
    if (sinceEpochMs === undefined) return 0;
    let low = 0;
    const times = listOf(this.times);
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle]! < sinceEpochMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private format(first: number, { tailLines, timestamps, limitBytes }: LogOptions): string {
    if (tailLines !== undefined && tailLines <= 0) return '';
    let lines: string[] = [];
    const texts = listOf(this.texts);
    const times = listOf(this.times);
    for (let i = texts.length - 1; i >= first; i--) {
      const block = texts[i]!.split('\n');
      const stamp = timestamps ? `${stampOf(times[i]!)} ` : '';
      for (let n = block.length - 1; n >= 0; n--) lines.push(stamp + block[n]!);
      if (tailLines !== undefined && lines.length >= tailLines) {
        lines = lines.slice(0, tailLines);
        break;
      }
    }
    if (lines.length === 0) return '';
    const text = `${lines.reverse().join('\n')}\n`;
    return limitBytes === undefined ? text : text.slice(0, limitBytes);
  }

  private dropOldest(): void {
    let count = 0;
    const texts = listOf(this.texts);
    while (this.characters > MOST_CHARACTERS * 0.75 && count < texts.length - 1) this.characters -= texts[count++]!.length;
    this.texts = texts.slice(count);
    this.times = listOf(this.times).slice(count);
    this.dropped += count;
  }
}

/** `2026-01-31T12:00:00.123000000Z`. */
function stampOf(epochMs: number): string {
  const millis = Math.floor(epochMs - Math.floor(epochMs / 1000) * 1000);
  return `${rfc3339(epochMs).slice(0, 19)}.${String(millis).padStart(3, '0')}000000Z`;
}
