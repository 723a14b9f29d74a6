import type { Task } from '../../sim/wait.ts';
import { runArguments } from '../exec.ts';
import { resolvePath, type FileStat } from '../files.ts';
import { patternToRegExp } from '../shell/pattern.ts';
import { formatDate } from '../calendar.ts';
import type { Program, ProgramContext } from '../program.ts';

interface Found {
  readonly shown: string;
  readonly path: string;
  readonly stat: FileStat;
  readonly depth: number;
}

/** A test or an action; true lets the next one run. */
type Predicate = (found: Found) => Task<boolean>;

interface Search {
  readonly context: ProgramContext;
  minDepth: number;
  maxDepth: number;
  depthFirst: boolean;
  acts: boolean;
  pruned: boolean;
  failed: boolean;
  /** Files for `-exec ... {} +`. */
  readonly collected: { readonly command: readonly string[]; readonly files: string[] }[];
}

class Problem extends Error {}

/** Walks trees and tests what it finds. */
export const find: Program = function* (context) {
  const { args } = context;
  if (args[0] === '--help') {
    yield* context.stdout.write(
      'Usage: find [path...] [expression]\n\nexpression: -name -iname -path -type -size -empty -newer -mtime -mmin -maxdepth -mindepth -print -print0 -printf -delete -exec -prune -not -and -or ( )\n',
    );
    return 0;
  }
  const cut = args.findIndex((arg) => /^-./.test(arg) || arg === '(' || arg === '!');
  const roots = cut < 0 ? args : args.slice(0, cut);
  const search: Search = {
    context,
    minDepth: 0,
    maxDepth: Infinity,
    depthFirst: false,
    acts: false,
    pruned: false,
    failed: false,
    collected: [],
  };
  let predicate: Predicate;
  try {
    predicate = new Parser(search, cut < 0 ? [] : args.slice(cut)).run();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    yield* context.stderr.write(`find: ${problem.message}\n`);
    return 1;
  }
  for (const root of roots.length > 0 ? roots : ['.']) {
    const path = resolvePath(context.cwd, root);
    const stat = context.system.files.stat(path);
    if (!stat) {
      yield* context.stderr.write(`find: '${root}': No such file or directory\n`);
      search.failed = true;
    } else yield* walk(search, predicate, { shown: root, path, stat, depth: 0 });
  }
  for (const { command, files } of search.collected) {
    if (files.length > 0 && (yield* run(search, [...command.slice(0, -1), ...files])) !== 0) search.failed = true;
  }
  return search.failed ? 1 : 0;
};

function* walk(search: Search, predicate: Predicate, found: Found): Task<void> {
  search.pruned = false;
  const visit = function* (): Task<void> {
    if (found.depth < search.minDepth) return;
    if ((yield* predicate(found)) && !search.acts) yield* search.context.stdout.write(`${found.shown}\n`);
  };
  if (!search.depthFirst) yield* visit();
  if (found.stat.type === 'directory' && found.depth < search.maxDepth && !search.pruned) {
    const { files } = search.context.system;
    for (const name of files.list(found.path)) {
      const path = resolvePath(found.path, name);
      const stat = files.stat(path);
      if (stat) yield* walk(search, predicate, { shown: `${found.shown.replace(/\/$/, '')}/${name}`, path, stat, depth: found.depth + 1 });
    }
  }
  search.pruned = false;
  if (search.depthFirst) yield* visit();
}

function* run(search: Search, command: readonly string[]): Task<number> {
  const running = runArguments(search.context, command);
  if (running) return yield* running;
  yield* search.context.stderr.write(`find: '${command[0]}': No such file or directory\n`);
  return 127;
}

class Parser {
  private readonly search: Search;
  private readonly args: readonly string[];
  private at = 0;

  constructor(search: Search, args: readonly string[]) {
    this.search = search;
    this.args = args;
  }

  run(): Predicate {
    if (this.args.length === 0)
      return function* () {
        return true;
      };
    const predicate = this.or();
    if (this.at < this.args.length) throw new Problem(`paths must precede expression: \`${this.args[this.at]}'`);
    return predicate;
  }

