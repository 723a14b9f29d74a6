import { echo } from '../../programs/echo.ts';
import { falseProgram } from '../../programs/false.ts';
import { printf } from '../../programs/printf.ts';
import { test } from '../../programs/test.ts';
import { trueProgram } from '../../programs/true.ts';
import { COMMAND_NAMES } from './names-of-commands.ts';
import { DIRECTORIES } from './directories.ts';
import { FLOW } from './flow.ts';
import { JOB_CONTROL } from './jobs.ts';
import { OPTIONS } from './options.ts';
import { READING } from './read.ts';
import { VARIABLES } from './variables.ts';
import type { Program } from '../../program.ts';
import type { Builtin } from './builtin.ts';

/** Commands that change the shell itself. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({ ...FLOW, ...DIRECTORIES, ...VARIABLES, ...OPTIONS, ...READING, ...JOB_CONTROL, ...COMMAND_NAMES }),
);

/** Programs that a shell carries inside, so that they cost no process. */
export const INTERNAL_PROGRAMS: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['echo', echo],
  ['printf', printf],
  ['test', test],
  ['[', test],
  ['true', trueProgram],
  ['false', falseProgram],
]);

/** Builtins whose assignments among the arguments are taken whole. */
export const DECLARATIONS: ReadonlySet<string> = new Set(['export', 'readonly', 'declare', 'typeset', 'local', 'alias']);
