import { CLOSED } from '../../sim/sync.ts';
import { openOperand } from './input.ts';
import type { Program } from '../program.ts';

/** Pagers print everything: the page's own terminal scrolls back. */
export const less: Program = function* (context) {
  const operands = context.args.filter((arg) => !/^[-+]./.test(arg));
  if (operands.length === 0 && context.stdin.isTerminal) {
    yield* context.stderr.write(`Missing filename ("${context.name} --help" for help)\n`);
    return 1;
  }
  let status = 0;
  for (const name of operands.length > 0 ? operands : ['-']) {
    const reader = yield* openOperand(context, name);
    if (!reader) {
      status = 1;
      continue;
    }
    for (let chunk = yield* reader.read(); chunk !== CLOSED; chunk = yield* reader.read()) yield* context.stdout.write(chunk);
  }
  return status;
};