  private or(): Predicate {
    let left = this.and();
    while (this.args[this.at] === '-o' || this.args[this.at] === '-or') {
      this.at++;
      const [first, second] = [left, this.and()];
      left = function* (found) {
        return (yield* first(found)) || (yield* second(found));
      };
    }
    return left;
  }

  private and(): Predicate {
    let left = this.not();
    while (this.at < this.args.length && !['-o', '-or', ')'].includes(this.args[this.at]!)) {
      if (this.args[this.at] === '-a' || this.args[this.at] === '-and') this.at++;
      const [first, second] = [left, this.not()];
      left = function* (found) {
        return (yield* first(found)) && (yield* second(found));
      };
    }
    return left;
  }

  private not(): Predicate {
    const word = this.args[this.at];
    if (word === '!' || word === '-not') {
      this.at++;
      const inner = this.not();
      return function* (found) {
        return !(yield* inner(found));
      };
    }
    if (word === '(') {
      this.at++;
      const inner = this.or();
      if (this.args[this.at] !== ')') throw new Problem("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      this.at++;
      return inner;
    }
    return this.primary();
  }

  private primary(): Predicate {
    const word = this.args[this.at++] ?? '';
    const test = (accept: (found: Found) => boolean): Predicate =>
      function* (found) {
        return accept(found);
      };
    switch (word) {
      case '-name':
      case '-iname': {
        const regExp = patternToRegExp(this.value(word), { ignoreCase: word === '-iname' });
        return test(({ shown }) => regExp.test(shown === '/' ? '/' : shown.replace(/\/$/, '').split('/').pop()!));
      }
      case '-path':
      case '-wholename':
      case '-ipath': {
        const regExp = patternToRegExp(this.value(word), { ignoreCase: word === '-ipath' });
        return test(({ shown }) => regExp.test(shown));
      }
      case '-regex': {
        const regExp = new RegExp(`^(?:${this.value(word)})$`, 'u');
        return test(({ shown }) => regExp.test(shown));
      }
      case '-type': {
        const types = this.value(word).split(',');
        const unknown = types.find((type) => !'bcdpfls'.includes(type));
        if (unknown !== undefined) throw new Problem(`Unknown argument to -type: ${unknown}`);
        return test(({ stat }) => types.includes(stat.type === 'directory' ? 'd' : 'f'));
      }
      case '-empty':
        return test(({ stat, path }) =>
          stat.type === 'directory' ? this.search.context.system.files.list(path).length === 0 : stat.size === 0,
        );
      case '-size':
        return test(sizeTest(this.value(word)));
      case '-mtime':
        return test(this.ageTest(this.value(word), 86_400_000));
      case '-mmin':
        return test(this.ageTest(this.value(word), 60_000));
      case '-newer': {
        const than = this.search.context.system.files.stat(resolvePath(this.search.context.cwd, this.value(word)))?.modifiedMs;
        if (than === undefined) throw new Problem(`'${this.args[this.at - 1]}': No such file or directory`);
        return test(({ stat }) => stat.modifiedMs > than);
      }
      case '-perm': {
        const text = this.value(word);
        const mode = parseInt(text.replace(/^[-/]/, ''), 8);
        return test(({ stat }) =>
          text.startsWith('-')
            ? (stat.mode & mode) === mode
            : text.startsWith('/')
              ? (stat.mode & mode) !== 0
              : (stat.mode & 0o7777) === mode,
        );
      }
      case '-user':
      case '-group': {
        const owner = this.value(word);
        return test(() => owner === 'root' || owner === '0');
      }
      case '-maxdepth':
        this.search.maxDepth = this.number(word);
        return test(() => true);
      case '-mindepth':
        this.search.minDepth = this.number(word);
        return test(() => true);
      case '-depth':
        this.search.depthFirst = true;
        return test(() => true);
      case '-true':
        return test(() => true);
      case '-false':
        return test(() => false);
      case '-prune':
        return test(() => (this.search.pruned = true));
      default:
        return this.action(word);
    }
  }

  private action(word: string): Predicate {
    const { search } = this;
    const { context } = search;
    search.acts = true;
    switch (word) {
      case '-print':
      case '-print0':
        return function* (found) {
          yield* context.stdout.write(found.shown + (word === '-print' ? '\n' : '\0'));
          return true;
        };
      case '-printf': {
        const format = this.value(word);
        return function* (found) {
          yield* context.stdout.write(formatFound(format, found));
          return true;
        };
      }
      case '-ls':
        return function* (found) {
          yield* context.stdout.write(formatFound('%s %t %p\n', found));
          return true;
        };
      case '-delete':
        search.depthFirst = true;
        return function* (found) {
          if (found.shown === '.') return true;
          if (found.stat.type === 'directory' && context.system.files.list(found.path).length > 0) {
            yield* context.stderr.write(`find: cannot delete '${found.shown}': Directory not empty\n`);
            search.failed = true;
            return false;
          }
          context.system.files.remove(found.path);
          return true;
        };
      case '-quit':
        throw new Problem('-quit is not supported');
      case '-exec':
      case '-ok':
      case '-execdir':
        return this.exec(word);
      default:
        throw new Problem(word.startsWith('-') ? `unknown predicate \`${word}'` : `paths must precede expression: \`${word}'`);
    }
  }

  private exec(word: string): Predicate {
    const { search } = this;
    const end = this.args.findIndex((arg, i) => i >= this.at && (arg === ';' || (arg === '+' && this.args[i - 1] === '{}')));
    if (end < 0) throw new Problem(`missing argument to \`${word}'`);
    const command = this.args.slice(this.at, end);
    const many = this.args[end] === '+';
    this.at = end + 1;
    if (many) {
      const batch = { command, files: [] as string[] };
      search.collected.push(batch);
      return function* (found) {
        batch.files.push(found.shown);
        return true;
      };
    }
    return function* (found) {
      return (
        (yield* run(
          search,
          command.map((part) => part.replaceAll('{}', found.shown)),
        )) === 0
      );
    };
  }

  private value(word: string): string {
    const value = this.args[this.at++];
    if (value === undefined) throw new Problem(`missing argument to \`${word}'`);
    return value;
  }

  private number(word: string): number {
    const value = this.value(word);
    if (!/^\d+$/.test(value)) throw new Problem(`Expected a positive decimal integer argument to ${word}, but got '${value}'`);
    return Number(value);
  }

  private ageTest(text: string, unitMs: number): (found: Found) => boolean {
    const wanted = Number(text.replace(/^[-+]/, ''));
    return ({ stat }) => {
      const age = Math.floor((this.search.context.kernel.epochMs() - stat.modifiedMs) / unitMs);
      return text.startsWith('+') ? age > wanted : text.startsWith('-') ? age < wanted : age === wanted;
    };
  }
}

function sizeTest(text: string): (found: Found) => boolean {
  const match = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(text);
  if (!match) throw new Problem(`Invalid argument \`${text}' to -size`);
  const units: Record<string, number> = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 };
  const unit = units[match[3]!]!;
  const wanted = Number(match[2]);
  return ({ stat }) => {
    const size = Math.ceil(stat.size / unit);
    return match[1] === '+' ? size > wanted : match[1] === '-' ? size < wanted : size === wanted;
  };
}

function formatFound(format: string, { shown, stat, depth }: Found): string {
  return format
    .replace(/%(.)/g, (whole, letter: string) => {
      switch (letter) {
        case 'p':
          return shown;
        case 'f':
          return shown.replace(/\/$/, '').split('/').pop()!;
        case 'h':
          return shown.includes('/') ? shown.slice(0, shown.lastIndexOf('/')) : '.';
        case 's':
          return String(stat.size);
        case 'd':
          return String(depth);
        case 'y':
          return stat.type === 'directory' ? 'd' : 'f';
        case 'm':
          return (stat.mode & 0o7777).toString(8);
        case 'u':
        case 'g':
          return 'root';
        case 't':
          return formatDate('%a %b %e %T.%N0 %Y', stat.modifiedMs);
        case '%':
          return '%';
        default:
          return whole;
      }
    })
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\0/g, '\0');
}
