import { linesOf, readOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'shuf [OPTION]... [FILE]\n  or:  shuf -e [OPTION]... [ARG]...\n  or:  shuf -i LO-HI [OPTION]...',
  about: 'Write a random permutation of the input lines to standard output.',
  options: [
    ['-e, --echo', 'treat each ARG as an input line'],
    ['-i, --input-range=LO-HI', 'treat each number LO through HI as an input line'],
    ['-n, --head-count=COUNT', 'output at most COUNT lines'],
    ['-r, --repeat', 'output lines can be repeated'],
  ],
};

/** Shuffles lines, by the cluster's own randomness. */
export const shuf: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  let lines: readonly string[];
  const range = options.value('i');
  if (range !== undefined) {
    const match = /^(\d+)-(\d+)$/.exec(range);
    if (!match || Number(match[2]) - Number(match[1]) > 1_000_000) {
      yield* context.stderr.write(`shuf: invalid input range: '${range}'\n`);
      return 1;
    }
    lines = Array.from({ length: Math.max(0, Number(match[2]) - Number(match[1]) + 1) }, (_, i) => String(Number(match[1]) + i));
  } else if (options.has('e')) lines = options.operands;
  else {
    const text = yield* readOperand(context, options.operands[0] ?? '-');
    if (text === undefined) return 1;
    lines = linesOf(text);
  }
  const rng = context.kernel.rng.fork(`shuf ${context.system.network.name} ${context.kernel.events}`);
  const count = options.has('n') ? Number(options.value('n')) : Infinity;
  const chosen = options.has('r')
    ? Array.from({ length: count === Infinity ? lines.length : count }, () => rng.pick(lines))
    : rng.shuffle(lines).slice(0, count);
  yield* context.stdout.write(chosen.map((line) => `${line}\n`).join(''));
  return 0;
};
