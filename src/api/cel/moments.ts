import { parse } from '@marcbachmann/cel-js';

/*
 * Points and spans of time are values of the library's own, which its expressions make.
 */

const timestamp = parse('timestamp(text)');
const duration = parse('duration(text)');

/** A point in time of a text as RFC 3339 has it; the text itself if the library cannot read it. */
export function timestampOf(text: string): unknown {
  return read(timestamp, text);
}

/** A span of time of a text such as `1h30m`. */
export function durationOf(text: string): unknown {
  return read(duration, text);
}

function read(expression: (context: Record<string, unknown>) => unknown, text: string): unknown {
  try {
    return expression({ text });
  } catch {
    return text;
  }
}
