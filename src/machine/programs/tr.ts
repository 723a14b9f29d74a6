import { CLOSED } from '../../sim/sync.ts';
import { unescapeText } from './escapes.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'tr [OPTION]... STRING1 [STRING2]',
  about: 'Translate, squeeze, and/or delete characters from standard input,\nwriting to standard output.',
  stopsAtOperand: true,
  options: [
    ['-c, -C, --complement', 'use the complement of STRING1'],
    ['-d, --delete', 'delete characters in STRING1, do not translate'],
    [
      '-s, --squeeze-repeats',
      'replace each sequence of a repeated character that is listed in the last specified STRING, with a single occurrence of that character',
    ],
    ['-t, --truncate-set1', 'first truncate STRING1 to length of STRING2'],
  ],
};

const CLASSES: Readonly<Record<string, (c: string) => boolean>> = {
  alnum: (c) => /[A-Za-z0-9]/.test(c),
  alpha: (c) => /[A-Za-z]/.test(c),
  blank: (c) => c === ' ' || c === '\t',
  cntrl: (c) => /[\x00-\x1f\x7f]/.test(c),
  digit: (c) => /[0-9]/.test(c),
  graph: (c) => /[\x21-\x7e]/.test(c),
  lower: (c) => /[a-z]/.test(c),
  print: (c) => /[\x20-\x7e]/.test(c),
  punct: (c) => /[!-/:-@[-`{-~]/.test(c),
  space: (c) => /\s/.test(c),
  upper: (c) => /[A-Z]/.test(c),
  xdigit: (c) => /[0-9A-Fa-f]/.test(c),
};

/** Replaces, deletes and squeezes characters. */
export const tr: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [first, second, extra] = options.operands;
  const deletes = options.has('d');
  const squeezes = options.has('s');
  if (first === undefined) return yield* wrongUsage(context, SPEC, 'missing operand');
  if (second === undefined && !deletes && !squeezes)
    return yield* wrongUsage(context, SPEC, `missing operand after '${first}'\nTwo strings must be given when translating.`);
  if (extra !== undefined || (deletes && !squeezes && second !== undefined))
    return yield* wrongUsage(context, SPEC, `extra operand '${extra ?? second}'`);
  const from = expandSet(first);
  const to = second === undefined ? undefined : expandSet(second);
  const members = new Set(from);
  const inFirst = (c: string) => members.has(c) !== options.has('c');
  const table = new Map<string, string>();
  if (to && !deletes) from.forEach((c, i) => table.set(c, to[Math.min(i, to.length - 1)] ?? c));
  const translate = (c: string): string => {
    if (!to || deletes) return c;
    if (options.has('c')) return inFirst(c) ? (to[to.length - 1] ?? c) : c;
    return table.get(c) ?? c;
  };
  const squeezed = to ? new Set(to) : members;
  const canSqueeze = (c: string) => squeezes && (to ? squeezed.has(c) : inFirst(c));
  let last = '';
  for (let chunk = yield* context.stdin.read(); chunk !== CLOSED; chunk = yield* context.stdin.read()) {
    let text = '';
    for (const c of chunk) {
      if (deletes && inFirst(c)) continue;
      const next = translate(c);
      if (next === last && canSqueeze(next)) continue;
      last = next;
      text += next;
    }
    yield* context.stdout.write(text);
  }
  return 0;
};

function expandSet(source: string): string[] {
  const result: string[] = [];
  for (let i = 0; i < source.length;) {
    const named = /^\[:([a-z]+):\]/.exec(source.slice(i));
    const members = named && CLASSES[named[1]!];
    if (members) {
      for (let code = 0; code < 128; code++) if (members(String.fromCharCode(code))) result.push(String.fromCharCode(code));
      i += named[0].length;
      continue;
    }
    const repeat = /^\[(.)\*(\d*)\]/.exec(source.slice(i));
    if (repeat) {
      for (let count = Number(repeat[2] || 1); count > 0; count--) result.push(repeat[1]!);
      i += repeat[0].length;
      continue;
    }
    const start = characterAt(source, i);
    if (source[start.end] === '-' && start.end + 1 < source.length) {
      const end = characterAt(source, start.end + 1);
      for (let code = start.text.codePointAt(0)!; code <= end.text.codePointAt(0)!; code++) result.push(String.fromCodePoint(code));
      i = end.end;
    } else {
      result.push(start.text);
      i = start.end;
    }
  }
  return result;
}

function characterAt(source: string, at: number): { text: string; end: number } {
  const match = /^\\([0-7]{1,3}|.)/s.exec(source.slice(at));
  if (!match) {
    const text = String.fromCodePoint(source.codePointAt(at)!);
    return { text, end: at + text.length };
  }
  const { text } = unescapeText(match[0], false);
  return { text: text.startsWith('\\') && text.length > 1 ? text.slice(1) : text, end: at + match[0].length };
}
