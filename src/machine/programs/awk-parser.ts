import { AwkLexer, AwkSyntaxError, type Token } from './awk-lexer.ts';

export type Expression =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'regex'; readonly source: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'element'; readonly name: string; readonly index: readonly Expression[] }
  | { readonly type: 'field'; readonly index: Expression }
  | { readonly type: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression }
  | { readonly type: 'conditional'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly type: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly type: 'increment'; readonly target: Expression; readonly by: number; readonly prefix: boolean }
  | { readonly type: 'in'; readonly index: readonly Expression[]; readonly name: string }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly type: 'group'; readonly inner: Expression }
  | {
      readonly type: 'getline';
      readonly target: Expression | undefined;
      readonly file: Expression | undefined;
      readonly command: Expression | undefined;
    };

export type Statement =
  | { readonly type: 'expression'; readonly expression: Expression }
  | {
      readonly type: 'print';
      readonly format: boolean;
      readonly args: readonly Expression[];
      readonly to: { readonly operator: string; readonly target: Expression } | undefined;
    }
  | { readonly type: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly type: 'while'; readonly test: Expression; readonly body: Statement; readonly first: boolean }
  | {
      readonly type: 'for';
      readonly start: Statement | undefined;
      readonly test: Expression | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly type: 'forIn'; readonly variable: string; readonly name: string; readonly body: Statement }
  | { readonly type: 'block'; readonly body: readonly Statement[] }
  | { readonly type: 'delete'; readonly name: string; readonly index: readonly Expression[] | undefined }
  | { readonly type: 'jump'; readonly kind: 'next' | 'nextfile' | 'break' | 'continue' }
  | { readonly type: 'exit' | 'return'; readonly value: Expression | undefined };

