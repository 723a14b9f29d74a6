import type { Task } from '../../sim/wait.ts';
import { resolvePath } from '../files.ts';
import { posixToRegExp } from '../regexp.ts';
import { patternToRegExp } from '../shell/pattern.ts';
import { LineBatches, openOperand } from './input.ts';
import { parseOptions, wrongUsage, type CommandSpec, type Parsed } from './options.ts';
import type { Program, ProgramContext, Reader } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'grep [OPTION]... PATTERNS [FILE]...',
  about:
    "Search for PATTERNS in each FILE.\nExample: grep -i 'hello world' menu.h main.c\nPATTERNS can contain multiple patterns separated by newlines.",
  wrongUsage: 2,
  showsUsage: true,
  numberKey: 'C',
  options: [
    ['-E, --extended-regexp', 'PATTERNS are extended regular expressions'],
    ['-F, --fixed-strings', 'PATTERNS are strings'],
    ['-G, --basic-regexp', 'PATTERNS are basic regular expressions'],
    ['-P, --perl-regexp', 'PATTERNS are Perl regular expressions'],
    ['-e, --regexp=PATTERNS', 'use PATTERNS for matching'],
    ['-f, --file=FILE', 'take PATTERNS from FILE'],
    ['-i, --ignore-case', 'ignore case distinctions in patterns and data'],
    ['-y', 'the same as -i'],
    ['--no-ignore-case', 'do not ignore case distinctions (default)'],
    ['-w, --word-regexp', 'match only whole words'],
    ['-x, --line-regexp', 'match only whole lines'],
    ['-s, --no-messages', 'suppress error messages'],
    ['-v, --invert-match', 'select non-matching lines'],
    ['-m, --max-count=NUM', 'stop after NUM selected lines'],
    ['-b, --byte-offset', 'print the byte offset with output lines'],
    ['-n, --line-number', 'print line number with output lines'],
    ['--line-buffered', 'flush output on every line'],
    ['-H, --with-filename', 'print file name with output lines'],
    ['-h, --no-filename', 'suppress the file name prefix on output'],
    ['-o, --only-matching', 'show only nonempty parts of lines that match'],
    ['-q, --quiet, --silent', 'suppress all normal output'],
    ['-a, --text', 'equivalent to --binary-files=text'],
    ['-r, --recursive', 'like --directories=recurse'],
    ['-R, --dereference-recursive', 'likewise, but follow all symlinks'],
    ['--include=GLOB', 'search only files that match GLOB (a file pattern)'],
    ['--exclude=GLOB', 'skip files that match GLOB'],
    ['-L, --files-without-match', 'print only names of FILEs with no selected lines'],
    ['-l, --files-with-matches', 'print only names of FILEs with selected lines'],
    ['-c, --count', 'print only a count of selected lines per FILE'],
    ['-B, --before-context=NUM', 'print NUM lines of leading context'],
    ['-A, --after-context=NUM', 'print NUM lines of trailing context'],
    ['-C, --context=NUM', 'print NUM lines of output context'],
    ['--color[=WHEN], --colour[=WHEN]', 'use markers to highlight the matching strings'],
  ],
};

/** What a call asks for, once its options are read. */
interface Search {
  readonly regExp: RegExp;
  readonly inverted: boolean;
  readonly onlyMatching: boolean;
  readonly lineNumbers: boolean;
  readonly byteOffsets: boolean;
  readonly names: boolean;
  readonly mode: 'lines' | 'count' | 'with' | 'without' | 'quiet';
  readonly most: number;
  readonly before: number;
  readonly after: number;
}

