import type { Task } from '../../sim/wait.ts';
import type { ProgramContext, System } from '../program.ts';

/** What a command knows of itself: for parsing its options and for `--help`. */
export interface CommandSpec {
  /** What follows `Usage: `, with the command's name. */
  readonly usage: string;
  /** One sentence or more. */
  readonly about: string;
  /** As in the manual: `-n, --lines=NUM`, and what it does. The first name is the key. */
  readonly options?: readonly (readonly [names: string, help: string])[];
  /** Exit code for wrong options; 1 unless said. */
  readonly wrongUsage?: number;
  /** Options end at the first operand: `env`, `xargs`, `ssh`. */
  readonly stopsAtOperand?: boolean;
  /** The key of the option that `-5` is short for. */
  readonly numberKey?: string;
  /** What is printed after a wrong option instead of "Try ... --help". */
  readonly fullUsage?: string;
  /** Prints the usage line before "Try ... --help", as grep does. */
  readonly showsUsage?: boolean;
}

interface OptionInfo {
  readonly key: string;
  readonly argument: 'none' | 'required' | 'optional';
}

interface Compiled {
  readonly byLetter: ReadonlyMap<string, OptionInfo>;
  readonly byName: ReadonlyMap<string, OptionInfo>;
}

const compiled = new WeakMap<CommandSpec, Compiled>();

/** The options of a call, and its operands. */
export class Parsed {
  readonly operands: readonly string[];
  /** Options in the order in which they came. */
  readonly given: readonly (readonly [key: string, value: string])[];

  constructor(operands: readonly string[], given: readonly (readonly [string, string])[]) {
    this.operands = operands;
    this.given = given;
  }

  has(key: string): boolean {
    for (const [each] of this.given) if (each === key) return true;
    return false;
  }

  /** The last value given. */
  value(key: string): string | undefined {
    for (let i = this.given.length - 1; i >= 0; i--) if (this.given[i]![0] === key) return this.given[i]![1];
    return undefined;
  }

  values(key: string): string[] {
    return this.given.filter(([each]) => each === key).map(([, value]) => value);
  }
}

const NO_OPTIONS: readonly (readonly [string, string])[] = [];

/** Parses a call's arguments as getopt_long does. After `--help` or an error everything is printed and only the exit code is left. */
export function* parseOptions(context: ProgramContext, spec: CommandSpec): Task<Parsed | number> {
  const { args } = context;
  if (!args.some((arg) => arg.charCodeAt(0) === 45 && arg.length > 1)) return new Parsed(args, NO_OPTIONS);
  const table = compile(spec);
  const given: [string, string][] = [];
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.charCodeAt(0) !== 45 || arg === '-') {
      if (spec.stopsAtOperand) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(arg);
      continue;
    }
    const problem = arg.startsWith('--') ? longOption(arg, args[i + 1], table, given) : shortOptions(arg, args[i + 1], table, given, spec);
    if (typeof problem === 'string') return yield* wrongUsage(context, spec, problem);
    if (problem.help) {
      yield* context.stdout.write(helpText(context.system, spec));
      return 0;
    }
    if (problem.tookNext) i++;
  }
  return new Parsed(operands, given);
}

interface Outcome {
  readonly tookNext?: boolean;
  readonly help?: boolean;
}

function longOption(arg: string, next: string | undefined, table: Compiled, given: [string, string][]): Outcome | string {
  const cut = arg.indexOf('=');
  const name = cut < 0 ? arg.slice(2) : arg.slice(2, cut);
  let info = table.byName.get(name);
  if (!info) {
    const candidates = [...table.byName.keys()].filter((each) => each.startsWith(name));
    const keys = new Set(candidates.map((each) => table.byName.get(each)!.key));
    if (keys.size > 1) return `option '${arg}' is ambiguous; possibilities: ${candidates.map((each) => `'--${each}'`).join(' ')}`;
    info = table.byName.get(candidates[0] ?? '');
  }
  if (!info) return name === 'help' ? { help: true } : `unrecognized option '${arg}'`;
  if (info.argument === 'none' && cut >= 0) return `option '--${name}' doesn't allow an argument`;
  if (info.argument === 'required' && cut < 0) {
    if (next === undefined) return `option '--${name}' requires an argument`;
    given.push([info.key, next]);
    return { tookNext: true };
  }
  given.push([info.key, cut < 0 ? '' : arg.slice(cut + 1)]);
  return {};
}

