import { LineBatches, openOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'cut OPTION... [FILE]...',
  about: 'Print selected parts of lines from each FILE to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  options: [
    ['-b, --bytes=LIST', 'select only these bytes'],
    ['-c, --characters=LIST', 'select only these characters'],
    ['-d, --delimiter=DELIM', 'use DELIM instead of TAB for field delimiter'],
    ['-f, --fields=LIST', 'select only these fields'],
    ['-s, --only-delimited', 'do not print lines not containing delimiters'],
    ['--complement', 'complement the set of selected bytes, characters or fields'],
    ['--output-delimiter=STRING', 'use STRING as the output delimiter'],
  ],
};

type Range = readonly [from: number, to: number];

/** Prints chosen columns or fields of lines. */
export const cut: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const kinds = ['b', 'c', 'f'].filter((key) => options.has(key));
  if (kinds.length !== 1)
    return yield* wrongUsage(
      context,
      SPEC,
      kinds.length === 0 ? 'you must specify a list of bytes, characters, or fields' : 'only one list may be specified',
    );
  const delimiter = options.value('d') ?? '\t';
  if (delimiter.length > 1) return yield* wrongUsage(context, SPEC, 'the delimiter must be a single character');
  const byField = kinds[0] === 'f';
  const ranges = parseRanges(options.value(kinds[0]!)!);
  if (typeof ranges === 'string')
    return yield* wrongUsage(context, SPEC, byField ? ranges.replace('byte/character positions', 'fields') : ranges);
  const complement = options.has('complement');
  const chosen = (position: number) => ranges.some(([from, to]) => position >= from && position <= to) !== complement;
  const join = options.value('output-delimiter') ?? (byField ? delimiter : '');
  const change = (line: string): string | undefined => {
    if (!byField) return [...line].filter((_, i) => chosen(i + 1)).join(join);
    if (!line.includes(delimiter)) return options.has('s') ? undefined : line;
    return line
      .split(delimiter)
      .filter((_, i) => chosen(i + 1))
      .join(join);
  };
  let status = 0;
  for (const name of options.operands.length > 0 ? options.operands : ['-']) {
    const reader = yield* openOperand(context, name);
    if (!reader) {
      status = 1;
      continue;
    }
    const batches = new LineBatches(reader);
    for (let lines = yield* batches.next(); lines; lines = yield* batches.next()) {
      let text = '';
      for (const line of lines) {
        const changed = change(line);
        if (changed !== undefined) text += `${changed}\n`;
      }
      yield* context.stdout.write(text);
    }
  }
  return status;
};

function parseRanges(list: string): Range[] | string {
  const ranges: Range[] = [];
  for (const part of list.split(/[,\s]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === '' || part === '-')
      return part === '-'
        ? 'invalid range with no endpoint: -'
        : `invalid byte/character positions value '${part}'`.replace('positions value', 'positions');
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Infinity : Number(match[3]);
    if (from === 0 || to === 0) return 'byte/character positions are numbered from 1';
    if (to < from) return 'invalid decreasing range';
    ranges.push([from, to]);
  }
  return ranges;
}
