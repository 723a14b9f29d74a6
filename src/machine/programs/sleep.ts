import { sleep as wait } from '../../sim/wait.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'sleep NUMBER[SUFFIX]...',
  about:
    "Pause for NUMBER seconds, where NUMBER is an integer or floating-point.\nSUFFIX may be 's','m','h', or 'd', for seconds, minutes, hours, days.",
};

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Waits. */
export const sleep: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  if (options.operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  let totalMs = 0;
  for (const operand of options.operands) {
    const ms = parseDuration(operand);
    if (ms === undefined) return yield* wrongUsage(context, SPEC, `invalid time interval '${operand}'`);
    totalMs += ms;
  }
  // Nothing of this world lasts longer; beyond 2^53 the clock would lose its milliseconds.
  yield* wait(Math.min(totalMs, 1e14));
  return 0;
};

/** Milliseconds of `1.5`, `2m`, `infinity`; undefined if it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (/^inf(inity)?$/i.test(text)) return Infinity;
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2]!]! : undefined;
}
