import type { Program } from '../program.ts';

/** How many processors there are. */
export const nproc: Program = function* ({ system, stdout }) {
  yield* stdout.write(`${(system.network as { cpu?: number }).cpu ?? 4}\n`);
  return 0;
};
