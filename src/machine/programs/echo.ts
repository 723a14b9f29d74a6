import { unescapeText } from './escapes.ts';
import type { Program } from '../program.ts';

/** Prints its arguments. Like the real one it takes what it does not know as text. */
export const echo: Program = function* ({ args, stdout }) {
  let newline = true;
  let escapes = false;
  let at = 0;
  for (; at < args.length && /^-[neE]+$/.test(args[at]!); at++) {
    for (const letter of args[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const joined = at === 0 ? args.join(' ') : args.slice(at).join(' ');
  if (!escapes) {
    yield* stdout.write(newline ? `${joined}\n` : joined);
    return 0;
  }
  const { text, stops } = unescapeText(joined, true);
  yield* stdout.write(newline && !stops ? `${text}\n` : text);
  return 0;
};

/** dash's own: `-n` is the only option, and escapes always count. */
export const plainEcho: Program = function* ({ args, stdout }) {
  const newline = args[0] !== '-n';
  const { text, stops } = unescapeText((newline ? args : args.slice(1)).join(' '), true);
  yield* stdout.write(newline && !stops ? `${text}\n` : text);
  return 0;
};
