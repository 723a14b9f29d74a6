import { linesOf, readOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'comm [OPTION]... FILE1 FILE2',
  about: 'Compare sorted files FILE1 and FILE2 line by line.',
  options: [
    ['-1', 'suppress column 1 (lines unique to FILE1)'],
    ['-2', 'suppress column 2 (lines unique to FILE2)'],
    ['-3', 'suppress column 3 (lines that appear in both files)'],
  ],
};

/** Lines that one, the other or both of two sorted files have. */
export const comm: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [first, second] = options.operands;
  if (first === undefined || second === undefined)
    return yield* wrongUsage(context, SPEC, first === undefined ? 'missing operand' : `missing operand after '${first}'`);
  const left = yield* readOperand(context, first);
  const right = yield* readOperand(context, second);
  if (left === undefined || right === undefined) return 1;
  const [a, b] = [linesOf(left), linesOf(right)];
  const column = ['1', '2', '3'].map((key) => !options.has(key));
  const indent = ['', column[0] ? '\t' : '', (column[0] ? '\t' : '') + (column[1] ? '\t' : '')];
  let text = '';
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const which = j >= b.length || (i < a.length && a[i]! < b[j]!) ? 0 : i >= a.length || b[j]! < a[i]! ? 1 : 2;
    if (column[which]) text += `${indent[which]}${which === 1 ? b[j] : a[i]}\n`;
    if (which !== 1) i++;
    if (which !== 0) j++;
  }
  yield* context.stdout.write(text);
  return 0;
};