/** grep, egrep and fgrep. */
export const grep: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const operands = [...options.operands];
  const patterns = options.values('e');
  for (const file of options.values('f')) {
    const reader = yield* openOperand(context, file);
    if (!reader) return 2;
    patterns.push((yield* reader.readAll()).replace(/\n$/, ''));
  }
  if (!options.has('e') && !options.has('f')) {
    const first = operands.shift();
    if (first === undefined) {
      yield* context.stderr.write(`Usage: ${SPEC.usage}\nTry '${context.name} --help' for more information.\n`);
      return 2;
    }
    patterns.push(first);
  }
  const compiled = compile(context.name, options, patterns);
  if (typeof compiled === 'string') {
    yield* context.stderr.write(`${context.name}: ${compiled}\n`);
    return 2;
  }
  for (const key of ['A', 'B', 'C', 'm'] as const) {
    const value = options.value(key);
    if (value !== undefined && !/^\d+$/.test(value))
      return yield* wrongUsage(context, SPEC, key === 'm' ? 'invalid max count' : `${value}: invalid context length argument`);
  }
  const recursive = options.has('r') || options.has('R');
  const files = yield* expandFiles(context, operands, recursive, options);
  const around = Number(options.value('C') ?? 0);
  const search: Search = {
    regExp: compiled,
    inverted: options.has('v'),
    onlyMatching: options.has('o'),
    lineNumbers: options.has('n'),
    byteOffsets: options.has('b'),
    names: options.has('H') || (!options.has('h') && (files.names.length > 1 || recursive)),
    mode: options.has('q') ? 'quiet' : options.has('l') ? 'with' : options.has('L') ? 'without' : options.has('c') ? 'count' : 'lines',
    most: options.has('m') ? Number(options.value('m')) : Infinity,
    before: Number(options.value('B') ?? around),
    after: Number(options.value('A') ?? around),
  };
  return yield* searchAll(context, search, files, options.has('s'));
};

function* searchAll(context: ProgramContext, search: Search, files: { names: string[]; failed: boolean }, silent: boolean): Task<number> {
  let { failed } = files;
  let found = false;
  for (const name of files.names) {
    const reader = yield* openOperand(context, name, silent ? 'silent' : 'plain');
    if (!reader) {
      failed = true;
      continue;
    }
    const selected = yield* searchOne(context, search, reader, name === '-' ? '(standard input)' : name);
    if (selected) found = true;
    if (found && search.mode === 'quiet') return 0;
  }
  return failed ? 2 : found ? 0 : 1;
}

/** The pattern of all patterns, or what is wrong with them. */
function compile(name: string, options: Parsed, patterns: readonly string[]): RegExp | string {
  const extended = options.has('E') || name === 'egrep';
  const fixed = !extended && (options.has('F') || name === 'fgrep');
  const flags = `u${options.has('i') || options.has('y') ? 'i' : ''}g`;
  const sources: string[] = [];
  for (const pattern of patterns.flatMap((each) => each.split('\n'))) {
    if (fixed) sources.push(pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
    else if (options.has('P')) sources.push(pattern);
    else {
      const translated = posixToRegExp(pattern, { extended });
      if ('problem' in translated) return translated.problem;
      sources.push(translated.regExp.source);
    }
  }
  let source = sources.length === 1 ? sources[0]! : sources.map((each) => `(?:${each})`).join('|');
  if (options.has('x')) source = `^(?:${source})$`;
  else if (options.has('w')) source = `(?<!\\w)(?:${source})(?!\\w)`;
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return String((error as Error).message).replace(/^Invalid regular expression: /, '');
  }
}

function* expandFiles(
  context: ProgramContext,
  operands: readonly string[],
  recursive: boolean,
  options: Parsed,
): Task<{ names: string[]; failed: boolean }> {
  if (operands.length === 0 && !recursive) return { names: ['-'], failed: false };
  const { files } = context.system;
  const names: string[] = [];
  let failed = false;
  const wanted = (name: string): boolean => {
    const base = name.slice(name.lastIndexOf('/') + 1);
    const includes = options.values('include');
    if (includes.length > 0 && !includes.some((glob) => patternToRegExp(glob).test(base))) return false;
    return !options.values('exclude').some((glob) => patternToRegExp(glob).test(base));
  };
  const walk = (shown: string, path: string): void => {
    if (files.stat(path)?.type !== 'directory') {
      if (wanted(shown)) names.push(shown);
      return;
    }
    for (const child of files.list(path)) walk(shown === '' ? child : `${shown.replace(/\/$/, '')}/${child}`, resolvePath(path, child));
  };
  for (const operand of operands.length > 0 ? operands : ['']) {
    const path = operand === '-' ? undefined : resolvePath(context.cwd, operand || '.');
    const isDirectory = path !== undefined && files.stat(path)?.type === 'directory';
    if (isDirectory && recursive) walk(operand, path);
    else if (isDirectory) {
      yield* context.stderr.write(`${context.name}: ${operand}: Is a directory\n`);
      failed = true;
    } else if (!recursive || operand === '-' || wanted(operand)) names.push(operand);
  }
  return { names, failed };
}

