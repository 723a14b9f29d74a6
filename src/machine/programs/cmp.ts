import { readOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'cmp [OPTION]... FILE1 [FILE2]',
  about: 'Compare two files byte by byte.',
  wrongUsage: 2,
  options: [['-s, --quiet, --silent', 'suppress all normal output']],
};

/** Tells where two files begin to differ. */
export const cmp: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [first, second = '-'] = options.operands;
  if (first === undefined) return yield* wrongUsage(context, SPEC, "missing operand after 'cmp'");
  const a = yield* readOperand(context, first);
  const b = a === undefined ? undefined : yield* readOperand(context, second);
  if (a === undefined || b === undefined) return 2;
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  if (options.has('s')) return 1;
  const line = a.slice(0, at).split('\n').length;
  if (at === a.length || at === b.length)
    yield* context.stderr.write(
      `cmp: EOF on ${at === a.length ? first : second} after byte ${at}, ${a.slice(0, at).endsWith('\n') ? `line ${line - 1}` : `in line ${line}`}\n`,
    );
  else yield* context.stdout.write(`${first} ${second} differ: char ${at + 1}, line ${line}\n`);
  return 1;
};