function shortOptions(
  arg: string,
  next: string | undefined,
  table: Compiled,
  given: [string, string][],
  spec: CommandSpec,
): Outcome | string {
  if (spec.numberKey !== undefined && /^-\d+$/.test(arg)) {
    given.push([spec.numberKey, arg.slice(1)]);
    return {};
  }
  for (let j = 1; j < arg.length; j++) {
    const letter = arg[j]!;
    const info = table.byLetter.get(letter);
    if (!info) return `invalid option -- '${letter}'`;
    const rest = arg.slice(j + 1);
    if (info.argument === 'none') given.push([info.key, '']);
    else if (info.argument === 'optional' || rest !== '') {
      given.push([info.key, rest]);
      return {};
    } else if (next === undefined) return `option requires an argument -- '${letter}'`;
    else {
      given.push([info.key, next]);
      return { tookNext: true };
    }
  }
  return {};
}

function compile(spec: CommandSpec): Compiled {
  let table = compiled.get(spec);
  if (!table) {
    const byLetter = new Map<string, OptionInfo>();
    const byName = new Map<string, OptionInfo>();
    for (const [names] of spec.options ?? []) {
      const parts = names.split(', ').map((part) => /^--?([^=[\s]+)(\[?=?\S*)?(?:\s(\S+))?$/.exec(part)!);
      const key = parts[0]![1]!;
      const argument = parts.some((part) => part[2]?.startsWith('['))
        ? 'optional'
        : parts.some((part) => part[2] || part[3])
          ? 'required'
          : 'none';
      for (const part of parts) (part[0].startsWith('--') ? byName : byLetter).set(part[1]!, { key, argument });
    }
    table = { byLetter, byName };
    compiled.set(spec, table);
  }
  return table;
}

/** Prints what is wrong with a call and answers the exit code. */
export function* wrongUsage(context: ProgramContext, spec: CommandSpec, problem: string): Task<number> {
  const { name, system, stderr } = context;
  if (isBusybox(system)) {
    const plain = problem
      .replace(/^invalid option -- '(.)'$/, 'unrecognized option: $1')
      .replace(/^unrecognized option '--(.*)'$/, 'unrecognized option: $1')
      .replace(/^option requires an argument -- '(.)'$/, 'option requires an argument: $1');
    yield* stderr.write(`${name}: ${plain}\n${busyboxUsage(spec)}`);
    return 1;
  }
  if (spec.fullUsage !== undefined) {
    yield* stderr.write(`${name}: ${problem}\n${spec.fullUsage}`);
    return spec.wrongUsage ?? 1;
  }
  const usage = spec.showsUsage ? `Usage: ${spec.usage}\n` : '';
  yield* stderr.write(`${name}: ${problem}\n${usage}Try '${name} --help' for more information.\n`);
  return spec.wrongUsage ?? 1;
}

/** Whether a system's programs are busybox's. */
export function isBusybox(system: System): boolean {
  return system.programs.has('ash') && !system.programs.has('bash');
}

export function helpText(system: System, spec: CommandSpec): string {
  if (isBusybox(system)) return busyboxUsage(spec);
  if (spec.fullUsage !== undefined) return spec.fullUsage;
  return `Usage: ${spec.usage}\n${spec.about}\n${optionLines(spec)}`;
}

function busyboxUsage(spec: CommandSpec): string {
  return `BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.\n\nUsage: ${spec.usage}\n\n${spec.about}\n${optionLines(spec)}`;
}

function optionLines(spec: CommandSpec): string {
  const lines = (spec.options ?? []).map(
    ([names, help]) => `  ${names.startsWith('--') ? `    ${names}` : names}`.padEnd(26) + `  ${help}\n`,
  );
  return lines.length > 0 ? `\n${lines.join('')}` : '';
}
