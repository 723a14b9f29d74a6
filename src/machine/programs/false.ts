import type { Program } from '../program.ts';

export const falseProgram: Program = function* () {
  return 1;
};
