const cache = new Map<string, RegExp>();
const CACHE_SIZE = 1_000;

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: 'A-Za-z0-9_',
  xdigit: '0-9A-Fa-f',
};

export interface PatternOptions {
  readonly ignoreCase?: boolean;
  /** `*` and `?` do not match `/`: pathname expansion. */
  readonly path?: boolean;
}

/** Whether a text has characters that mean something in a pattern. */
export function hasGlob(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 42 || code === 63 || code === 91) return true;
  }
  return false;
}

/** Escapes a text so that as a pattern it matches only itself. */
export function escapePattern(text: string): string {
  return /[*?[\]\\+@!()|^-]/.test(text) ? text.replace(/[*?[\]\\+@!()|^-]/g, '\\$&') : text;
}

/** Takes the escapes out again: the text of a pattern that matched no file. */
export function unescapePattern(pattern: string): string {
  return pattern.includes('\\') ? pattern.replace(/\\(.)/gs, '$1') : pattern;
}

/** A shell pattern (with bash's extended ones) as a regular expression for the whole text. */
export function patternToRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const key = `${options.ignoreCase ? 'i' : ''}${options.path ? 'p' : ''}:${pattern}`;
  let regExp = cache.get(key);
  if (!regExp) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    regExp = new RegExp(`^(?:${patternSource(pattern, options)})$`, options.ignoreCase ? 'isu' : 'su');
    cache.set(key, regExp);
  }
  return regExp;
}

/** The source of the regular expression, without anchors. */
export function patternSource(pattern: string, options: PatternOptions = {}, lazy = false): string {
  const any = options.path ? '[^/]' : '.';
  const many = lazy ? '*?' : '*';
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\') {
      i++;
      source += i < pattern.length ? quote(pattern[i]!) : '\\\\';
    } else if ('?*+@!'.includes(c) && pattern[i + 1] === '(') {
      const end = closing(pattern, i + 1);
      if (end > 0) {
        const inner = alternatives(pattern.slice(i + 2, end)).map((each) => patternSource(each, options));
        source += extended(c, inner.join('|'), patternSource(pattern.slice(end + 1), options), any);
        i = end;
      } else source += quote(c);
    } else if (c === '*') source += any + many;
    else if (c === '?') source += any;
    else if (c === '[') {
      const bracket = bracketAt(pattern, i);
      if (bracket) {
        source += bracket.source;
        i = bracket.end;
      } else source += '\\[';
    } else source += quote(c);
  }
  return source;
}

function extended(operator: string, inner: string, rest: string, any: string): string {
  if (operator === '!') return `(?!(?:${inner})${rest}$)${any}*?`;
  return `(?:${inner})${operator === '@' ? '' : operator}`;
}

function quote(c: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
}

function closing(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '(') depth++;
    else if (pattern[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

function alternatives(inner: string): string[] {
  const result: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '\\') i++;
    else if (inner[i] === '(') depth++;
    else if (inner[i] === ')') depth--;
    else if (inner[i] === '|' && depth === 0) {
      result.push(inner.slice(from, i));
      from = i + 1;
    }
  }
  result.push(inner.slice(from));
  return result;
}

/** A bracket expression as shells and POSIX regular expressions share it: its source and where it ends. */
export function bracketAt(pattern: string, start: number, escapes = true): { source: string; end: number } | undefined {
  let i = start + 1;
  const negated = pattern[i] === '!' || pattern[i] === '^';
  if (negated) i++;
  let source = '';
  for (let first = true; i < pattern.length; first = false, i++) {
    const c = pattern[i]!;
    if (c === ']' && !first) return { source: source === '' ? '[^]' : `[${negated ? '^' : ''}${source}]`, end: i };
    if (c === '[' && pattern[i + 1] === ':') {
      const end = pattern.indexOf(':]', i + 2);
      const members = end > 0 ? CLASSES[pattern.slice(i + 2, end)] : undefined;
      if (members !== undefined) {
        source += members;
        i = end + 1;
        continue;
      }
    }
    if (c === '\\' && escapes && i + 1 < pattern.length) source += quoteInBracket(pattern[++i]!, true);
    else source += quoteInBracket(c, first || pattern[i + 1] === ']');
  }
  return undefined;
}

function quoteInBracket(c: string, literalDash: boolean): string {
  if (c === '-') return literalDash ? '\\-' : '-';
  return /[\\\][^|(){}/]/.test(c) ? `\\${c}` : c;
}
