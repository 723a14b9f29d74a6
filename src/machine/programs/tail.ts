import { sleep, type Task } from '../../sim/wait.ts';
import { resolvePath } from '../files.ts';
import { parseCount } from './head.ts';
import { openOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import type { Program, ProgramContext } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'tail [OPTION]... [FILE]...',
  about:
    'Print the last 10 lines of each FILE to standard output.\nWith more than one FILE, precede each with a header giving the file name.',
  numberKey: 'n',
  options: [
    ['-c, --bytes=NUM', 'output the last NUM bytes; or use -c +NUM to output starting with byte NUM of each file'],
    ['-f, --follow[=HOW]', 'output appended data as the file grows'],
    ['-F', 'same as --follow=name --retry'],
    ['-n, --lines=NUM', 'output the last NUM lines, instead of the last 10; or use -n +NUM to skip NUM-1 lines at the start'],
    ['-q, --quiet, --silent', 'never output headers giving file names'],
    ['--retry', 'keep trying to open a file if it is inaccessible'],
    ['-s, --sleep-interval=N', 'with -f, sleep for approximately N seconds'],
    ['-v, --verbose', 'always output headers giving file names'],
  ],
};

/** Prints the end of its inputs, and with -f what is added to them. */
export const tail: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const byBytes = options.has('c');
  const given = (byBytes ? options.value('c') : options.value('n')) ?? '10';
  const amount = parseCount(given);
  if (!amount) {
    yield* context.stderr.write(`tail: invalid number of ${byBytes ? 'bytes' : 'lines'}: '${given}'\n`);
    return 1;
  }
  const names = options.operands.length > 0 ? options.operands : ['-'];
  const headers = options.has('v') || (names.length > 1 && !options.has('q'));
  let status = 0;
  const followed: Followed[] = [];
  for (const [i, name] of names.entries()) {
    const reader = yield* openOperand(context, name, 'cannot open');
    if (!reader) {
      status = 1;
      if (options.has('F') || options.has('retry')) followed.push({ name, path: resolvePath(context.cwd, name), length: 0, missing: true });
      continue;
    }
    if (headers) yield* context.stdout.write(`${i === 0 ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
    const text = yield* reader.readAll();
    yield* context.stdout.write(byBytes ? lastBytes(text, amount.count, amount.sign) : lastLines(text, amount.count, amount.sign));
    if (name !== '-') followed.push({ name, path: resolvePath(context.cwd, name), length: text.length, missing: false });
  }
  if (!options.has('f') && !options.has('F')) return status;
  if (followed.length === 0) {
    yield* context.stderr.write('tail: no files remaining\n');
    return 1;
  }
  return yield* follow(context, followed, headers, Number(options.value('s') ?? 1) * 1000);
};

function lastBytes(text: string, count: number, sign: string): string {
  return sign === '+' ? text.slice(Math.max(0, count - 1)) : count === 0 ? '' : text.slice(-count);
}

function lastLines(text: string, count: number, sign: string): string {
  if (sign === '+') {
    let at = 0;
    for (let i = 1; i < count && at >= 0; i++) at = text.indexOf('\n', at) + 1 || -1;
    return at < 0 ? '' : text.slice(at);
  }
  if (count === 0) return '';
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let i = 0; i < count; i++) {
    at = at <= 0 ? -1 : text.lastIndexOf('\n', at - 1);
    if (at < 0) return text;
  }
  return text.slice(at + 1);
}

interface Followed {
  readonly name: string;
  readonly path: string;
  length: number;
  missing: boolean;
}

function* follow(context: ProgramContext, followed: readonly Followed[], headers: boolean, everyMs: number): Task<number> {
  const { files } = context.system;
  let last = followed[followed.length - 1];
  for (;;) {
    yield* sleep(everyMs > 0 ? everyMs : 100);
    for (const each of followed) {
      const stat = files.stat(each.path);
      if (stat?.type !== 'file') continue;
      if (each.missing) yield* context.stderr.write(`tail: '${each.name}' has appeared;  following new file\n`);
      each.missing = false;
      const text = files.read(each.path);
      if (text.length < each.length) {
        yield* context.stderr.write(`tail: ${each.name}: file truncated\n`);
        each.length = 0;
      }
      if (text.length === each.length) continue;
      if (headers && last !== each) yield* context.stdout.write(`\n==> ${each.name} <==\n`);
      last = each;
      yield* context.stdout.write(text.slice(each.length));
      each.length = text.length;
    }
  }
}
