import { withTimeout, type Task } from '../../../sim/wait.ts';
import { CLOSED } from '../../../sim/sync.ts';
import { CommandProblem } from '../signals.ts';
import { fail, isName, type Builtin } from './builtin.ts';
import type { Reader } from '../../program.ts';
import type { Shell } from '../shell.ts';

interface ReadOptions {
  raw: boolean;
  prompt: string;
  array: string | undefined;
  delimiter: string;
  count: number | undefined;
  timeoutMs: number | undefined;
  fd: number;
  names: string[];
}

function parseOptions(args: readonly string[]): ReadOptions | string {
  const options: ReadOptions = {
    raw: false,
    prompt: '',
    array: undefined,
    delimiter: '\n',
    count: undefined,
    timeoutMs: undefined,
    fd: 0,
    names: [],
  };
  let i = 1;
  for (; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      i++;
      break;
    }
    if (!/^-./.test(arg)) break;
    for (let j = 1; j < arg.length; j++) {
      const letter = arg[j]!;
      if (letter === 'r') options.raw = true;
      else if (letter === 's' || letter === 'e') continue;
      else if ('padntNu'.includes(letter)) {
        const value = arg.slice(j + 1) || args[++i];
        if (value === undefined) return `-${letter}: option requires an argument`;
        if (letter === 'p') options.prompt = value;
        else if (letter === 'a') options.array = value;
        else if (letter === 'd') options.delimiter = value === '' ? '\0' : value[0]!;
        else if (letter === 't') options.timeoutMs = Number(value) * 1000;
        else if (letter === 'u') options.fd = Number(value);
        else options.count = Number(value);
        break;
      } else
        return `-${letter}: invalid option\nread: usage: read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]`;
    }
  }
  options.names = args.slice(i);
  return options;
}

const read: Builtin = function* (shell, args) {
  const options = parseOptions(args);
  if (typeof options === 'string') return yield* fail(shell, 'read', options, 2);
  for (const name of options.names) if (!isName(name)) return yield* fail(shell, 'read', `\`${name}': not a valid identifier`);
  const stream = shell.io.get(options.fd);
  if (!stream || !('readLine' in stream)) throw new CommandProblem(`read: ${options.fd}: invalid file descriptor: Bad file descriptor`);
  if (options.prompt !== '' && stream.isTerminal) yield* shell.io.stderr.write(options.prompt);
  let line: { text: string; complete: boolean } | undefined;
  if (options.timeoutMs !== undefined) {
    const reading = shell.group.spawn('read', readUnit(stream, options));
    const outcome = yield* withTimeout<{ text: string; complete: boolean }>(options.timeoutMs, reading.completion());
    if (outcome.timedOut) {
      reading.kill();
      return 142;
    }
    line = outcome.value;
  } else line = yield* readUnit(stream, options);
  assignFields(shell, options, line.text);
  return line.complete ? 0 : 1;
};

/** One line with its continuations, or up to the delimiter or the count. */
function* readUnit(stream: Reader, options: ReadOptions): Task<{ text: string; complete: boolean }> {
  if (options.delimiter !== '\n' || options.count !== undefined) return yield* readPart(stream, options);
  let text = '';
  for (;;) {
    const before = text;
    const line = yield* stream.readLine();
    if (line === undefined) return { text: before, complete: false };
    text = before + line;
    if (options.raw) return { text, complete: true };
    const slashes = /\\*$/.exec(line)![0].length;
    if (slashes % 2 === 0) return { text, complete: true };
    text = text.slice(0, -1);
  }
}

/** Reads line by line and gives back what is too much. */
function* readPart(stream: Reader, options: ReadOptions): Task<{ text: string; complete: boolean }> {
  let text = '';
  for (;;) {
    const at = text.indexOf(options.delimiter);
    const end = Math.min(at < 0 ? Infinity : at, options.count ?? Infinity);
    if (end <= text.length && end !== Infinity) {
      const rest = text.slice(end === at ? end + 1 : end);
      if (rest !== '') giveBack(stream, rest);
      return { text: text.slice(0, end), complete: true };
    }
    const chunk = yield* stream.read();
    if (chunk === CLOSED) return { text, complete: false };
    text += chunk;
  }
}

function giveBack(stream: Reader, text: string): void {
  (stream as Partial<{ unread(text: string): void }>).unread?.(text);
}

