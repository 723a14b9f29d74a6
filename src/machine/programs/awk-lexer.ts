export class AwkSyntaxError extends Error {}

export interface Token {
  readonly type: 'number' | 'string' | 'regex' | 'word' | 'builtin' | 'call' | 'operator' | 'newline' | 'end';
  readonly text: string;
  readonly value?: number;
  readonly line: number;
}

const BUILTINS = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'gensub',
  'match',
  'sprintf',
  'tolower',
  'toupper',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'system',
  'close',
  'fflush',
  'strftime',
  'systime',
]);
const OPERATORS = /^(\*\*=|\+\+|--|\+=|-=|\*=|\/=|%=|\^=|\*\*|==|<=|>=|!=|!~|&&|\|\||>>|[-+*/%^!<>|?:~$=,;(){}[\]])/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Cuts an awk program into tokens. The parser says where a `/` begins a regular expression. */
export class AwkLexer {
  private readonly source: string;
  private at = 0;
  private line = 1;

  constructor(source: string) {
    this.source = source;
  }

  /** Whether what comes after the present token matches. */
  looksAhead(pattern: RegExp): boolean {
    return pattern.test(this.source.slice(this.at));
  }

  next(regexAllowed: boolean): Token {
    this.skipBlanks();
    const { source, line } = this;
    const c = source[this.at];
    if (c === undefined) return { type: 'end', text: '', line };
    if (c === '\n') {
      this.at++;
      this.line++;
      return { type: 'newline', text: '\n', line };
    }
    if (c === '"') return this.string();
    if (c === '/' && regexAllowed) return this.regex();
    const rest = source.slice(this.at, this.at + 200);
    const number = /^(0[xX][0-9a-fA-F]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/.exec(rest);
    if (number) {
      this.at += number[0].length;
      return { type: 'number', text: number[0], value: Number(number[0]), line };
    }
    const word = /^[A-Za-z_][A-Za-z0-9_]*/.exec(rest);
    if (word) {
      this.at += word[0].length;
      const type = BUILTINS.has(word[0]) ? 'builtin' : source[this.at] === '(' && !RESERVED.has(word[0]) ? 'call' : 'word';
      return { type, text: word[0], line };
    }
    const operator = OPERATORS.exec(rest);
    if (!operator) throw new AwkSyntaxError(`line ${line}: syntax error at or near ${c}`);
    this.at += operator[0].length;
    return { type: 'operator', text: operator[0], line };
  }

  private skipBlanks(): void {
    for (;;) {
      const match = /^([ \t\r]+|\\\r?\n|#[^\n]*)/.exec(this.source.slice(this.at, this.at + 2_000));
      if (!match) return;
      if (match[0].includes('\n')) this.line++;
      this.at += match[0].length;
    }
  }

  private string(): Token {
    const { line } = this;
    let text = '';
    for (this.at++; ; this.at++) {
      const c = this.source[this.at];
      if (c === undefined || c === '\n') throw new AwkSyntaxError(`line ${line}: unterminated string ${text.slice(0, 10)}...`);
      if (c === '"') break;
      if (c !== '\\') {
        text += c;
        continue;
      }
      const next = this.source[++this.at] ?? '';
      const octal = /^[0-7]{1,3}/.exec(this.source.slice(this.at, this.at + 3));
      if (octal) {
        text += String.fromCharCode(parseInt(octal[0], 8));
        this.at += octal[0].length - 1;
      } else if (next === '\n') this.line++;
      else text += ESCAPES[next] ?? `\\${next}`;
    }
    this.at++;
    return { type: 'string', text, line };
  }

  private regex(): Token {
    const { line } = this;
    let text = '';
    let inBracket = false;
    for (this.at++; ; this.at++) {
      const c = this.source[this.at];
      if (c === undefined || c === '\n') throw new AwkSyntaxError(`line ${line}: regular expression compile failed (missing closing /)`);
      if (c === '\\') {
        const next = this.source[++this.at] ?? '';
        text += next === '/' ? '/' : `\\${next}`;
        continue;
      }
      if (c === '[') inBracket = true;
      else if (c === ']') inBracket = false;
      else if (c === '/' && !inBracket) break;
      text += c;
    }
    this.at++;
    return { type: 'regex', text, line };
  }
}

const RESERVED = new Set([
  'if',
  'while',
  'for',
  'in',
  'print',
  'printf',
  'return',
  'exit',
  'function',
  'func',
  'getline',
  'else',
  'do',
  'delete',
]);
