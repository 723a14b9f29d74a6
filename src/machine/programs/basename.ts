import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'basename NAME [SUFFIX]\n  or:  basename OPTION... NAME...',
  about: 'Print NAME with any leading directory components removed.\nIf specified, also remove a trailing SUFFIX.',
  options: [
    ['-a, --multiple', 'support multiple arguments and treat each as a NAME'],
    ['-s, --suffix=SUFFIX', 'remove a trailing SUFFIX; implies -a'],
    ['-z, --zero', 'end each output line with NUL, not newline'],
  ],
};

/** The last part of a path. */
export const basename: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const { operands } = options;
  if (operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  const many = options.has('a') || options.has('s');
  if (!many && operands.length > 2) return yield* wrongUsage(context, SPEC, `extra operand '${operands[2]}'`);
  const suffix = many ? (options.value('s') ?? '') : (operands[1] ?? '');
  for (const name of many ? operands : operands.slice(0, 1)) {
    const trimmed = name.replace(/(.)\/+$/, '$1');
    const base = trimmed === '/' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
    const short = suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
    yield* context.stdout.write(short + (options.has('z') ? '\0' : '\n'));
  }
  return 0;
};
