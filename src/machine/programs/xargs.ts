import type { Task } from '../../sim/wait.ts';
import { runArguments } from '../exec.ts';
import { emptyReader } from '../streams.ts';
import { linesOf, readOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'xargs [OPTION]... COMMAND [INITIAL-ARGS]...',
  about: 'Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.',
  stopsAtOperand: true,
  options: [
    ['-0, --null', 'items are separated by a null, not whitespace'],
    ['-a, --arg-file=FILE', 'read arguments from FILE, not standard input'],
    ['-d, --delimiter=CHARACTER', 'items in input stream are separated by CHARACTER'],
    ['-I, --replace=R', 'replace R in INITIAL-ARGS with names read from standard input'],
    ['-L, --max-lines=MAX-LINES', 'use at most MAX-LINES non-blank input lines per command line'],
    ['-n, --max-args=MAX-ARGS', 'use at most MAX-ARGS arguments per command line'],
    ['-P, --max-procs=MAX-PROCS', 'run at most MAX-PROCS processes at a time'],
    ['-r, --no-run-if-empty', 'if there are no arguments, then do not run COMMAND'],
    ['-t, --verbose', 'print commands before executing them'],
  ],
};

/** Makes arguments of its input. */
export const xargs: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const text = yield* readOperand(context, options.value('a') ?? '-');
  if (text === undefined) return 1;
  for (const key of ['n', 'L', 'P']) {
    const value = options.value(key);
    if (value !== undefined && !/^\d+$/.test(value))
      return yield* wrongUsage(context, SPEC, `invalid number "${value}" for -${key} option`);
  }
  const command = options.operands.length > 0 ? options.operands : ['echo'];
  const replaced = options.value('I');
  const separator = options.has('0') ? '\0' : options.value('d')?.replace('\\n', '\n').replace('\\t', '\t');
  const items =
    separator !== undefined
      ? text.split(separator).filter((item, i, all) => item !== '' || i < all.length - 1)
      : replaced !== undefined
        ? linesOf(text)
            .map((line) => line.trimStart())
            .filter((line) => line !== '')
        : words(text);
  if (typeof items === 'string') {
    yield* context.stderr.write(`xargs: ${items}\n`);
    return 1;
  }
  const batches: string[][] = [];
  if (replaced !== undefined) for (const item of items) batches.push(command.map((word) => word.replaceAll(replaced, item)));
  else {
    const lines = options.value('L');
    const groups =
      lines === undefined
        ? chunks(items, Number(options.value('n') ?? 0))
        : chunks(
            linesOf(text).filter((line) => line.trim() !== ''),
            Number(lines),
          ).map((group) => group.flatMap((line) => line.trim().split(/\s+/)));
    for (const group of groups) batches.push([...command, ...group]);
    if (batches.length === 0 && !options.has('r')) batches.push([...command]);
  }
  let status = 0;
  for (const args of batches) {
    if (options.has('t')) yield* context.stderr.write(`${args.join(' ')}\n`);
    const code = yield* runOne(context, args);
    if (code === 126 || code === 127) return code;
    if (code === 255) {
      yield* context.stderr.write(`xargs: ${args[0]}: exited with status 255; aborting\n`);
      return 124;
    }
    if (code !== 0) status = 123;
  }
  return status;
};

function* runOne(context: ProgramContext, args: readonly string[]): Task<number> {
  const running = runArguments(context, args, { stdin: emptyReader() });
  if (running) return yield* running;
  yield* context.stderr.write(`xargs: ${args[0]}: No such file or directory\n`);
  return 127;
}

function chunks(items: readonly string[], size: number): string[][] {
  if (size <= 0) return items.length > 0 ? [[...items]] : [];
  const result: string[][] = [];
  for (let i = 0; i < items.length; i += size) result.push(items.slice(i, i + size));
  return result;
}

/** Cuts at blanks; quotes and backslashes protect. A string is what is wrong. */
function words(text: string): string[] | string {
  const result: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (/\s/.test(c)) {
      if (word !== undefined) result.push(word);
      word = undefined;
    } else if (c === '"' || c === "'") {
      const end = text.indexOf(c, i + 1);
      if (end < 0)
        return `unmatched ${c === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option`;
      word = (word ?? '') + text.slice(i + 1, end);
      i = end;
    } else if (c === '\\' && i + 1 < text.length) word = (word ?? '') + text[++i]!;
    else word = (word ?? '') + c;
  }
  if (word !== undefined) result.push(word);
  return result;
}
