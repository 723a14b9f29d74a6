import type { Program } from '../program.ts';

/** The terminal's name. */
export const tty: Program = function* ({ stdin, stdout, args }) {
  if (!args.includes('-s')) yield* stdout.write(stdin.isTerminal ? '/dev/pts/0\n' : 'not a tty\n');
  return stdin.isTerminal ? 0 : 1;
};
