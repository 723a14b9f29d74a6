import { formatText } from './printf.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'seq [OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST',
  about: 'Print numbers from FIRST to LAST, in steps of INCREMENT.',
  stopsAtOperand: true,
  options: [
    ['-f, --format=FORMAT', 'use printf style floating-point FORMAT'],
    ['-s, --separator=STRING', 'use STRING to separate numbers (default: \\n)'],
    ['-w, --equal-width', 'equalize width by padding with leading zeroes'],
  ],
};

/** Prints numbers in order. */
export const seq: Program = function* (context) {
  // Negative numbers are no options.
  const firstNumber = context.args.findIndex((arg) => /^[-+]?[\d.]/.test(arg));
  const guarded =
    firstNumber < 0
      ? context
      : { ...pickArgs(context), args: [...context.args.slice(0, firstNumber), '--', ...context.args.slice(firstNumber)] };
  const options = yield* parseOptions(guarded, SPEC);
  if (typeof options === 'number') return options;
  const { operands } = options;
  if (operands.length === 0) return yield* wrongUsage(context, SPEC, 'missing operand');
  if (operands.length > 3) return yield* wrongUsage(context, SPEC, `extra operand '${operands[3]}'`);
  for (const operand of operands) {
    if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(operand))
      return yield* wrongUsage(context, SPEC, `invalid floating point argument: '${operand}'`);
  }
  const first = operands.length > 1 ? Number(operands[0]) : 1;
  const step = operands.length > 2 ? Number(operands[1]) : 1;
  const last = Number(operands[operands.length - 1]);
  if (step === 0) return yield* wrongUsage(context, SPEC, `invalid Zero increment value: '${operands[1]}'`);
  const decimals = Math.max(...operands.slice(0, Math.max(1, operands.length - 1)).map((operand) => operand.split('.')[1]?.length ?? 0));
  const format = options.value('f');
  const show = (value: number) => (format === undefined ? value.toFixed(decimals) : formatText(format, [String(value)]));
  const width = options.has('w') ? Math.max(show(first).length, show(last).length) : 0;
  const separator = options.value('s') ?? '\n';
  let text = '';
  let count = 0;
  for (let i = 0; ; i++) {
    const value = first + i * step;
    if (step > 0 ? value > last + 1e-10 : value < last - 1e-10) break;
    const shown = show(value);
    text +=
      (count++ > 0 ? separator : '') + (shown.startsWith('-') ? `-${shown.slice(1).padStart(width - 1, '0')}` : shown.padStart(width, '0'));
    if (text.length > 32_768) {
      yield* context.stdout.write(text);
      text = '';
    }
  }
  if (count > 0) yield* context.stdout.write(`${text}\n`);
  return 0;
};

function pickArgs({ system, kernel, group, name, env, cwd, stdin, stdout, stderr }: Parameters<Program>[0]) {
  return { system, kernel, group, name, env, cwd, stdin, stdout, stderr };
}
