import type { Command } from '../command.ts';
import { apply } from './apply.ts';
import { create } from './create.ts';
import { deletion } from './delete.ts';
import { get } from './get.ts';

/** All verbs, in the order of kubectl's own help. */
export const COMMANDS: readonly Command[] = [create, get, deletion, apply];
