import { FileError, resolvePath } from '../files.ts';
import { collect, extract, pack, TarError, unpack, type TarEntry } from '../tar-archive.ts';
import type { Program, ProgramContext } from '../program.ts';
import type { Task } from '../../sim/wait.ts';

interface TarCall {
  readonly mode: 'c' | 'x' | 't';
  readonly file: string;
  readonly directory: string;
  readonly verbose: boolean;
  readonly toOutput: boolean;
  readonly operands: readonly string[];
}

const HELP = `Usage: tar [OPTION...] [FILE]...
GNU 'tar' saves many files together into a single tape or disk archive.

  -c, --create      create a new archive
  -x, --extract     extract files from an archive
  -t, --list        list the contents of an archive
  -f, --file=FILE   use archive file FILE; - is standard input or output
  -C, --directory=DIR   change to directory DIR
  -m, --touch       don't extract file modified time
  -O, --to-stdout   extract files to standard output
  -v, --verbose     verbosely list files processed
`;

/** `tar`: archives of text files, without compression. */
export const tar: Program = function* (context) {
  const { args, stdout, stderr } = context;
  if (args.includes('--help')) {
    yield* stdout.write(HELP);
    return 0;
  }
  const call = parse(args);
  if (typeof call === 'string') {
    yield* stderr.write(`tar: ${call}\nTry 'tar --help' or 'tar --usage' for more information.\n`);
    return 2;
  }
  const directory = resolvePath(context.cwd, call.directory);
  if (context.system.files.stat(directory)?.type !== 'directory') {
    yield* stderr.write(`tar: ${call.directory}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n`);
    return 2;
  }
  try {
    return call.mode === 'c' ? yield* create(context, call, directory) : yield* read(context, call, directory);
  } catch (error) {
    if (error instanceof TarError) yield* stderr.write(`tar: ${error.message}\ntar: Exiting with failure status due to previous errors\n`);
    else if (error instanceof FileError)
      yield* stderr.write(`tar: ${error.path}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now\n`);
    else throw error;
    return 2;
  }
};

function parse(args: readonly string[]): TarCall | string {
  let mode: TarCall['mode'] | undefined;
  let [file, directory] = ['-', '.'];
  let [verbose, toOutput] = [false, false];
  const operands: string[] = [];
  const words = args.length > 0 && !args[0]!.startsWith('-') ? [`-${args[0]}`, ...args.slice(1)] : [...args];
  const long: Readonly<Record<string, string>> = {
    create: 'c',
    extract: 'x',
    get: 'x',
    list: 't',
    file: 'f',
    directory: 'C',
    verbose: 'v',
    touch: 'm',
    'to-stdout': 'O',
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const named = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    if (named && !long[named[1]!]) return `unrecognized option '${word}'`;
    const letters = named ? long[named[1]!]! : word.slice(1);
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at]!;
      if (letter === 'c' || letter === 'x' || letter === 't') mode = letter;
      else if (letter === 'v') verbose = true;
      else if (letter === 'O') toOutput = true;
      else if (letter === 'f' || letter === 'C') {
        const rest = named ? named[2] : letters.slice(at + 1) || undefined;
        // In an old-style bundle such as `cfv` the values come after it.
        const value = word === args[0] || rest === undefined ? words[++i] : rest;
        if (value === undefined) return `option requires an argument -- '${letter}'`;
        if (letter === 'f') file = value;
        else directory = value;
        if (rest !== undefined) break;
      } else if (!'mpko'.includes(letter)) return `invalid option -- '${letter}'`;
    }
  }
  if (!mode) return "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options";
  return { mode, file, directory, verbose, toOutput, operands };
}

function* create({ system, cwd, stdout, stderr }: ProgramContext, call: TarCall, directory: string): Task<number> {
  if (call.operands.length === 0) {
    yield* stderr.write("tar: Cowardly refusing to create an empty archive\nTry 'tar --help' or 'tar --usage' for more information.\n");
    return 2;
  }
  const entries: TarEntry[] = [];
  let code = 0;
  let told = false;
  for (const operand of call.operands) {
    const path = resolvePath(directory, operand);
    if (!system.files.stat(path)) {
      yield* stderr.write(`tar: ${operand}: Cannot stat: No such file or directory\n`);
      code = 2;
      continue;
    }
    if (operand.startsWith('/') && !told) {
      told = true;
      yield* stderr.write("tar: Removing leading `/' from member names\n");
    }
    entries.push(...collect(system.files, path, operand.replace(/^\/+/, '').replace(/\/+$/, '') || '.'));
  }
  const archive = pack(entries);
  if (call.verbose) yield* (call.file === '-' ? stderr : stdout).write(entries.map(({ name }) => `${name}\n`).join(''));
  if (call.file === '-') yield* stdout.write(archive);
  else system.files.write(resolvePath(cwd, call.file), archive);
  if (code !== 0) yield* stderr.write('tar: Exiting with failure status due to previous errors\n');
  return code;
}

function* read({ system, cwd, stdin, stdout }: ProgramContext, call: TarCall, directory: string): Task<number> {
  const archive = call.file === '-' ? yield* stdin.readAll() : system.files.read(resolvePath(cwd, call.file));
  const wanted = (name: string): boolean =>
    call.operands.length === 0 ||
    call.operands.some((operand) => name === operand || name === `${operand}/` || name.startsWith(`${operand.replace(/\/$/, '')}/`));
  const entries = unpack(archive).filter(({ name }) => wanted(name));
  if (call.mode === 't' || call.verbose) yield* stdout.write(entries.map(({ name }) => `${name}\n`).join(''));
  if (call.mode === 't') return 0;
  if (call.toOutput) for (const { text } of entries) yield* stdout.write(text);
  else extract(system.files, directory, entries);
  return 0;
}
