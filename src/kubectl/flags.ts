/*
 * Flags as cobra and pflag read them: `--name value`, `--name=value`, `-n value`, `-nvalue`, groups of
 * one-letter flags, booleans that need no value, repeated flags, `--` before the rest.
 */

export type FlagKind = 'bool' | 'string' | 'strings' | 'array' | 'int' | 'duration';

export interface FlagSpec {
  readonly name: string;
  /** One letter. */
  readonly shorthand?: string;
  readonly kind: FlagKind;
  /** As it would be typed. Left out: the kind's zero. */
  readonly default?: string;
  /** What the flag means when it comes without `=value`; such a flag never takes the next argument. */
  readonly bare?: string;
  readonly usage: string;
  readonly required?: boolean;
  /** Printed on standard error when the flag is used. */
  readonly deprecated?: string;
  readonly hidden?: boolean;
}

/** Wrong use of flags. The message is pflag's. */
export class FlagError extends Error {
  override name = 'FlagError';
}

/** Asked for with `-h` or `--help`. */
export class HelpRequested extends Error {
  override name = 'HelpRequested';
}

/** The values of one command's flags. Asking for a flag that the command does not have is a bug. */
export class Flags {
  private readonly specs = new Map<string, FlagSpec>();
  private readonly byShorthand = new Map<string, FlagSpec>();
  private readonly values = new Map<string, string[]>();

  constructor(specs: Iterable<FlagSpec>) {
    for (const spec of specs) {
      this.specs.set(spec.name, spec);
      if (spec.shorthand) this.byShorthand.set(spec.shorthand, spec);
    }
  }

  has(name: string): boolean {
    return this.specs.has(name);
  }

  /** Whether it was given on the command line. */
  changed(name: string): boolean {
    return this.values.has(name);
  }

  string(name: string): string {
    return this.values.get(this.spec(name).name)?.at(-1) ?? this.spec(name).default ?? '';
  }

  bool(name: string): boolean {
    return parseBool(this.string(name)) ?? false;
  }

  int(name: string): number {
    return Number(this.string(name) || 0);
  }

  /** All values in order; `strings` are split at commas, `array` values are kept whole. */
  strings(name: string): string[] {
    const spec = this.spec(name);
    const values = this.values.get(name) ?? (spec.default ? [spec.default] : []);
    return spec.kind === 'strings' ? values.flatMap(splitCommas) : values;
  }

  durationMs(name: string): number {
    return parseDuration(this.string(name) || '0') ?? 0;
  }

  set(name: string, value: string): void {
    this.values.set(name, [value]);
  }

  get deprecations(): string[] {
    const notes: string[] = [];
    for (const name of this.values.keys()) {
      const note = this.spec(name).deprecated;
      if (note) notes.push(`Flag --${name} has been deprecated, ${note}`);
    }
    return notes;
  }

  missingRequired(): string[] {
    return [...this.specs.values()].filter((spec) => spec.required && !this.changed(spec.name)).map((spec) => spec.name);
  }

  /** Reads arguments and answers those that are no flags. `dashAt`: how many of them came before `--`, or -1. */
  parse(args: readonly string[]): { rest: string[]; dashAt: number } {
    const rest: string[] = [];
    for (let at = 0; at < args.length; at++) {
      const argument = args[at]!;
      if (argument === '--') {
        const dashAt = rest.length;
        rest.push(...args.slice(at + 1));
        return { rest, dashAt };
      }
      if (argument.startsWith('--')) at = this.parseLong(args, at);
      else if (argument.startsWith('-') && argument.length > 1) at = this.parseShort(args, at);
      else rest.push(argument);
    }
    return { rest, dashAt: -1 };
  }

