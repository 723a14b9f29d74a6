import { posixToRegExp } from '../regexp.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** Without an expression: the last one used. */
  | { readonly kind: 'match'; readonly regExp: RegExp | undefined }
  | { readonly kind: 'plus'; readonly count: number }
  | { readonly kind: 'multiple'; readonly of: number };

export interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly name: string;
  /** Text of a, i, c; label of b, t, T, :; file of r, w; exit code of q, Q. */
  readonly text: string;
  readonly substitution: Substitution | undefined;
  readonly map: ReadonlyMap<string, string> | undefined;
  /** Index after the block's end, for `{`. */
  end: number;
  /** Where in a range it stands: the line of its end, while it runs. */
  activeUntil: number | undefined;
  isActive: boolean;
}

export interface Substitution {
  readonly regExp: RegExp | undefined;
  readonly replacement: readonly ReplacementPart[];
  readonly global: boolean;
  readonly number: number;
  readonly print: boolean;
  readonly file: string | undefined;
}

export type ReplacementPart = string | number | { readonly changeCase: 'U' | 'L' | 'u' | 'l' | 'E' };

export interface SedScript {
  readonly commands: readonly SedCommand[];
  readonly labels: ReadonlyMap<string, number>;
}

class Failure extends Error {}

/** Parses a script; a string is what is wrong with it, in GNU sed's words. */
export function parseSed(source: string, extended: boolean): SedScript | string {
  const parser = new Parser(source, extended);
  try {
    return parser.run();
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return `-e expression #1, char ${parser.at}: ${failure.message}`;
  }
}

class Parser {
  private readonly source: string;
  private readonly extended: boolean;
  at = 0;
  private readonly commands: SedCommand[] = [];
  private readonly labels = new Map<string, number>();
  private readonly blocks: SedCommand[] = [];

  constructor(source: string, extended: boolean) {
    this.source = source;
    this.extended = extended;
  }

  run(): SedScript {
    for (;;) {
      this.skip(/[\s;]/);
      if (this.at >= this.source.length) break;
      this.command();
    }
    if (this.blocks.length > 0) {
      this.at = 0;
      throw new Failure("unmatched `{'");
    }
    for (const command of this.commands) {
      if ('btT'.includes(command.name) && command.text !== '' && !this.labels.has(command.text))
        throw new Failure(`can't find label for jump to \`${command.text}'`);
    }
    return { commands: this.commands, labels: this.labels };
  }

  private command(): void {
    const from = this.address();
    let to: Address | undefined;
    if (from) {
      this.skip(/\s/);
      if (this.source[this.at] === ',') {
        this.at++;
        this.skip(/\s/);
        to = this.address(true);
        if (!to) throw new Failure("unexpected `,'");
      }
    }
    this.skip(/\s/);
    let negated = false;
    while (this.source[this.at] === '!') {
      negated = true;
      this.at++;
      this.skip(/\s/);
    }
    const name = this.source[this.at];
    if (name === undefined) throw new Failure('missing command');
    this.at++;
    const command: SedCommand = { from, to, negated, name, ...this.argument(name), end: 0, activeUntil: undefined, isActive: false };
    if (name === '#') return;
    if (name === '}') {
      const open = this.blocks.pop();
      if (!open) throw new Failure("unexpected `}'");
      open.end = this.commands.length;
      this.endOfCommand();
      return;
    }
    if (name === ':') {
      if (from) throw new Failure(": doesn't want any addresses");
      if (command.text === '') throw new Failure('":" lacks a label');
      this.labels.set(command.text, this.commands.length);
      return;
    }
    this.commands.push(command);
    if (name === '{') this.blocks.push(command);
  }

