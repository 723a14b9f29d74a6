import type { Task } from '../../sim/wait.ts';
import { resolvePath } from '../files.ts';
import { LineBatches, openOperand } from './input.ts';
import { parseOptions, type CommandSpec } from './options.ts';
import { parseSed, type Address, type SedCommand, type SedScript, type Substitution } from './sed-script.ts';
import type { Program, ProgramContext } from '../program.ts';

const OPTIONS: CommandSpec['options'] = [
  ['-n, --quiet, --silent', 'suppress automatic printing of pattern space'],
  ['--debug', 'annotate program execution'],
  ['-e script, --expression=script', 'add the script to the commands to be executed'],
  ['-f script-file, --file=script-file', 'add the contents of script-file to the commands to be executed'],
  ['--follow-symlinks', 'follow symlinks when processing in place'],
  ['-i[SUFFIX], --in-place[=SUFFIX]', 'edit files in place (makes backup if SUFFIX supplied)'],
  ['-l N, --line-length=N', "specify the desired line-wrap length for the `l' command"],
  ['--posix', 'disable all GNU extensions.'],
  ['-E, -r, --regexp-extended', 'use extended regular expressions in the script\n                 (for portability use POSIX -E).'],
  ['-s, --separate', 'consider files as separate rather than as a single,\n                 continuous long stream.'],
  ['--sandbox', 'operate in sandbox mode (disable e/r/w commands).'],
  ['-u, --unbuffered', 'load minimal amounts of data from the input files and flush\n                 the output buffers more often'],
  ['-z, --null-data', 'separate lines by NUL characters'],
];

const USAGE = 'sed [OPTION]... {script-only-if-no-other-script} [input-file]...';
const NO_SCRIPT = `Usage: ${USAGE}

${OPTIONS.map(([names, help]) => `  ${names === '--debug' || names === '--sandbox' ? `    ${names}` : names}\n                 ${help}\n`).join('')}      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
`;

const SPEC: CommandSpec = {
  usage: USAGE,
  about: 'Stream editor for filtering and transforming text.',
  options: OPTIONS,
  fullUsage: NO_SCRIPT,
};

/** The stream editor. */
export const sed: Program = function* (context) {
  const options = yield* parseOptions(context, SPEC);
  if (typeof options === 'number') return options;
  const operands = [...options.operands];
  const pieces: string[] = [];
  for (const [key, value] of options.given) {
    if (key === 'e') pieces.push(value);
    if (key !== 'f') continue;
    const reader = yield* openOperand(context, value);
    if (!reader) return 1;
    pieces.push((yield* reader.readAll()).replace(/\n$/, ''));
  }
  if (pieces.length === 0) {
    const script = operands.shift();
    if (script === undefined) {
      yield* context.stderr.write(NO_SCRIPT);
      return 1;
    }
    pieces.push(script);
  }
  const source = pieces.join('\n');
  const script = parseSed(source, options.has('E'));
  if (typeof script === 'string') {
    yield* context.stderr.write(`sed: ${script}\n`);
    return 1;
  }
  const quiet = options.has('n') || source.startsWith('#n\n');
  if (options.has('i')) return yield* editInPlace(context, script, operands, quiet, options.value('i')!);
  return yield* editStream(context, script, operands, quiet, options.has('s'));
};

