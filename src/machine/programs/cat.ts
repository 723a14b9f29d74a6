import { CLOSED } from '../../sim/sync.ts';
import { openOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'cat [OPTION]... [FILE]...',
  about: 'Concatenate FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  options: [
    ['-A, --show-all', 'equivalent to -vET'],
    ['-b, --number-nonblank', 'number nonempty output lines, overrides -n'],
    ['-e', 'equivalent to -vE'],
    ['-E, --show-ends', 'display $ at end of each line'],
    ['-n, --number', 'number all output lines'],
    ['-s, --squeeze-blank', 'suppress repeated empty output lines'],
    ['-t', 'equivalent to -vT'],
    ['-T, --show-tabs', 'display TAB characters as ^I'],
    ['-u', '(ignored)'],
    ['-v, --show-nonprinting', 'use ^ and M- notation, except for LFD and TAB'],
  ],
};

/** Copies its inputs to standard output. */
export const cat: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const has = (...keys: string[]) => keys.some((key) => options.has(key));
  const marks = {
    ends: has('A', 'e', 'E'),
    tabs: has('A', 't', 'T'),
    controls: has('A', 'e', 't', 'v'),
    numbers: has('b') ? 'filled' : has('n') ? 'all' : undefined,
    squeeze: has('s'),
  } as const;
  const plain = !marks.ends && !marks.tabs && !marks.controls && !marks.numbers && !marks.squeeze;
  const decorate = plain ? undefined : decorator(marks);
  let status = 0;
  for (const name of options.operands.length > 0 ? options.operands : ['-']) {
    const reader = yield* openOperand(context, name);
    if (!reader) {
      status = 1;
      continue;
    }
    for (let chunk = yield* reader.read(); chunk !== CLOSED; chunk = yield* reader.read()) {
      yield* context.stdout.write(decorate ? decorate(chunk) : chunk);
    }
  }
  return status;
};

interface Marks {
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly controls: boolean;
  readonly numbers: 'all' | 'filled' | undefined;
  readonly squeeze: boolean;
}

function decorator(marks: Marks): (text: string) => string {
  let number = 0;
  let atStart = true;
  let blanks = 0;
  return (text) => {
    let result = '';
    for (const piece of text.match(/[^\n]*\n|[^\n]+/g) ?? []) {
      const blank = atStart && piece === '\n';
      blanks = blank ? blanks + 1 : 0;
      if (marks.squeeze && blanks > 1) continue;
      if (atStart && (marks.numbers === 'all' || (marks.numbers === 'filled' && !blank))) result += `${String(++number).padStart(6)}\t`;
      let line = piece.replace(/\n$/, '');
      if (marks.controls)
        line = line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (c) => (c === '\x7f' ? '^?' : `^${String.fromCharCode(c.charCodeAt(0) + 64)}`));
      if (marks.tabs) line = line.replace(/\t/g, '^I');
      atStart = piece.endsWith('\n');
      result += line + (atStart ? (marks.ends ? '$\n' : '\n') : '');
    }
    return result;
  };
}
