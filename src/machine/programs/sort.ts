import type { Task } from '../../sim/wait.ts';
import { resolvePath } from '../files.ts';
import { linesOf, readOperand } from './input.ts';
import { parseOptions, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'sort [OPTION]... [FILE]...',
  about: 'Write sorted concatenation of all FILE(s) to standard output.\n\nWith no FILE, or when FILE is -, read standard input.',
  wrongUsage: 2,
  options: [
    ['-b, --ignore-leading-blanks', 'ignore leading blanks'],
    ['-d, --dictionary-order', 'consider only blanks and alphanumeric characters'],
    ['-f, --ignore-case', 'fold lower case to upper case characters'],
    ['-g, --general-numeric-sort', 'compare according to general numerical value'],
    ['-h, --human-numeric-sort', 'compare human readable numbers (e.g., 2K 1G)'],
    ['-M, --month-sort', "compare (unknown) < 'JAN' < ... < 'DEC'"],
    ['-n, --numeric-sort', 'compare according to string numerical value'],
    ['-r, --reverse', 'reverse the result of comparisons'],
    ['-V, --version-sort', 'natural sort of (version) numbers within text'],
    ['-c, --check', 'check for sorted input; do not sort'],
    ['-k, --key=KEYDEF', 'sort via a key; KEYDEF gives location and type'],
    ['-o, --output=FILE', 'write result to FILE instead of standard output'],
    ['-s, --stable', 'stabilize sort by disabling last-resort comparison'],
    ['-t, --field-separator=SEP', 'use SEP instead of non-blank to blank transition'],
    ['-u, --unique', 'output only the first of lines with equal keys'],
  ],
};

interface Key {
  readonly fromField: number;
  readonly fromCharacter: number;
  readonly toField: number;
  readonly toCharacter: number;
  readonly flags: string;
}

/** Sorts lines by the bytes of their text (the C locale), or by keys. */
export const sort: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const global = ['b', 'd', 'f', 'g', 'h', 'M', 'n', 'r', 'V'].filter((flag) => options.has(flag)).join('');
  const keys: Key[] = [];
  for (const definition of options.values('k')) {
    const key = parseKey(definition, global);
    if (!key) {
      yield* context.stderr.write(`sort: invalid number at field start: invalid count at start of '${definition}'\n`);
      return 2;
    }
    keys.push(key);
  }
  const separator = options.value('t') === '\\0' ? '\0' : options.value('t');
  if (separator !== undefined && separator.length !== 1) {
    yield* context.stderr.write(separator === '' ? 'sort: empty tab\n' : `sort: multi-character tab '${separator}'\n`);
    return 2;
  }
  let lines: string[] = [];
  for (const name of options.operands.length > 0 ? options.operands : ['-']) {
    const text = yield* readSortOperand(context, name);
    if (text === undefined) return 2;
    lines = lines.length === 0 ? linesOf(text) : lines.concat(linesOf(text));
  }
  const compare = comparator(keys, global, separator);
  return yield* finish(context, options, lines, compare, global.includes('r'), keys.length > 0 || /[dfghMnV]/.test(global));
};

function* readSortOperand(context: ProgramContext, name: string): Task<string | undefined> {
  if (name !== '-' && !context.system.files.stat(resolvePath(context.cwd, name))) {
    yield* context.stderr.write(`sort: cannot read: ${name}: No such file or directory\n`);
    return undefined;
  }
  return yield* readOperand(context, name);
}

type Compare = (a: string, b: string) => number;