function* editInPlace(context: ProgramContext, script: SedScript, names: readonly string[], quiet: boolean, suffix: string): Task<number> {
  const { files } = context.system;
  let status = 0;
  if (names.length === 0) {
    yield* context.stderr.write('sed: no input files\n');
    return 1;
  }
  for (const name of names) {
    const path = resolvePath(context.cwd, name);
    const stat = files.stat(path);
    if (stat?.type !== 'file') {
      yield* context.stderr.write(
        stat ? `sed: couldn't edit ${name}: not a regular file\n` : `sed: can't read ${name}: No such file or directory\n`,
      );
      status = stat ? 4 : 2;
      continue;
    }
    const text = files.read(path);
    const editor = new Editor(context, script, quiet);
    let result = '';
    const write = (more: string): void => {
      result += more;
    };
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    lines.forEach((line, i) => {
      if (!editor.ended) editor.line(line, i === lines.length - 1, text.endsWith('\n') || i < lines.length - 1 ? '\n' : '', write);
      else write(editor.quitSilently ? '' : `${line}\n`);
    });
    editor.finish(write);
    if (suffix !== '')
      files.write(suffix.includes('*') ? resolvePath(context.cwd, suffix.replace('*', name)) : path + suffix, text, stat.mode);
    files.write(path, result, stat.mode);
    yield* editor.flushFiles();
    if (editor.ended) return editor.exitCode;
  }
  return status;
}

function* editStream(
  context: ProgramContext,
  script: SedScript,
  names: readonly string[],
  quiet: boolean,
  separate: boolean,
): Task<number> {
  let editor = new Editor(context, script, quiet);
  let status = 0;
  let output = '';
  const write = (text: string): void => {
    output += text;
  };
  // The last line is only known when the next read finds the end: one line is held back.
  let held: { line: string; newline: string } | undefined;
  const list = names.length > 0 ? names : ['-'];
  for (const [i, name] of list.entries()) {
    const reader = yield* openOperand(context, name, 'silent');
    if (!reader) {
      const isDirectory = context.system.files.stat(resolvePath(context.cwd, name))?.type === 'directory';
      yield* context.stderr.write(
        isDirectory ? `sed: read error on ${name}: Is a directory\n` : `sed: can't read ${name}: No such file or directory\n`,
      );
      status = 2;
      continue;
    }
    const batches = new LineBatches(reader);
    for (let lines = yield* batches.next(); lines && !editor.ended; lines = editor.ended ? undefined : yield* batches.next()) {
      for (const line of lines) {
        if (held) editor.line(held.line, false, '\n', write);
        held = { line, newline: '\n' };
        if (editor.ended) break;
      }
      if (batches.unfinished && held) held = { line: held.line, newline: '' };
      if (output !== '') yield* context.stdout.write(output);
      output = '';
    }
    if (held && !editor.ended && (separate || i === list.length - 1)) {
      editor.line(held.line, true, held.newline, write);
      held = undefined;
      if (separate && i < list.length - 1) editor = new Editor(context, script, quiet);
    }
  }
  if (held && !editor.ended) editor.line(held.line, true, held.newline, write);
  editor.finish(write);
  if (output !== '') yield* context.stdout.write(output);
  yield* editor.flushFiles();
  return editor.ended ? editor.exitCode : status;
}

const MOST_STEPS = 1_000_000;

/** Runs the script over lines. `N` and `n` are done by remembering where the script stopped. */
class Editor {
  private readonly context: ProgramContext;
  private readonly script: SedScript;
  private readonly quiet: boolean;
  private space = '';
  private hold = '';
  private number = 0;
  private newline = '\n';
  private substituted = false;
  private appended: string[] = [];
  private lastRegExp: RegExp | undefined;
  private waitingAt: { at: number; join: boolean } | undefined;
  private readonly written = new Map<string, string>();
  ended = false;
  quitSilently = false;
  exitCode = 0;

  constructor(context: ProgramContext, script: SedScript, quiet: boolean) {
    this.context = context;
    this.script = script;
    this.quiet = quiet;
  }

  /** Takes one input line. `newline` is empty for a last line without one. */
  line(text: string, isLast: boolean, newline: string, write: (text: string) => void): void {
    this.number++;
    this.newline = newline;
    const waiting = this.waitingAt;
    this.waitingAt = undefined;
    if (waiting?.join) this.space += `\n${text}`;
    else this.space = text;
    if (!waiting) this.substituted = false;
    this.run(waiting?.at ?? 0, isLast, write);
  }

