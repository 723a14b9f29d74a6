import type { Program } from '../program.ts';

/** Empties the terminal's screen. */
export const clear: Program = function* ({ stdout }) {
  yield* stdout.write('\x1b[H\x1b[2J\x1b[3J');
  return 0;
};
