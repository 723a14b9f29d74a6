import { echo } from './echo.ts';
import { falseProgram } from './false.ts';
import { printf } from './printf.ts';
import { test } from './test.ts';
import { trueProgram } from './true.ts';
import { shellProgram } from '../shell/main.ts';
import type { Program } from '../program.ts';

/** Every program that a machine has installed. Images pick from it by name. */
export const MACHINE_PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['[', test],
  ['bash', shellProgram],
  ['echo', echo],
  ['false', falseProgram],
  ['printf', printf],
  ['sh', shellProgram],
  ['test', test],
  ['true', trueProgram],
]);