  private argument(name: string): Pick<SedCommand, 'text' | 'substitution' | 'map'> {
    const nothing = { text: '', substitution: undefined, map: undefined };
    switch (name) {
      case '{':
      case '}':
        return nothing;
      case '#':
        this.rest();
        return nothing;
      case 's':
        return { ...nothing, substitution: this.substitution() };
      case 'y':
        return { ...nothing, map: this.transliteration() };
      case 'a':
      case 'i':
      case 'c':
        return { ...nothing, text: this.addedText() };
      case ':':
        this.skip(/[ \t]/);
        return { ...nothing, text: this.until(/[\s;]/) };
      case 'b':
      case 't':
      case 'T':
        this.skip(/[ \t]/);
        return { ...nothing, text: this.until(/[\s;}]/) };
      case 'r':
      case 'R':
      case 'w':
      case 'W': {
        this.skip(/[ \t]/);
        const file = this.rest();
        if (file === '') throw new Failure('missing filename in r/R/w/W commands');
        return { ...nothing, text: file };
      }
      case 'q':
      case 'Q':
      case 'l':
      case 'L': {
        this.skip(/[ \t]/);
        const text = this.until(/[^0-9]/);
        this.endOfCommand();
        return { ...nothing, text };
      }
      default:
        if (!'dDgGhHnNpPxz=eFv'.includes(name)) throw new Failure(`unknown command: \`${name}'`);
        this.endOfCommand();
        return nothing;
    }
  }

  private endOfCommand(): void {
    this.skip(/[ \t]/);
    const c = this.source[this.at];
    if (c === undefined || c === '\n' || c === ';') this.at++;
    else if (c !== '}' && c !== '#') {
      this.at++;
      throw new Failure('extra characters after command');
    }
  }

  private address(second = false): Address | undefined {
    const c = this.source[this.at];
    if (c === '$') {
      this.at++;
      return { kind: 'last' };
    }
    if (c === '/' || c === '\\') {
      this.at += c === '/' ? 1 : 2;
      const delimiter = c === '/' ? '/' : this.source[this.at - 1]!;
      const pattern = this.delimited(delimiter, 'unterminated address regex');
      let flags = '';
      while (/[IM]/.test(this.source[this.at] ?? '')) flags += this.source[this.at++];
      return { kind: 'match', regExp: this.regExp(pattern, flags.includes('I'), flags.includes('M')) };
    }
    if (second && (c === '+' || c === '~')) {
      this.at++;
      const count = Number(this.until(/[^0-9]/));
      return c === '+' ? { kind: 'plus', count } : { kind: 'multiple', of: count };
    }
    if (c === undefined || !/[0-9]/.test(c)) return undefined;
    const line = Number(this.until(/[^0-9]/));
    if (this.source[this.at] === '~') {
      this.at++;
      return { kind: 'step', first: line, step: Number(this.until(/[^0-9]/)) };
    }
    if (line === 0 && !second && this.source[this.at] !== ',') throw new Failure('invalid usage of line address 0');
    return { kind: 'line', line };
  }

  private regExp(pattern: string, ignoreCase: boolean, multiline: boolean): RegExp | undefined {
    if (pattern === '') return undefined;
    const compiled = posixToRegExp(pattern, { extended: this.extended, ignoreCase, multiline, global: true });
    if ('problem' in compiled) throw new Failure(compiled.problem);
    return compiled.regExp;
  }

  private substitution(): Substitution {
    const delimiter = this.source[this.at++];
    if (delimiter === undefined || delimiter === '\n' || delimiter === '\\') throw new Failure("unterminated `s' command");
    const pattern = this.delimited(delimiter, "unterminated `s' command");
    const replacement = this.delimited(delimiter, "unterminated `s' command", true);
    let global = false;
    let print = false;
    let number = 1;
    let ignoreCase = false;
    let multiline = false;
    let file: string | undefined;
    for (;;) {
      const c = this.source[this.at];
      if (c === 'g') global = true;
      else if (c === 'p') print = true;
      else if (c === 'i' || c === 'I') ignoreCase = true;
      else if (c === 'm' || c === 'M') multiline = true;
      else if (c !== undefined && /[1-9]/.test(c)) {
        number = Number(this.until(/[^0-9]/));
        continue;
      } else if (c === 'w') {
        this.at++;
        this.skip(/[ \t]/);
        file = this.rest();
        break;
      } else if (c === undefined || /[\s;}#]/.test(c)) {
        this.endOfCommand();
        break;
      } else {
        this.at++;
        throw new Failure("unknown option to `s'");
      }
      this.at++;
    }
    const regExp = this.regExp(pattern, ignoreCase, multiline);
    const parts = replacementParts(replacement);
    const groups = regExp ? new RegExp(`${regExp.source}|`, 'u').exec('')!.length - 1 : 9;
    for (const part of parts) {
      if (typeof part === 'number' && part > groups) throw new Failure(`invalid reference \\${part} on \`s' command's RHS`);
    }
    return { regExp, replacement: parts, global, number, print, file };
  }

  private transliteration(): ReadonlyMap<string, string> {
    const delimiter = this.source[this.at++] ?? '';
    const plain = (text: string) => text.replace(/\\n/g, '\n').replace(/\\\\/g, '\\');
    const from = [...plain(this.delimited(delimiter, "unterminated `y' command"))];
    const to = [...plain(this.delimited(delimiter, "unterminated `y' command"))];
    if (from.length !== to.length) throw new Failure("strings for `y' command are different lengths");
    this.endOfCommand();
    return new Map(from.map((c, i) => [c, to[i]!]));
  }

  /** Text up to an unescaped delimiter, which loses its escape; in an expression brackets protect it. */
  private delimited(delimiter: string, problem: string, replacement = false): string {
    let text = '';
    let inBracket = false;
    for (; this.at < this.source.length; this.at++) {
      const c = this.source[this.at]!;
      if (c === '\\') {
        const next = this.source[++this.at];
        if (next === undefined) break;
        if (next === delimiter && !(replacement && next === '&')) text += delimiter;
        else text += next === 'n' && !replacement ? '\n' : `\\${next}`;
        continue;
      }
      if (c === delimiter && !inBracket) {
        this.at++;
        return text;
      }
      if (!replacement && c === '[' && !inBracket) {
        inBracket = true;
        text += c;
        if (this.source[this.at + 1] === '^') text += this.source[++this.at];
        if (this.source[this.at + 1] === ']') text += this.source[++this.at];
        continue;
      }
      if (c === ']') inBracket = false;
      if (c === '\n' && !replacement) break;
      text += c;
    }
    throw new Failure(problem);
  }

  /** `a text`, `a\` with the text on the next lines. */
  private addedText(): string {
    this.skip(/[ \t]/);
    if (this.source[this.at] === '\\') {
      this.at++;
      // Blanks after the backslash belong to the text unless the text begins on the next line.
      const line = /^[ \t]*\n/.exec(this.source.slice(this.at));
      if (line) this.at += line[0].length;
    } else if (this.at >= this.source.length) throw new Failure("expected \\ after `a', `c' or `i'");
    let text = '';
    for (; this.at < this.source.length && this.source[this.at] !== '\n'; this.at++) {
      if (this.source[this.at] === '\\' && this.at + 1 < this.source.length) this.at++;
      text += this.source[this.at];
    }
    return text;
  }

  private rest(): string {
    return this.until(/\n/);
  }

  private until(stop: RegExp): string {
    const start = this.at;
    while (this.at < this.source.length && !stop.test(this.source[this.at]!)) this.at++;
    return this.source.slice(start, this.at);
  }

  private skip(what: RegExp): void {
    while (this.at < this.source.length && what.test(this.source[this.at]!)) this.at++;
  }
}

function replacementParts(source: string): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let text = '';
  const push = (part: ReplacementPart): void => {
    if (text !== '') parts.push(text);
    text = '';
    parts.push(part);
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    if (c === '&') push(0);
    else if (c !== '\\' || i + 1 >= source.length) text += c;
    else {
      const next = source[++i]!;
      if (/[0-9]/.test(next)) push(Number(next));
      else if (/[ULulE]/.test(next)) push({ changeCase: next as 'U' });
      else text += next === 'n' ? '\n' : next === 't' ? '\t' : next === 'r' ? '\r' : next;
    }
  }
  if (text !== '') parts.push(text);
  return parts;
}