  /** After the last line: what `N` waited for never came. */
  finish(write: (text: string) => void): void {
    if (!this.waitingAt || this.ended) return;
    if (this.waitingAt.join && !this.quiet) write(this.space + this.newline);
    this.flushAppended(write);
  }

  *flushFiles(): Task<void> {
    for (const [name, text] of this.written) {
      if (name === '/dev/stdout') yield* this.context.stdout.write(text);
      else if (name === '/dev/stderr') yield* this.context.stderr.write(text);
      else this.context.system.files.write(resolvePath(this.context.cwd, name), text);
    }
  }

  private run(from: number, isLast: boolean, write: (text: string) => void): void {
    const { commands, labels } = this.script;
    let steps = 0;
    for (let at = from; at < commands.length; at++) {
      const command = commands[at]!;
      if (++steps > MOST_STEPS) break;
      if (this.applies(command, isLast) === command.negated) {
        if (command.name === '{') at = command.end - 1;
        continue;
      }
      switch (command.name) {
        case 'd':
          this.flushAppended(write);
          return;
        case 'D': {
          const cut = this.space.indexOf('\n');
          if (cut < 0) {
            this.flushAppended(write);
            return;
          }
          this.space = this.space.slice(cut + 1);
          at = -1;
          break;
        }
        case 'n':
        case 'N':
          if (command.name === 'n' && !this.quiet) write(this.space + this.newline);
          this.flushAppended(write);
          if (isLast && command.name === 'n') {
            this.ended = true;
            return;
          }
          this.waitingAt = { at: at + 1, join: command.name === 'N' };
          return;
        case 'b':
        case 't':
        case 'T':
          if (command.name === 'b' || this.substituted === (command.name === 't'))
            at = command.text === '' ? commands.length : labels.get(command.text)! - 1;
          if (command.name !== 'b') this.substituted = false;
          break;
        case 'q':
        case 'Q':
          this.ended = true;
          this.quitSilently = command.name === 'Q';
          this.exitCode = Number(command.text || 0);
          if (command.name === 'q') {
            if (!this.quiet) write(this.space + this.newline);
            this.flushAppended(write);
          }
          return;
        case 'c':
          if (!command.to || !command.isActive || command.negated) write(`${command.text}\n`);
          this.flushAppended(write);
          return;
        default:
          this.simple(command, write);
      }
    }
    if (!this.quiet) write(this.space + this.newline);
    this.flushAppended(write);
  }

  private simple(command: SedCommand, write: (text: string) => void): void {
    switch (command.name) {
      case 's':
        this.substitute(command.substitution!, write);
        return;
      case 'y':
        this.space = [...this.space].map((c) => command.map!.get(c) ?? c).join('');
        return;
      case 'p':
        write(`${this.space}\n`);
        return;
      case 'P':
        write(`${this.space.split('\n')[0]}\n`);
        return;
      case '=':
        write(`${this.number}\n`);
        return;
      case 'l':
        write(`${this.space.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n')}$\n`);
        return;
      case 'a':
        if (command.text !== '') this.appended.push(`${command.text}\n`);
        return;
      case 'i':
        write(`${command.text}\n`);
        return;
      case 'r': {
        const { files } = this.context.system;
        const path = resolvePath(this.context.cwd, command.text);
        if (files.stat(path)?.type === 'file') this.appended.push(files.read(path));
        return;
      }
      case 'w':
        this.written.set(command.text, `${this.written.get(command.text) ?? ''}${this.space}\n`);
        return;
      case 'g':
        this.space = this.hold;
        return;
      case 'G':
        this.space += `\n${this.hold}`;
        return;
      case 'h':
        this.hold = this.space;
        return;
      case 'H':
        this.hold += `\n${this.space}`;
        return;
      case 'x':
        [this.space, this.hold] = [this.hold, this.space];
        return;
      case 'z':
        this.space = '';
    }
  }

  private flushAppended(write: (text: string) => void): void {
    for (const text of this.appended.splice(0)) write(text);
  }

