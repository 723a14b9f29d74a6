import { hardwareOf } from './hardware.ts';
import type { Program } from '../program.ts';

/** How many processors there are. */
export const nproc: Program = function* ({ system, stdout }) {
  yield* stdout.write(`${hardwareOf(system).cpu}\n`);
  return 0;
};