function* finish(
  context: ProgramContext,
  options: Parsed,
  lines: string[],
  compare: Compare,
  reverse: boolean,
  hasKeys: boolean,
): Task<number> {
  const lastResort = !options.has('s') && !options.has('u') && hasKeys;
  const full: Compare = lastResort ? (a, b) => compare(a, b) || (reverse ? byText(b, a) : byText(a, b)) : compare;
  if (options.has('c')) {
    const at = lines.findIndex((line, i) => i > 0 && (options.has('u') ? full(lines[i - 1]!, line) >= 0 : full(lines[i - 1]!, line) > 0));
    if (at < 0) return 0;
    yield* context.stderr.write(`sort: ${options.operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at]}\n`);
    return 1;
  }
  lines.sort(full);
  if (options.has('u')) lines = lines.filter((line, i) => i === 0 || compare(lines[i - 1]!, line) !== 0);
  const text = lines.length > 0 ? `${lines.join('\n')}\n` : '';
  const output = options.value('o');
  if (output !== undefined) context.system.files.write(resolvePath(context.cwd, output), text);
  else yield* context.stdout.write(text);
  return 0;
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parseKey(definition: string, global: string): Key | undefined {
  const match = /^(\d+)(?:\.(\d+))?([bdfghMnrVi]*)(?:,(\d+)(?:\.(\d+))?([bdfghMnrVi]*))?$/.exec(definition);
  if (!match || match[1] === '0') return undefined;
  const flags = (match[3] ?? '') + (match[6] ?? '');
  return {
    fromField: Number(match[1]) - 1,
    fromCharacter: Number(match[2] ?? 1) - 1,
    toField: match[4] === undefined ? Infinity : Number(match[4]) - 1,
    toCharacter: Number(match[5] ?? 0),
    flags: flags === '' ? global : flags,
  };
}

function comparator(keys: readonly Key[], global: string, separator: string | undefined): Compare {
  if (keys.length === 0) return typedCompare(global);
  const parts = keys.map((key) => ({ key, compare: typedCompare(key.flags) }));
  return (a, b) => {
    for (const { key, compare } of parts) {
      const order = compare(extract(a, key, separator), extract(b, key, separator));
      if (order !== 0) return order;
    }
    return 0;
  };
}

function extract(line: string, key: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+|\s+$/g) ?? []) : line.split(separator);
  const join = separator ?? '';
  const skip = (field: string | undefined) =>
    key.flags.includes('b') && field !== undefined ? field.length - field.trimStart().length : 0;
  const first = fields[key.fromField];
  if (first === undefined) return '';
  const start = key.fromCharacter + skip(first);
  if (key.toField === Infinity) return fields.slice(key.fromField).join(join).slice(start);
  const whole = fields.slice(key.fromField, key.toField + 1);
  if (key.toCharacter > 0 && fields[key.toField] !== undefined)
    whole[whole.length - 1] = whole[whole.length - 1]!.slice(0, key.toCharacter + skip(fields[key.toField]));
  return whole.join(join).slice(start);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

function typedCompare(flags: string): Compare {
  const sign = flags.includes('r') ? -1 : 1;
  const number = flags.includes('n')
    ? leadingNumber
    : flags.includes('g')
      ? (text: string) => parseFloat(text) || 0
      : flags.includes('h')
        ? humanNumber
        : flags.includes('M')
          ? monthNumber
          : undefined;
  if (number) return (a, b) => sign * (number(a) - number(b));
  if (flags.includes('V')) return (a, b) => sign * versionOrder(a, b);
  if (/[bdf]/.test(flags)) {
    const normal = (text: string): string => {
      let result = flags.includes('b') ? text.trimStart() : text;
      if (flags.includes('d')) result = result.replace(/[^A-Za-z0-9\s]/g, '');
      return flags.includes('f') ? result.toUpperCase() : result;
    };
    return (a, b) => sign * byText(normal(a), normal(b));
  }
  return (a, b) => sign * byText(a, b);
}

function leadingNumber(text: string): number {
  const match = /^\s*(-?\d*\.?\d*)/.exec(text)![1]!;
  return Number(match) || 0;
}

function humanNumber(text: string): number {
  const match = /^\s*(-?\d*\.?\d*)([KMGTPEZY]?)/i.exec(text)!;
  return (Number(match[1]) || 0) * 1024 ** (match[2] ? 'KMGTPEZY'.indexOf(match[2].toUpperCase()) + 1 : 0);
}

function monthNumber(text: string): number {
  return MONTHS.indexOf(text.trim().slice(0, 3).toLowerCase());
}

function versionOrder(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]];
    if (x === y) continue;
    return /^\d/.test(x) && /^\d/.test(y) && Number(x) !== Number(y) ? Number(x) - Number(y) : byText(x, y);
  }
  return 0;
}
