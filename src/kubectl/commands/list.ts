import type { Command } from '../command.ts';
import { annotate } from './annotate.ts';
import { apiResources, apiVersions } from './api-resources.ts';
import { apply } from './apply.ts';
import { auth } from './auth.ts';
import { config } from './config.ts';
import { cordon, uncordon } from './cordon.ts';
import { drain } from './drain.ts';
import { events } from './events.ts';
import { taint } from './taint.ts';
import { create } from './create.ts';
import { describe } from './describe.ts';
import { deletion } from './delete.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { logs } from './logs.ts';
import { expose } from './expose.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { run } from './run.ts';
import { rollout } from './rollout.ts';
import { scale } from './scale.ts';
import { set } from './set/set.ts';
import { wait } from './wait.ts';

/** All verbs, in the order of kubectl's own help. */
export const COMMANDS: readonly Command[] = [create, expose, run, set, get, deletion, rollout, scale, cordon, uncordon, drain, taint, describe, logs, auth, events, apply, patch, replace, wait, label, annotate, apiResources, apiVersions, config];
