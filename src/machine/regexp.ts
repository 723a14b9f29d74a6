import { bracketAt } from './shell/pattern.ts';

export interface RegExpOptions {
  /** ERE instead of BRE. */
  readonly extended?: boolean;
  readonly ignoreCase?: boolean;
  /** Matches everywhere, for replacing. */
  readonly global?: boolean;
  /** `^` and `$` match at lines inside the text. */
  readonly multiline?: boolean;
}

export type CompiledRegExp = { readonly regExp: RegExp; readonly groups: number } | { readonly problem: string };

const cache = new Map<string, CompiledRegExp>();

/** A POSIX regular expression with GNU's extensions (`\|`, `\+`, `\w`, `\b`) as a JavaScript one; the problem in glibc's words. */
export function posixToRegExp(source: string, options: RegExpOptions = {}): CompiledRegExp {
  const flags = `u${options.ignoreCase ? 'i' : ''}${options.global ? 'g' : ''}${options.multiline ? 'm' : ''}`;
  const key = `${options.extended ? 'E' : 'B'}${flags}:${source}`;
  let compiled = cache.get(key);
  if (!compiled) {
    compiled = compile(source, options.extended ?? false, flags);
    if (cache.size > 1_000) cache.clear();
    cache.set(key, compiled);
  }
  if ('regExp' in compiled) compiled.regExp.lastIndex = 0;
  return compiled;
}

function compile(source: string, extended: boolean, flags: string): CompiledRegExp {
  const translated = new Translator(source, extended).run();
  if (typeof translated !== 'string') return translated;
  try {
    return { regExp: new RegExp(translated, flags), groups: countGroups(translated) };
  } catch {
    return { problem: 'Invalid preceding regular expression' };
  }
}

function countGroups(source: string): number {
  return new RegExp(`${source}|`, 'u').exec('')!.length - 1;
}

class Translator {
  private readonly source: string;
  private readonly extended: boolean;
  private at = 0;
  private depth = 0;
  private result = '';
  /** Nothing stands before that could be repeated. */
  private atStart = true;

  constructor(source: string, extended: boolean) {
    this.source = source;
    this.extended = extended;
  }

  run(): string | { problem: string } {
    const { source } = this;
    while (this.at < source.length) {
      const c = source[this.at]!;
      const problem = c === '\\' ? this.escape() : c === '[' ? this.bracket() : this.plain(c);
      if (problem) return { problem };
    }
    if (this.depth > 0) return { problem: 'Unmatched ( or \\(' };
    return this.result;
  }

  private emit(text: string, startsAgain = false): undefined {
    this.result += text;
    this.atStart = startsAgain;
    return undefined;
  }

  private bracket(): string | undefined {
    const bracket = bracketAt(this.source, this.at, false);
    if (!bracket) return 'Invalid regular expression';
    this.at = bracket.end + 1;
    return this.emit(bracket.source);
  }

  private plain(c: string): string | undefined {
    this.at++;
    switch (c) {
      case '.':
        return this.emit('[^]');
      case '*':
        return this.atStart ? this.emit(this.extended ? '' : '\\*') : this.repeat('*');
      case '^':
        return !this.extended && !this.atStart ? this.emit('\\^') : this.emit('^', true);
      case '$':
        return this.extended || this.endsHere() ? this.emit('$') : this.emit('\\$');
      case '+':
      case '?':
        return this.extended ? (this.atStart ? undefined : this.repeat(c)) : this.emit(`\\${c}`);
      case '|':
        return this.extended ? this.emit('|', true) : this.emit('\\|');
      case '(':
        return this.extended ? this.open() : this.emit('\\(');
      case ')':
        return this.extended && this.depth > 0 ? this.close() : this.extended ? 'Unmatched ) or \\)' : this.emit('\\)');
      case '{':
        return this.extended && !this.atStart ? this.interval('}') : this.emit('\\{');
      case '}':
      case ']':
      case '/':
        return this.emit(`\\${c}`);
      default:
        return this.emit(c);
    }
  }

  private escape(): string | undefined {
    const c = this.source[this.at + 1];
    this.at += 2;
    if (c === undefined) return 'Trailing backslash';
    if (!this.extended) {
      if (c === '(') return this.open();
      if (c === ')') return this.depth > 0 ? this.close() : 'Unmatched ) or \\)';
      if (c === '|') return this.emit('|', true);
      if (c === '{') return this.atStart ? 'Invalid preceding regular expression' : this.interval('\\}');
      if ((c === '+' || c === '?') && !this.atStart) return this.repeat(c);
    }
    switch (c) {
      case 'w':
      case 'W':
      case 's':
      case 'S':
      case 'b':
      case 'B':
      case 'n':
      case 't':
      case 'r':
      case 'f':
      case 'v':
        return this.emit(`\\${c}`);
      case '<':
        return this.emit('\\b(?=\\w)');
      case '>':
        return this.emit('\\b(?<=\\w)');
      case '`':
        return this.emit('(?<![^])');
      case "'":
        return this.emit('(?![^])');
    }
    if (/[1-9]/.test(c)) return this.emit(`(?:\\${c})`);
    return this.emit(/[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c);
  }

  private open(): undefined {
    this.depth++;
    return this.emit('(', true);
  }

  private close(): undefined {
    this.depth--;
    return this.emit(')');
  }

  /** Several repetitions in a row are allowed in POSIX: `a**`. */
  private repeat(operator: string): undefined {
    if (/(?<!\\)[*+?}]$/.test(this.result)) {
      if (operator === '*' && this.result.endsWith('*')) return undefined;
      this.result = wrapLast(this.result);
    }
    return this.emit(operator);
  }

  private interval(close: string): string | undefined {
    const end = this.source.indexOf(close, this.at);
    const inner = end < 0 ? '' : this.source.slice(this.at, end);
    if (!/^(\d+(,\d*)?|,\d+)$/.test(inner)) {
      if (this.extended) return this.emit('\\{');
      return end < 0 ? 'Unmatched \\{' : 'Invalid content of \\{\\}';
    }
    this.at = end + close.length;
    const [low, high] = inner.split(',');
    if (high !== undefined && high !== '' && Number(high) < Number(low)) return 'Invalid content of \\{\\}';
    return this.repeat(`{${low || '0'}${inner.includes(',') ? `,${high}` : ''}}`);
  }

  /** In BRE `$` is an anchor only at the end of the expression or of an alternative. */
  private endsHere(): boolean {
    const rest = this.source.slice(this.at);
    return rest === '' || rest.startsWith('\\)') || rest.startsWith('\\|');
  }
}

/** Makes the last repeated atom a group, so that it can be repeated again. */
function wrapLast(result: string): string {
  const match = /((?:\\.|\[(?:\\.|[^\]])*\]|[^\\\])])(?:[*+?]|\{[\d,]+\}))$/u.exec(result);
  return match ? `${result.slice(0, match.index)}(?:${match[1]})` : `(?:${result})`;
}
