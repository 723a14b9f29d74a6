import { Cursor, LINE } from './yaml-cursor.ts';

export type TokenKind =
  | 'end'
  | 'directive'
  | 'documentStart'
  | 'documentEnd'
  | 'blockSequence'
  | 'blockMapping'
  | 'blockEnd'
  | 'flowSequence'
  | 'flowSequenceEnd'
  | 'flowMapping'
  | 'flowMappingEnd'
  | 'blockEntry'
  | 'flowEntry'
  | 'key'
  | 'value'
  | 'alias'
  | 'property'
  | 'scalar';

export interface Token {
  readonly kind: TokenKind;
  /** From 0. */
  readonly line: number;
  /** Of an anchor or an alias. */
  readonly anchor?: string;
  readonly tag?: string;
  /** Of a scalar. */
  readonly text?: string;
  /** Whether a scalar stands without quotes or a block indicator, so that it may mean more than its text. */
  readonly plain?: boolean;
}

/** A token that may turn out to be a key, once a `:` follows it on its line. */
interface PossibleKey {
  readonly token: number;
  readonly line: number;
  readonly column: number;
  readonly at: number;
  readonly required: boolean;
}

/** Runs of characters that need no second look. */
const PLAIN_IN_BLOCK = /(?:[^ \t\r\n:]|:(?=[^ \t\r\n]))*/y;
const PLAIN_IN_FLOW = /(?:[^ \t\r\n:,?[\]{}]|:(?=[^ \t\r\n]))*/y;
const IN_DOUBLE_QUOTES = /[^"\\ \t\r\n]*/y;
const IN_SINGLE_QUOTES = /[^' \t\r\n]*/y;
/** A `:` must come within so many characters of its key. */
const KEY_REACH = 1024;

/**
 * Cuts YAML 1.1 into tokens, with the rules and the error messages of libyaml, on which go-yaml is
 * modelled: what it takes and refuses is what kubectl does.
 */
export class Scanner extends Cursor {
  private readonly tokens: Token[] = [];
  private taken = 0;
  private finished = false;
  private indent = -1;
  private readonly indents: number[] = [];
  /** One for each level of brackets, the outermost first. */
  private readonly keys: (PossibleKey | undefined)[] = [undefined];
  private keyAllowed = true;

  /** The next token, which stays the next one. */
  peek(): Token {
    while (this.needsMore()) this.fetch();
    return this.tokens[this.taken] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.taken++;
    return token;
  }

  /** The first token is only known once nothing can be put before it. */
  private needsMore(): boolean {
    if (this.finished) return false;
    if (this.taken >= this.tokens.length) return true;
    this.dropStaleKeys();
    for (const key of this.keys) if (key?.token === this.taken) return true;
    return false;
  }

  private get inFlow(): boolean {
    return this.keys.length > 1;
  }

  private fetch(): void {
    this.skipToToken();
    this.dropStaleKeys();
    this.unroll(this.column);
    const character = this.peekChar();
    if (character === '') return this.fetchEnd();
    if (this.column === 0 && character === '%') return this.fetchDirective();
    if (this.column === 0 && this.isBlank(3)) {
      const mark = this.text.slice(this.at, this.at + 3);
      if (mark === '---' || mark === '...') return this.fetchDocumentMark(mark);
    }
    this.fetchContent(character);
  }

  private fetchContent(character: string): void {
    if (character === '[' || character === '{') this.fetchFlowStart(character);
    else if (character === ']' || character === '}') this.fetchFlowEnd(character);
    else if (character === ',') this.fetchFlowEntry();
    else if (character === '-' && this.isBlank(1)) this.fetchBlockEntry();
    else if (character === '?' && (this.inFlow || this.isBlank(1))) this.fetchKey();
    else if (character === ':' && (this.inFlow || this.isBlank(1))) this.fetchValue();
    else if (character === '*' || character === '&') this.fetchAnchor(character);
    else if (character === '!') this.fetchTag();
    else if ((character === '|' || character === '>') && !this.inFlow) this.fetchBlockScalar();
    else if (character === "'" || character === '"') this.fetchQuoted(character);
    else if (this.startsPlain(character)) this.fetchPlain();
    else throw this.fail('found character that cannot start any token');
  }

  private startsPlain(character: string): boolean {
    if (!this.isBlank() && !'-?:,[]{}#&*!|>\'"%@`'.includes(character)) return true;
    if (character === '-') return !this.isBlank(1);
    return !this.inFlow && (character === '?' || character === ':') && !this.isBlank(1);
  }

  private skipToToken(): void {
    for (;;) {
      if (this.at === 0 && this.peekChar() === '\ufeff') this.at++;
      while (this.peekChar() === ' ' || (this.peekChar() === '\t' && (this.inFlow || !this.keyAllowed))) this.skip();
      if (this.peekChar() === '#') this.run(LINE);
      if (!this.isBreak()) return;
      this.skipBreak();
      if (!this.inFlow) this.keyAllowed = true;
    }
  }

  private dropStaleKeys(): void {
    for (let level = 0; level < this.keys.length; level++) {
      const key = this.keys[level];
      if (!key || (key.line === this.line && this.at - key.at <= KEY_REACH)) continue;
      if (key.required) throw this.fail("could not find expected ':'");
      this.keys[level] = undefined;
    }
  }

  private dropKey(): void {
    if (this.keys.at(-1)?.required) throw this.fail("could not find expected ':'");
    this.keys[this.keys.length - 1] = undefined;
  }

  private saveKey(): void {
    if (!this.keyAllowed) return;
    this.dropKey();
    const required = !this.inFlow && this.indent === this.column;
    this.keys[this.keys.length - 1] = { token: this.tokens.length, line: this.line, column: this.column, at: this.at, required };
  }

  private unroll(column: number): void {
    if (this.inFlow) return;
    while (this.indent > column) {
      this.push('blockEnd');
      this.indent = this.indents.pop() as number;
    }
  }

  /** Opens a collection if the column lies deeper than the one that is open. */
  private roll(column: number, kind: 'blockSequence' | 'blockMapping', place: number, line: number): void {
    if (this.inFlow || this.indent >= column) return;
    this.indents.push(this.indent);
    this.indent = column;
    this.tokens.splice(place, 0, { kind, line });
  }

  private push(kind: TokenKind, line = this.line): void {
    this.tokens.push({ kind, line });
  }

  private fetchEnd(): void {
    if (this.column !== 0) {
      this.column = 0;
      this.line++;
    }
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    this.push('end');
    this.finished = true;
  }

  private fetchDirective(): void {
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    const word = /^%(\S*)/.exec(this.text.slice(this.at, this.at + 80))?.[1] ?? '';
    if (word === '') throw this.fail('could not find expected directive name');
    if (word !== 'YAML' && word !== 'TAG') throw this.fail('found unknown directive name');
    this.push('directive');
    this.run(LINE);
  }

  private fetchDocumentMark(mark: string): void {
    this.unroll(-1);
    this.dropKey();
    this.keyAllowed = false;
    this.push(mark === '---' ? 'documentStart' : 'documentEnd');
    this.skip(3);
  }

  private fetchFlowStart(character: string): void {
    this.saveKey();
    this.keys.push(undefined);
    this.keyAllowed = true;
    this.push(character === '[' ? 'flowSequence' : 'flowMapping');
    this.skip();
  }

  private fetchFlowEnd(character: string): void {
    this.dropKey();
    if (this.inFlow) this.keys.pop();
    this.keyAllowed = false;
    this.push(character === ']' ? 'flowSequenceEnd' : 'flowMappingEnd');
    this.skip();
  }

  private fetchFlowEntry(): void {
    this.dropKey();
    this.keyAllowed = true;
    this.push('flowEntry');
    this.skip();
  }

  private fetchBlockEntry(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.fail('block sequence entries are not allowed in this context');
      this.roll(this.column, 'blockSequence', this.tokens.length, this.line);
    }
    this.dropKey();
    this.keyAllowed = true;
    this.push('blockEntry');
    this.skip();
  }

  private fetchKey(): void {
    if (!this.inFlow) {
      if (!this.keyAllowed) throw this.fail('mapping keys are not allowed in this context');
      this.roll(this.column, 'blockMapping', this.tokens.length, this.line);
    }
    this.dropKey();
    this.keyAllowed = !this.inFlow;
    this.push('key');
    this.skip();
  }

  private fetchValue(): void {
    const key = this.keys.at(-1);
    if (key) {
      this.tokens.splice(key.token, 0, { kind: 'key', line: key.line });
      this.roll(key.column, 'blockMapping', key.token, key.line);
      this.keys[this.keys.length - 1] = undefined;
      this.keyAllowed = false;
    } else {
      if (!this.inFlow) {
        if (!this.keyAllowed) throw this.fail('mapping values are not allowed in this context');
        this.roll(this.column, 'blockMapping', this.tokens.length, this.line);
      }
      this.keyAllowed = !this.inFlow;
    }
    this.push('value');
    this.skip();
  }

  private fetchAnchor(character: string): void {
    this.saveKey();
    this.keyAllowed = false;
    const { line } = this;
    this.skip();
    const start = this.at;
    while (/[\w-]/.test(this.peekChar())) this.skip();
    if (this.at === start || !(this.isBlank() || '?:,]}%@`'.includes(this.peekChar()))) {
      throw this.fail('did not find expected alphabetic or numeric character');
    }
    this.tokens.push({ kind: character === '*' ? 'alias' : 'property', line, anchor: this.text.slice(start, this.at) });
  }

  private fetchTag(): void {
    this.saveKey();
    this.keyAllowed = false;
    const { line } = this;
    const start = this.at;
    while (!this.isBlank() && !(this.inFlow && this.peekChar() === ',')) this.skip();
    this.tokens.push({ kind: 'property', line, tag: this.text.slice(start, this.at) });
  }

  private fetchBlockScalar(): void {
    this.dropKey();
    this.keyAllowed = true;
    const { line } = this;
    const literal = this.peekChar() === '|';
    this.skip();
    const header = /^([+-][0-9]?|[0-9][+-]?)?[ \t]*(#[^\r\n]*)?/.exec(this.text.slice(this.at, this.at + KEY_REACH));
    const digit = /[0-9]/.exec(header?.[1] ?? '')?.[0];
    const given = Number(digit ?? 0);
    if (digit === '0') throw this.fail('found an indentation indicator equal to 0');
    this.skip(header?.[0].length ?? 0);
    if (header?.[2] !== undefined) this.run(LINE);
    if (this.peekChar() !== '' && !this.isBreak()) throw this.fail('did not find expected comment or line break');
    if (this.isBreak()) this.skipBreak();
    const chomping = /[+-]/.exec(header?.[1] ?? '')?.[0];
    const indent = given > 0 ? Math.max(this.indent, 0) + given : 0;
    const text = this.blockLines(indent, literal, chomping);
    this.tokens.push({ kind: 'scalar', line, text });
  }

  /** The lines of a block scalar; an indentation of 0 is found from the first that is not empty. */
  private blockLines(given: number, literal: boolean, chomping: string | undefined): string {
    let { deepest, breaks } = this.skipEmptyLines(given);
    const indent = given || Math.max(deepest, this.indent + 1, 1);
    let text = '';
    let lineBreak = '';
    let afterBlank = false;
    while (this.column === indent && this.peekChar() !== '') {
      const blank = ' \t'.includes(this.peekChar());
      if (!literal && lineBreak !== '' && !afterBlank && !blank) text += breaks === '' ? ' ' : '';
      else text += lineBreak;
      text += breaks;
      afterBlank = blank;
      text += this.run(LINE);
      lineBreak = '';
      if (this.isBreak()) {
        this.skipBreak();
        lineBreak = '\n';
      }
      ({ deepest, breaks } = this.skipEmptyLines(indent));
    }
    if (chomping === '-') return text;
    return text + lineBreak + (chomping === '+' ? breaks : '');
  }

  private fetchQuoted(quote: string): void {
    this.saveKey();
    this.keyAllowed = false;
    const { line } = this;
    this.skip();
    let text = '';
    for (;;) {
      if (this.column === 0 && this.atDocumentMark()) throw this.fail('found unexpected document indicator');
      const character = this.peekChar();
      if (character === '') throw this.fail('found unexpected end of stream');
      if (character === quote && !(quote === "'" && this.peekChar(1) === "'")) break;
      if (this.isBlank()) text += this.foldBlanks(false);
      else if (character === '\\' && quote === '"') text += this.escape();
      else {
        const chunk = this.run(quote === '"' ? IN_DOUBLE_QUOTES : IN_SINGLE_QUOTES);
        text += chunk || character;
        if (chunk === '') this.skip(2);
      }
    }
    this.skip();
    this.tokens.push({ kind: 'scalar', line, text });
  }

  private fetchPlain(): void {
    this.saveKey();
    this.keyAllowed = false;
    const { line } = this;
    const indent = this.indent + 1;
    let text = '';
    let blanks = '';
    let lineBroken = false;
    while (!(this.column === 0 && this.atDocumentMark()) && this.peekChar() !== '#') {
      const chunk = this.run(this.inFlow ? PLAIN_IN_FLOW : PLAIN_IN_BLOCK);
      if (chunk !== '') {
        text += blanks + chunk;
        lineBroken = false;
      }
      if (this.peekChar() === '' || !this.isBlank()) break;
      this.checkTabs(indent);
      const { line: before } = this;
      blanks = this.foldBlanks(false);
      lineBroken = this.line > before;
      if (!this.inFlow && this.column < indent) break;
    }
    if (lineBroken) this.keyAllowed = true;
    this.tokens.push({ kind: 'scalar', line, text, plain: true });
  }
}
