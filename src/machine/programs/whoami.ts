import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = { usage: 'whoami [OPTION]...', about: 'Print the user name associated with the current effective user ID.' };

/** The user's name. */
export const whoami: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  yield* context.stdout.write(`${context.env.get('USER') ?? 'root'}\n`);
  return 0;
};