/** Searches one input; whether a line was selected. */
function* searchOne(context: ProgramContext, search: Search, reader: Reader, name: string): Task<boolean> {
  const { regExp, inverted, mode } = search;
  const printer = mode === 'lines' ? new Printer(search, name) : undefined;
  const batches = new LineBatches(reader);
  let count = 0;
  let done = false;
  for (let lines = yield* batches.next(); lines !== undefined && !done; lines = done ? undefined : yield* batches.next()) {
    for (const line of lines) {
      if (count >= search.most) {
        if (printer && printer.wantsContext) printer.line(line, false);
        else {
          done = true;
          break;
        }
        continue;
      }
      regExp.lastIndex = 0;
      const selected = regExp.test(line) !== inverted;
      if (selected) count++;
      if (selected && (mode === 'quiet' || mode === 'with')) {
        done = true;
        break;
      }
      printer?.line(line, selected);
      if (count >= search.most && !printer?.wantsContext) {
        done = true;
        break;
      }
    }
    if (printer) yield* context.stdout.write(printer.take());
  }
  if (mode === 'count') yield* context.stdout.write(`${search.names ? `${name}:` : ''}${count}\n`);
  if (mode === 'with' && count > 0) yield* context.stdout.write(`${name}\n`);
  if (mode === 'without' && count === 0) yield* context.stdout.write(`${name}\n`);
  return mode === 'without' ? count === 0 : count > 0;
}

/** Prints selected lines and their context. */
class Printer {
  private readonly search: Search;
  private readonly name: string;
  private text = '';
  private number = 0;
  private offset = 0;
  private readonly waiting: { line: string; number: number; offset: number }[] = [];
  private following = 0;
  private printedUpTo = 0;

  constructor(search: Search, name: string) {
    this.search = search;
    this.name = name;
  }

  /** Lines of trailing context are still to come. */
  get wantsContext(): boolean {
    return this.following > 0;
  }

  line(line: string, selected: boolean): void {
    const { search } = this;
    this.number++;
    const place = { line, number: this.number, offset: this.offset };
    this.offset += line.length + 1;
    if (selected) {
      if ((search.before > 0 || search.after > 0) && this.printedUpTo > 0 && this.number - this.waiting.length > this.printedUpTo + 1)
        this.text += '--\n';
      for (const each of this.waiting.splice(0)) this.print(each, '-');
      if (search.onlyMatching) this.printMatches(place);
      else this.print(place, ':');
      this.printedUpTo = this.number;
      this.following = search.after;
    } else if (this.following > 0) {
      this.following--;
      if (!search.onlyMatching) this.print(place, '-');
      this.printedUpTo = this.number;
    } else if (search.before > 0) {
      this.waiting.push(place);
      if (this.waiting.length > search.before) this.waiting.shift();
    }
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  private print(place: { line: string; number: number; offset: number }, mark: string): void {
    const { search } = this;
    if (search.names) this.text += this.name + mark;
    if (search.lineNumbers) this.text += place.number + mark;
    if (search.byteOffsets) this.text += place.offset + mark;
    this.text += `${place.line}\n`;
  }

  private printMatches(place: { line: string; number: number; offset: number }): void {
    if (this.search.inverted) return;
    this.search.regExp.lastIndex = 0;
    for (const match of place.line.matchAll(this.search.regExp)) {
      if (match[0] !== '') this.print({ line: match[0], number: place.number, offset: place.offset + match.index }, ':');
    }
  }
}