  private applies(command: SedCommand, isLast: boolean): boolean {
    const { from, to } = command;
    if (!from) return true;
    if (!to) return this.matches(from, isLast);
    if (command.isActive) {
      if (command.activeUntil !== undefined) {
        if (this.number >= command.activeUntil) command.isActive = false;
        return this.number <= command.activeUntil || !this.restart(command, isLast);
      }
      if (this.matches(to, isLast)) command.isActive = false;
      return true;
    }
    return this.restart(command, isLast);
  }

  /** Whether a range begins at this line; sets how it ends. */
  private restart(command: SedCommand, isLast: boolean): boolean {
    const from = command.from!;
    const to = command.to!;
    const fromZero = from.kind === 'line' && from.line === 0 && this.number === 1;
    if (!fromZero && !this.matches(from, isLast)) return false;
    command.activeUntil = undefined;
    command.isActive = true;
    switch (to.kind) {
      case 'line':
        command.activeUntil = to.line;
        if (to.line <= this.number) command.isActive = false;
        break;
      case 'plus':
        command.activeUntil = this.number + to.count;
        if (to.count === 0) command.isActive = false;
        break;
      case 'multiple':
        command.activeUntil = to.of === 0 ? this.number : Math.ceil(this.number / to.of) * to.of;
        if (command.activeUntil <= this.number) command.isActive = false;
        break;
      case 'last':
        if (isLast) command.isActive = false;
        break;
      default:
        if (fromZero && this.matches(to, isLast)) command.isActive = false;
    }
    return true;
  }

  private matches(address: Address, isLast: boolean): boolean {
    switch (address.kind) {
      case 'line':
        return this.number === address.line;
      case 'last':
        return isLast;
      case 'step':
        return address.step <= 0
          ? this.number === address.first
          : this.number >= address.first && (this.number - address.first) % address.step === 0;
      case 'match': {
        const regExp = address.regExp ?? this.lastRegExp;
        if (!regExp) return false;
        this.lastRegExp = regExp;
        regExp.lastIndex = 0;
        return regExp.test(this.space);
      }
      default:
        return false;
    }
  }

  private substitute(substitution: Substitution, write: (text: string) => void): void {
    const regExp = substitution.regExp ?? this.lastRegExp;
    if (!regExp) return;
    this.lastRegExp = regExp;
    regExp.lastIndex = 0;
    let count = 0;
    let changed = false;
    const result = this.space.replace(regExp, (...found: unknown[]) => {
      count++;
      const groups = found.slice(
        0,
        found.findIndex((each) => typeof each === 'number'),
      ) as (string | undefined)[];
      if (count < substitution.number || (!substitution.global && count > substitution.number)) return groups[0]!;
      changed = true;
      return fill(substitution, groups);
    });
    if (!changed) return;
    this.space = result;
    this.substituted = true;
    if (substitution.print) write(`${this.space}\n`);
    if (substitution.file !== undefined) this.written.set(substitution.file, `${this.written.get(substitution.file) ?? ''}${this.space}\n`);
  }
}

function fill(substitution: Substitution, groups: readonly (string | undefined)[]): string {
  let text = '';
  let lasting: 'U' | 'L' | 'E' = 'E';
  let next: 'u' | 'l' | undefined;
  for (const part of substitution.replacement) {
    if (typeof part === 'object') {
      if (part.changeCase === 'u' || part.changeCase === 'l') next = part.changeCase;
      else lasting = part.changeCase;
      continue;
    }
    let piece = typeof part === 'number' ? (groups[part] ?? '') : part;
    if (lasting !== 'E') piece = lasting === 'U' ? piece.toUpperCase() : piece.toLowerCase();
    if (next && piece !== '') {
      piece = (next === 'u' ? piece[0]!.toUpperCase() : piece[0]!.toLowerCase()) + piece.slice(1);
      next = undefined;
    }
    text += piece;
  }
  return text;
}
