import type { Program } from '../program.ts';

/** Prints a line for ever. */
export const yes: Program = function* ({ args, stdout }) {
  const line = `${args.length > 0 ? args.join(' ') : 'y'}\n`;
  const block = line.repeat(Math.max(1, Math.floor(8_192 / line.length)));
  for (;;) yield* stdout.write(block);
};