  private parseLong(args: readonly string[], at: number): number {
    const argument = args[at]!.slice(2);
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    if (name === '' || name.startsWith('-')) throw new FlagError(`bad flag syntax: ${args[at]}`);
    const spec = this.specs.get(name);
    if (!spec) {
      if (name === 'help') throw new HelpRequested();
      throw new FlagError(`unknown flag: --${name}`);
    }
    if (equals >= 0) this.assign(spec, argument.slice(equals + 1));
    else if (bareValue(spec) !== undefined) this.assign(spec, bareValue(spec)!);
    else if (at + 1 < args.length) this.assign(spec, args[++at]!);
    else throw new FlagError(`flag needs an argument: --${name}`);
    return at;
  }

  private parseShort(args: readonly string[], at: number): number {
    let group = args[at]!.slice(1);
    while (group !== '') {
      const letter = group[0]!;
      const spec = this.byShorthand.get(letter);
      if (!spec) {
        if (letter === 'h') throw new HelpRequested();
        throw new FlagError(`unknown shorthand flag: '${letter}' in -${group}`);
      }
      if (group.length > 2 && group[1] === '=') {
        this.assign(spec, group.slice(2));
        return at;
      }
      if (bareValue(spec) !== undefined) {
        this.assign(spec, bareValue(spec)!);
        group = group.slice(1);
        continue;
      }
      if (group.length > 1) this.assign(spec, group.slice(1));
      else if (at + 1 < args.length) this.assign(spec, args[++at]!);
      else throw new FlagError(`flag needs an argument: '${letter}' in -${group}`);
      return at;
    }
    return at;
  }

  private assign(spec: FlagSpec, value: string): void {
    const problem = problemOf(spec, value);
    if (problem) {
      const label = spec.shorthand ? `-${spec.shorthand}, --${spec.name}` : `--${spec.name}`;
      throw new FlagError(`invalid argument "${value}" for "${label}" flag: ${problem}`);
    }
    const before = this.values.get(spec.name);
    if (before && (spec.kind === 'strings' || spec.kind === 'array')) before.push(value);
    else this.values.set(spec.name, [value]);
  }

  private spec(name: string): FlagSpec {
    const spec = this.specs.get(name);
    if (!spec) throw new Error(`the command has no flag --${name}`);
    return spec;
  }
}

function bareValue(spec: FlagSpec): string | undefined {
  if (spec.bare !== undefined) return spec.bare;
  return spec.kind === 'bool' ? 'true' : undefined;
}

function problemOf(spec: FlagSpec, value: string): string | undefined {
  switch (spec.kind) {
    case 'bool':
      return parseBool(value) === undefined ? `strconv.ParseBool: parsing "${value}": invalid syntax` : undefined;
    case 'int':
      return /^[+-]?\d+$/.test(value) ? undefined : `strconv.ParseInt: parsing "${value}": invalid syntax`;
    case 'duration':
      return parseDuration(value) === undefined ? durationProblem(value) : undefined;
    default:
      return undefined;
  }
}

function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False', ''].includes(text)) return text === '' ? undefined : false;
  return undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration (`1h30m`, `-1s`, `0`), or undefined if the text is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^([+-]?)(.*)$/s.exec(text)!;
  const sign = match[1] === '-' ? -1 : 1;
  const body = match[2]!;
  if (body === '0') return 0;
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/.test(body)) return undefined;
  let total = 0;
  for (const part of body.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(part[1]) * UNIT_MS[part[2]!]!;
  return sign * total;
}

function durationProblem(text: string): string {
  if (/^[+-]?\d+(\.\d*)?$/.test(text)) return `time: missing unit in duration "${text}"`;
  return `time: invalid duration "${text}"`;
}

/** A comma-separated list as encoding/csv reads one record: fields may stand in double quotes. */
export function splitCommas(text: string): string[] {
  if (text === '') return [];
  if (!text.includes('"')) return text.split(',');
  const fields: string[] = [];
  for (const match of text.matchAll(/("((?:[^"]|"")*)"|[^,]*)(?:,|$)/g)) {
    if (match[0] === '' && fields.length > 0 && !text.endsWith(',')) break;
    fields.push(match[2] !== undefined ? match[2].replaceAll('""', '"') : match[1]!);
    if (match.index! + match[0].length >= text.length) break;
  }
  return fields;
}