export interface Rule {
  /** `always` without a pattern; `range` from one pattern to another. */
  readonly kind: 'begin' | 'end' | 'always' | 'when' | 'range';
  readonly pattern: Expression | undefined;
  readonly until: Expression | undefined;
  /** Without a body the record is printed. */
  readonly body: Statement | undefined;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkScript {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

/** Parses an awk program. Throws {@link AwkSyntaxError}. */
export function parseAwk(source: string): AwkScript {
  return new Parser(source).script();
}

const ASSIGNMENTS = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=', '**=']);
const COMPARISONS = new Set(['<', '<=', '==', '!=', '>', '>=']);

class Parser {
  private readonly lexer: AwkLexer;
  private token: Token;
  private noIn = false;
  private noGreater = false;

  constructor(source: string) {
    this.lexer = new AwkLexer(source);
    this.token = this.lexer.next(true);
  }

  script(): AwkScript {
    const rules: Rule[] = [];
    const functions = new Map<string, AwkFunction>();
    this.skipTerminators();
    while (this.token.type !== 'end') {
      if (this.isWord('function') || this.isWord('func')) this.definition(functions);
      else rules.push(this.rule());
      this.skipTerminators();
    }
    return { rules, functions };
  }

  private definition(functions: Map<string, AwkFunction>): void {
    this.advance();
    const name = this.name();
    this.expect('(');
    const parameters: string[] = [];
    while (!this.is(')')) {
      parameters.push(this.name());
      if (!this.take(',')) break;
      this.skipNewlines();
    }
    this.expect(')');
    this.skipNewlines();
    functions.set(name, { parameters, body: this.block() });
  }

  private rule(): Rule {
    if (this.isWord('BEGIN') || this.isWord('END')) {
      const kind = this.token.text === 'BEGIN' ? 'begin' : 'end';
      this.advance();
      return { kind, pattern: undefined, until: undefined, body: this.block() };
    }
    if (this.is('{')) return { kind: 'always', pattern: undefined, until: undefined, body: this.block() };
    const pattern = this.expression();
    let until: Expression | undefined;
    if (this.take(',')) {
      this.skipNewlines();
      until = this.expression();
    }
    return { kind: until ? 'range' : 'when', pattern, until, body: this.is('{') ? this.block() : undefined };
  }

  private block(): Statement {
    this.expect('{');
    const body: Statement[] = [];
    this.skipTerminators();
    while (!this.is('}')) {
      if (this.token.type === 'end') throw new AwkSyntaxError(`line ${this.token.line + 1}: missing } near end of file`);
      body.push(this.statement());
      this.skipTerminators();
    }
    this.advance();
    return { type: 'block', body };
  }

  private statement(): Statement {
    if (this.is('{')) return this.block();
    if (this.token.type === 'word') {
      switch (this.token.text) {
        case 'if':
          return this.ifStatement();
        case 'while': {
          const test = this.condition();
          return { type: 'while', test, body: this.take(';') ? { type: 'block', body: [] } : this.body(), first: false };
        }
        case 'do':
          return this.doStatement();
        case 'for':
          return this.forStatement();
        case 'next':
        case 'nextfile':
        case 'break':
        case 'continue': {
          const kind = this.token.text;
          this.advance();
          return this.ended({ type: 'jump', kind });
        }
        case 'exit':
        case 'return': {
          const type = this.token.text;
          this.advance();
          const value = this.atTerminator() ? undefined : this.expression();
          return this.ended({ type, value });
        }
      }
    }
    if (this.take(';')) return { type: 'block', body: [] };
    return this.ended(this.simple());
  }

  private simple(): Statement {
    if (this.isWord('print') || this.isWord('printf')) return this.print();
    if (this.isWord('delete')) {
      this.advance();
      const name = this.name();
      let index: Expression[] | undefined;
      if (this.take('[')) {
        index = this.list(']');
        this.expect(']');
      }
      return { type: 'delete', name, index };
    }
    return { type: 'expression', expression: this.expression() };
  }

  private print(): Statement {
    const format = this.token.text === 'printf';
    this.advance();
    let args: Expression[] = [];
    const outer = this.noGreater;
    this.noGreater = true;
    if (!this.atTerminator() && !this.is('>') && !this.is('>>') && !this.is('|')) {
      const first = this.expression();
      // `print (a, b)` is a list in parentheses.
      args = first.type === 'in' && first.name === '' ? [...first.index] : [first];
      while (this.take(',')) {
        this.skipNewlines();
        args.push(this.expression());
      }
    }
    this.noGreater = outer;
    let to: { operator: string; target: Expression } | undefined;
    if (this.is('>') || this.is('>>') || this.is('|')) {
      const operator = this.token.text;
      this.advance();
      to = { operator, target: this.concatenation(true) };
    }
    return { type: 'print', format, args, to };
  }

  private ifStatement(): Statement {
    const test = this.condition();
    const yes = this.take(';') ? ({ type: 'block', body: [] } as const) : this.body();
    const mark = this.token;
    this.skipTerminators();
    if (this.isWord('else')) {
      this.advance();
      return { type: 'if', test, yes, no: this.body() };
    }
    if (mark !== this.token && mark.type !== 'end') this.pendingTerminator = true;
    return { type: 'if', test, yes, no: undefined };
  }

  /** Terminators after an `if` were read while looking for `else`. */
  private pendingTerminator = false;

  private doStatement(): Statement {
    this.advance();
    const body = this.body();
    this.skipTerminators();
    if (!this.isWord('while')) this.fail();
    const test = this.condition();
    return this.ended({ type: 'while', test, body, first: true });
  }

  private forStatement(): Statement {
    this.advance();
    this.expect('(');
    if (this.token.type === 'word' && this.lexer.looksAhead(/^\s+in\s+[A-Za-z_][A-Za-z0-9_]*\s*\)/)) {
      const variable = this.name();
      this.advance();
      const name = this.name();
      this.expect(')');
      return { type: 'forIn', variable, name, body: this.body() };
    }
    const start = this.is(';') ? undefined : this.simple();
    this.expect(';');
    this.skipNewlines();
    const test = this.is(';') ? undefined : this.expression();
    this.expect(';');
    this.skipNewlines();
    const step = this.is(')') ? undefined : this.simple();
    this.expect(')');
    return { type: 'for', start, test, step, body: this.take(';') ? { type: 'block', body: [] } : this.body() };
  }

  private condition(): Expression {
    this.advance();
    this.expect('(');
    const outer = this.noGreater;
    this.noGreater = false;
    const test = this.expression();
    this.noGreater = outer;
    this.expect(')');
    return test;
  }

  private body(): Statement {
    this.skipNewlines();
    return this.statement();
  }

  private ended(statement: Statement): Statement {
    if (this.pendingTerminator) this.pendingTerminator = false;
    else if (!this.atTerminator()) this.fail();
    if (this.is(';') || this.token.type === 'newline') this.advance();
    return statement;
  }

  // --- expressions, weakest first

  private expression(): Expression {
    const left = this.ternary();
    if (this.token.type !== 'operator' || !ASSIGNMENTS.has(this.token.text) || !isTarget(left)) return left;
    const operator = this.token.text;
    this.advance();
    this.skipNewlines();
    return { type: 'assign', operator, target: left, value: this.expression() };
  }

  private ternary(): Expression {
    const test = this.or();
    if (!this.take('?')) return test;
    this.skipNewlines();
    const yes = this.expression();
    this.skipNewlines();
    this.expect(':');
    this.skipNewlines();
    return { type: 'conditional', test, yes, no: this.expression() };
  }

  private or(): Expression {
    let left = this.and();
    while (this.take('||')) {
      this.skipNewlines();
      left = { type: 'binary', operator: '||', left, right: this.and() };
    }
    return left;
  }

  private and(): Expression {
    let left = this.membership();
    while (this.take('&&')) {
      this.skipNewlines();
      left = { type: 'binary', operator: '&&', left, right: this.membership() };
    }
    return left;
  }

  private membership(): Expression {
    let left = this.match();
    while (!this.noIn && this.isWord('in')) {
      this.advance();
      left = { type: 'in', index: left.type === 'in' && left.name === '' ? left.index : [left], name: this.name() };
    }
    return left;
  }

  private match(): Expression {
    let left = this.comparison();
    while (this.is('~') || this.is('!~')) {
      const operator = this.token.text;
      this.advance(true);
      left = { type: 'binary', operator, left, right: this.comparison() };
    }
    return left;
  }

  private comparison(): Expression {
    let left = this.concatenation(false);
    while (this.token.type === 'operator' && COMPARISONS.has(this.token.text) && !(this.noGreater && this.token.text === '>')) {
      const operator = this.token.text;
      this.advance();
      left = { type: 'binary', operator, left, right: this.concatenation(false) };
    }
    if (this.is('|') && this.lexer.looksAhead(/^\s*getline\b/)) {
      this.advance();
      this.advance();
      return { type: 'getline', target: this.optionalTarget(), file: undefined, command: left };
    }
    return left;
  }

  private concatenation(single: boolean): Expression {
    let left = this.sum();
    while (!single && this.startsOperand()) left = { type: 'binary', operator: ' ', left, right: this.sum() };
    return left;
  }

  private startsOperand(): boolean {
    const { type, text } = this.token;
    if (type === 'number' || type === 'string' || type === 'builtin' || type === 'call') return true;
    if (type === 'word') return !KEYWORDS.has(text);
    return (
      type === 'operator' &&
      (text === '$' || text === '!' || text === '(' || text === '-' || text === '+' || text === '++' || text === '--') &&
      text !== '!'
    );
  }

  private sum(): Expression {
    let left = this.product();
    while (this.is('+') || this.is('-')) {
      const operator = this.token.text;
      this.advance();
      left = { type: 'binary', operator, left, right: this.product() };
    }
    return left;
  }

  private product(): Expression {
    let left = this.unary();
    while (this.is('*') || this.is('/') || this.is('%')) {
      const operator = this.token.text;
      this.advance();
      left = { type: 'binary', operator, left, right: this.unary() };
    }
    return left;
  }

  private unary(): Expression {
    if (this.is('!') || this.is('-') || this.is('+')) {
      const operator = this.token.text;
      this.advance(true);
      return { type: 'unary', operator, operand: this.unary() };
    }
    return this.power();
  }

  private power(): Expression {
    const base = this.postfix();
    if (!this.is('^') && !this.is('**')) return base;
    this.advance();
    return { type: 'binary', operator: '^', left: base, right: this.is('-') ? this.unary() : this.power() };
  }

  private postfix(): Expression {
    const operand = this.primary();
    if ((this.is('++') || this.is('--')) && isTarget(operand)) {
      const by = this.token.text === '++' ? 1 : -1;
      this.advance();
      return { type: 'increment', target: operand, by, prefix: false };
    }
    return operand;
  }

  private primary(): Expression {
    const { token } = this;
    switch (token.type) {
      case 'number':
        this.advance();
        return { type: 'number', value: token.value! };
      case 'string':
        this.advance();
        return { type: 'string', value: token.text };
      case 'regex':
        this.advance();
        return { type: 'regex', source: token.text };
      case 'builtin':
      case 'call':
        return this.call();
      case 'word':
        if (token.text === 'getline') return this.getline();
        if (KEYWORDS.has(token.text)) this.fail();
        return this.variable();
      case 'operator':
        return this.operatorPrimary();
      default:
        return this.fail();
    }
  }

  private operatorPrimary(): Expression {
    const { text } = this.token;
    if (text === '$') {
      this.advance();
      if (this.is('++') || this.is('--')) return { type: 'field', index: this.operatorPrimary() };
      return { type: 'field', index: this.is('-') ? this.unary() : this.primary() };
    }
    if (text === '++' || text === '--') {
      this.advance();
      const target = this.primary();
      if (!isTarget(target)) this.fail();
      return { type: 'increment', target, by: text === '++' ? 1 : -1, prefix: true };
    }
    if (text === '(') {
      this.advance(true);
      const { noGreater, noIn } = this;
      this.noGreater = this.noIn = false;
      const list = this.list(')');
      this.noGreater = noGreater;
      this.noIn = noIn;
      this.expect(')');
      return list.length === 1 ? { type: 'group', inner: list[0]! } : { type: 'in', index: list, name: '' };
    }
    return this.fail();
  }

  private variable(): Expression {
    const name = this.name();
    if (!this.is('[')) return { type: 'variable', name };
    this.advance();
    const index = this.list(']');
    this.expect(']');
    return { type: 'element', name, index };
  }

  private call(): Expression {
    const { text: name, type } = this.token;
    this.advance();
    if (type === 'builtin' && !this.is('(')) return { type: 'call', name, args: [] };
    this.expect('(');
    const args = this.is(')') ? [] : this.list(')');
    this.expect(')');
    return { type: 'call', name, args };
  }

  private getline(): Expression {
    this.advance();
    const target = this.optionalTarget();
    let file: Expression | undefined;
    if (this.take('<')) file = this.concatenation(true);
    return { type: 'getline', target, file, command: undefined };
  }

  private optionalTarget(): Expression | undefined {
    if (this.is('$') || (this.token.type === 'word' && !KEYWORDS.has(this.token.text))) return this.primary();
    return undefined;
  }

  private list(end: string): Expression[] {
    const { noGreater } = this;
    this.noGreater = false;
    const items: Expression[] = [];
    this.skipNewlines();
    while (!this.is(end)) {
      items.push(this.expression());
      this.skipNewlines();
      if (!this.take(',')) break;
      this.skipNewlines();
    }
    this.noGreater = noGreater;
    return items;
  }

  // --- tokens

  private advance(regexAllowed?: boolean): void {
    const { type, text } = this.token;
    const afterOperand =
      type === 'number' ||
      type === 'string' ||
      type === 'regex' ||
      type === 'builtin' ||
      (type === 'word' && !KEYWORDS.has(text)) ||
      text === ')' ||
      text === ']' ||
      text === '$' ||
      text === '++' ||
      text === '--';
    this.token = this.lexer.next(regexAllowed ?? !afterOperand);
  }

  private is(text: string): boolean {
    return this.token.type === 'operator' && this.token.text === text;
  }

  private isWord(text: string): boolean {
    return this.token.type === 'word' && this.token.text === text;
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail();
  }

  private name(): string {
    const { token } = this;
    if ((token.type !== 'word' && token.type !== 'call') || KEYWORDS.has(token.text)) this.fail();
    this.advance();
    return token.text;
  }

  private atTerminator(): boolean {
    return this.token.type === 'newline' || this.token.type === 'end' || this.is(';') || this.is('}');
  }

  private skipNewlines(): void {
    while (this.token.type === 'newline') this.advance(true);
  }

  private skipTerminators(): void {
    while (this.token.type === 'newline' || this.is(';')) this.advance(true);
  }

  private fail(): never {
    const near = this.token.type === 'end' ? 'end of file' : this.token.type === 'newline' ? 'end of line' : this.token.text;
    throw new AwkSyntaxError(`line ${this.token.line}: syntax error at or near ${near}`);
  }
}

function isTarget(expression: Expression): boolean {
  return expression.type === 'variable' || expression.type === 'element' || expression.type === 'field';
}

const KEYWORDS = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'do',
  'for',
  'in',
  'next',
  'nextfile',
  'break',
  'continue',
  'exit',
  'return',
  'print',
  'printf',
  'delete',
  'getline',
]);