function assignFields(shell: Shell, options: ReadOptions, text: string): void {
  const unescape = (piece: string) => (options.raw ? piece : piece.replace(/\\([\s\S])/g, '$1'));
  if (options.names.length === 0 && options.array === undefined) {
    shell.setVariable('REPLY', undefined, unescape(text));
    return;
  }
  const ifs = shell.parameter('IFS') ?? ' \t\n';
  if (options.array !== undefined) {
    const variable = shell.variables.forChange(options.array);
    variable.value = undefined;
    variable.list = new Map(splitFields(text, ifs, Infinity, options.raw).map((field, i) => [i, unescape(field)]));
    return;
  }
  const fields = splitFields(text, ifs, options.names.length, options.raw);
  options.names.forEach((name, i) => shell.setVariable(name, undefined, unescape(fields[i] ?? '')));
}

/** Cuts at $IFS into at most `most` fields; the last takes the rest without the blanks at its end. */
function splitFields(text: string, ifs: string, most: number, raw: boolean): string[] {
  const blanks = [...ifs].filter((c) => ' \t\n'.includes(c)).join('');
  const fields: string[] = [];
  let at = 0;
  while (at < text.length && blanks.includes(text[at]!)) at++;
  while (at < text.length) {
    if (fields.length === most - 1) {
      let end = text.length;
      while (end > at && blanks.includes(text[end - 1]!)) end--;
      const rest = text.slice(at, end);
      const single = rest.length > 0 && ifs.includes(rest[rest.length - 1]!) && ![...rest.slice(0, -1)].some((c) => ifs.includes(c));
      fields.push(single ? rest.slice(0, -1) : rest);
      return fields;
    }
    let end = at;
    while (end < text.length && !ifs.includes(text[end]!)) end += !raw && text[end] === '\\' ? 2 : 1;
    fields.push(text.slice(at, end));
    at = end;
    while (at < text.length && blanks.includes(text[at]!)) at++;
    if (at < text.length && ifs.includes(text[at]!)) {
      at++;
      while (at < text.length && blanks.includes(text[at]!)) at++;
    }
  }
  return fields;
}

const mapfile: Builtin = function* (shell, args) {
  const trims = args.includes('-t');
  const name = args.slice(1).find((arg) => !arg.startsWith('-')) ?? 'MAPFILE';
  const text = yield* shell.io.stdin.readAll();
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const variable = shell.variables.forChange(name);
  variable.value = undefined;
  variable.list = new Map(lines.map((line, i) => [i, trims ? line.replace(/\n$/, '') : line]));
  return 0;
};

const getopts: Builtin = function* (shell, args) {
  const [, spec = '', name = 'opt'] = args;
  const words = args.length > 3 ? args.slice(3) : shell.positional;
  const quiet = spec.startsWith(':');
  let index = Number(shell.parameter('OPTIND') ?? '1');
  if (index < 1) index = 1;
  if (shell.optionOffset === 0 || index !== shell.optionIndex) shell.optionOffset = 1;
  const word = words[index - 1];
  const done = (): number => {
    shell.setVariable(name, undefined, '?');
    shell.setVariable('OPTIND', undefined, String(word === '--' ? index + 1 : index));
    shell.variables.unset('OPTARG');
    shell.optionOffset = 0;
    return 1;
  };
  if (word === undefined || word === '-' || !word.startsWith('-') || word === '--') return done();
  const letter = word[shell.optionOffset]!;
  shell.optionOffset++;
  const at = letter === ':' ? -1 : spec.indexOf(letter);
  let value: string | undefined;
  let found = letter;
  let message = '';
  const next = (): void => {
    index++;
    shell.optionOffset = 1;
  };
  if (at < 0) {
    found = '?';
    message = `illegal option -- ${letter}`;
    if (quiet) value = letter;
  } else if (spec[at + 1] === ':') {
    value = word.slice(shell.optionOffset);
    if (value === '') {
      value = words[index];
      index++;
    }
    if (value === undefined) {
      found = quiet ? ':' : '?';
      message = `option requires an argument -- ${letter}`;
      if (quiet) value = letter;
    }
    next();
  }
  if (shell.optionOffset >= word.length && !(at >= 0 && spec[at + 1] === ':')) next();
  shell.optionIndex = index;
  shell.setVariable('OPTIND', undefined, String(index));
  shell.setVariable(name, undefined, found);
  if (value === undefined) shell.variables.unset('OPTARG');
  else shell.setVariable('OPTARG', undefined, value);
  if (message !== '' && !quiet) yield* shell.io.stderr.write(`${shell.zero}: ${message}\n`);
  return 0;
};

export const READING: Readonly<Record<string, Builtin>> = { read, mapfile, readarray: mapfile, getopts };
