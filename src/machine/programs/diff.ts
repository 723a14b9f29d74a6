import type { Task } from '../../sim/wait.ts';
import { formatDate } from '../calendar.ts';
import { resolvePath } from '../files.ts';
import { parseOptions, wrongUsage, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'diff [OPTION]... FILES',
  about: 'Compare FILES line by line.',
  wrongUsage: 2,
  options: [
    ['-q, --brief', 'report only when files differ'],
    ['-s, --report-identical-files', 'report when two files are the same'],
    ['-u', 'output 3 lines of unified context'],
    ['-U, --unified=NUM', 'output NUM lines of unified context'],
    ['-r, --recursive', 'recursively compare any subdirectories found'],
    ['-N, --new-file', 'treat absent files as empty'],
    ['-i, --ignore-case', 'ignore case differences in file contents'],
    ['-w, --ignore-all-space', 'ignore all white space'],
    ['-b, --ignore-space-change', 'ignore changes in the amount of white space'],
    ['-B, --ignore-blank-lines', 'ignore changes where lines are all blank'],
    ['--color[=WHEN]', 'color output'],
  ],
};

/** Compares files and directories. */
export const diff: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const [left, right, extra] = options.operands;
  if (left === undefined || right === undefined)
    return yield* wrongUsage(context, SPEC, left === undefined ? "missing operand after 'diff'" : `missing operand after '${left}'`);
  if (extra !== undefined) return yield* wrongUsage(context, SPEC, `extra operand '${extra}'`);
  return yield* compare(context, options, left, right, false);
};

function* compare(context: ProgramContext, options: Parsed, left: string, right: string, titled: boolean): Task<number> {
  const { files } = context.system;
  const stats = [left, right].map((name) => (name === '-' ? undefined : files.stat(resolvePath(context.cwd, name))));
  if (stats[0]?.type === 'directory' && stats[1]?.type === 'directory') return yield* compareDirectories(context, options, left, right);
  if (stats[0]?.type === 'directory') return yield* compare(context, options, `${left}/${right.split('/').pop()}`, right, titled);
  if (stats[1]?.type === 'directory') return yield* compare(context, options, left, `${right}/${left.split('/').pop()}`, titled);
  const texts: string[] = [];
  for (const [i, name] of [left, right].entries()) {
    if (name === '-') texts.push(yield* context.stdin.readAll());
    else if (stats[i]) texts.push(files.read(resolvePath(context.cwd, name)));
    else if (options.has('N')) texts.push('');
    else {
      yield* context.stderr.write(`diff: ${name}: No such file or directory\n`);
      return 2;
    }
  }
  const [a = [], b = []] = texts.map((text): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []);
  const normal = normalizer(options);
  const edits = changes(a.map(normal), b.map(normal));
  if (edits.length === 0) {
    if (options.has('s')) yield* context.stdout.write(`Files ${left} and ${right} are identical\n`);
    return 0;
  }
  if (options.has('q')) {
    yield* context.stdout.write(`Files ${left} and ${right} differ\n`);
    return 1;
  }
  const unified = options.has('u') || options.has('U');
  const head = titled ? `diff ${unified ? '-u ' : ''}${options.has('r') ? '-r ' : ''}${left} ${right}\n` : '';
  const around = Number(options.value('U') ?? 3);
  const time = (i: number) => formatDate('%Y-%m-%d %H:%M:%S.%N +0000', stats[i]?.modifiedMs ?? context.kernel.epochMs());
  const body = unified ? `--- ${left}\t${time(0)}\n+++ ${right}\t${time(1)}\n${unifiedText(a, b, edits, around)}` : normalText(a, b, edits);
  yield* context.stdout.write(head + body);
  return 1;
}

