import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'dirname [OPTION] NAME...',
  about:
    "Output each NAME with its last non-slash component and trailing slashes\nremoved; if NAME contains no /'s, output '.' (meaning the current directory).",
  options: [['-z, --zero', 'end each output line with NUL, not newline']],
};

/** A path without its last part. */
export const dirname: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  for (const name of options.operands) {
    const trimmed = name.replace(/\/+$/, '');
    const cut = trimmed.lastIndexOf('/');
    const directory = trimmed === '' ? (name === '' ? '.' : '/') : cut < 0 ? '.' : trimmed.slice(0, cut).replace(/\/+$/, '') || '/';
    yield* context.stdout.write(directory + (options.has('z') ? '\0' : '\n'));
  }
  return 0;
};
