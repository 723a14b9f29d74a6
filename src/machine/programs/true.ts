import type { Program } from '../program.ts';

export const trueProgram: Program = function* () {
  return 0;
};