function* compareDirectories(context: ProgramContext, options: Parsed, left: string, right: string): Task<number> {
  const { files } = context.system;
  const path = (name: string) => resolvePath(context.cwd, name);
  const [a, b] = [files.list(path(left)), files.list(path(right))];
  let status = 0;
  for (const name of [...new Set([...a, ...b])].sort()) {
    const inLeft = a.includes(name);
    const inRight = b.includes(name);
    if (inLeft && inRight) {
      const both = [`${left}/${name}`, `${right}/${name}`] as const;
      if (files.stat(path(both[0]))?.type === 'directory' && files.stat(path(both[1]))?.type === 'directory' && !options.has('r')) {
        yield* context.stdout.write(`Common subdirectories: ${both[0]} and ${both[1]}\n`);
      } else status = Math.max(status, yield* compare(context, options, both[0], both[1], true));
    } else if (options.has('N')) status = Math.max(status, yield* compare(context, options, `${left}/${name}`, `${right}/${name}`, true));
    else {
      yield* context.stdout.write(`Only in ${inLeft ? left : right}: ${name}\n`);
      status = 1;
    }
  }
  return status;
}

function normalizer(options: Parsed): (line: string) => string {
  return (line) => {
    let result = line;
    if (options.has('i')) result = result.toLowerCase();
    if (options.has('w')) result = result.replace(/\s+/g, '');
    else if (options.has('b')) result = result.replace(/\s+/g, ' ').trimEnd();
    return result;
  };
}

/** Lines `from` to `to` (exclusive) of one side stand for those of the other. */
interface Edit {
  readonly aFrom: number;
  readonly aTo: number;
  readonly bFrom: number;
  readonly bTo: number;
}

/** The differences between two lists by a longest common subsequence. */
export function changes(a: readonly string[], b: readonly string[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const rows = endA - start;
  const columns = endB - start;
  // Far beyond what anybody compares by eye, the whole middle is one change.
  if (rows * columns > 4_000_000) return [{ aFrom: start, aTo: endA, bFrom: start, bTo: endB }];
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      lengths[i]![j] = a[start + i] === b[start + j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[start + i] === b[start + j]) {
      i++;
      j++;
      continue;
    }
    const from = { a: i, b: j };
    while (i < rows || j < columns) {
      if (i < rows && j < columns && a[start + i] === b[start + j]) break;
      if (j >= columns || (i < rows && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) i++;
      else j++;
    }
    edits.push({ aFrom: start + from.a, aTo: start + i, bFrom: start + from.b, bTo: start + j });
  }
  return edits;
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => (line.endsWith('\n') ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`)).join('');
}

function normalText(a: readonly string[], b: readonly string[], edits: readonly Edit[]): string {
  const span = (from: number, to: number) => (to - from <= 1 ? String(to) : `${from + 1},${to}`);
  return edits
    .map(({ aFrom, aTo, bFrom, bTo }) => {
      const removed = marked('< ', a.slice(aFrom, aTo));
      const added = marked('> ', b.slice(bFrom, bTo));
      if (aFrom === aTo) return `${aFrom}a${span(bFrom, bTo)}\n${added}`;
      if (bFrom === bTo) return `${span(aFrom, aTo)}d${bFrom}\n${removed}`;
      return `${span(aFrom, aTo)}c${span(bFrom, bTo)}\n${removed}---\n${added}`;
    })
    .join('');
}

function unifiedText(a: readonly string[], b: readonly string[], edits: readonly Edit[], around: number): string {
  const groups: Edit[][] = [];
  for (const edit of edits) {
    const last = groups[groups.length - 1];
    if (last && edit.aFrom - last[last.length - 1]!.aTo <= 2 * around) last.push(edit);
    else groups.push([edit]);
  }
  const span = (from: number, to: number) => (to - from === 1 ? String(from + 1) : `${to === from ? from : from + 1},${to - from}`);
  return groups
    .map((group) => {
      const first = group[0]!;
      const last = group[group.length - 1]!;
      const aStart = Math.max(0, first.aFrom - around);
      const aEnd = Math.min(a.length, last.aTo + around);
      const bStart = Math.max(0, first.bFrom - around);
      const bEnd = Math.min(b.length, last.bTo + around);
      let text = `@@ -${span(aStart, aEnd)} +${span(bStart, bEnd)} @@\n`;
      let at = aStart;
      for (const { aFrom, aTo, bFrom, bTo } of group) {
        text += marked(' ', a.slice(at, aFrom)) + marked('-', a.slice(aFrom, aTo)) + marked('+', b.slice(bFrom, bTo));
        at = aTo;
      }
      return text + marked(' ', a.slice(at, aEnd));
    })
    .join('');
}
