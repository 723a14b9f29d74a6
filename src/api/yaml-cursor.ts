import { YamlError } from './yaml-error.ts';

/** The rest of a line. */
export const LINE = /[^\r\n]*/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\x07'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\x1b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['/', '/'],
  ['N', '\x85'],
  ['_', '\xa0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A place in a YAML text, with the ways of moving on that scalars share. */
export class Cursor {
  protected readonly text: string;
  protected at = 0;
  /** From 0. */
  protected line = 0;
  protected column = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected fail(problem: string): YamlError {
    return YamlError.of(problem, this.line === 0 ? undefined : this.line + 1);
  }

  protected peekChar(offset = 0): string {
    return this.text[this.at + offset] ?? '';
  }

  /** Whether a blank, a break or the end is here. */
  protected isBlank(offset = 0): boolean {
    const code = this.text.charCodeAt(this.at + offset);
    return code === 32 || code === 10 || code === 13 || code === 9 || Number.isNaN(code);
  }

  protected isBreak(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code === 10 || code === 13;
  }

  protected skip(count = 1): void {
    this.at += count;
    this.column += count;
  }

  /** Takes what a sticky pattern matches here, which is within one line. */
  protected run(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.skip(found.length);
    return found;
  }

  protected skipBreak(): void {
    this.at += this.peekChar() === '\r' && this.peekChar(1) === '\n' ? 2 : 1;
    this.line++;
    this.column = 0;
  }

  protected atDocumentMark(): boolean {
    const mark = this.text.slice(this.at, this.at + 3);
    return (mark === '---' || mark === '...') && this.isBlank(3);
  }

  /** Reads blanks and line breaks: blanks as they are, one break as a blank, more as one less. After an escaped break all count. */
  protected foldBlanks(afterBreak: boolean): string {
    const start = this.at;
    let end = start;
    let breaks = 0;
    while (this.isBlank() && this.peekChar() !== '') {
      if (this.isBreak()) {
        this.skipBreak();
        breaks++;
      } else {
        this.skip();
        if (breaks === 0) end = this.at;
      }
    }
    if (afterBreak) return '\n'.repeat(breaks);
    if (breaks === 0) return this.text.slice(start, end);
    return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
  }

  protected escape(): string {
    const character = this.peekChar(1);
    if (character === '\r' || character === '\n') {
      this.skip();
      this.skipBreak();
      return this.foldBlanks(true);
    }
    const simple = ESCAPES.get(character);
    if (simple !== undefined) {
      this.skip(2);
      return simple;
    }
    const digits = HEX_DIGITS[character] ?? 0;
    if (digits === 0) throw this.fail('found unknown escape character');
    const hex = this.text.slice(this.at + 2, this.at + 2 + digits);
    if (hex.length < digits || !/^[\da-fA-F]+$/.test(hex)) throw this.fail('did not find expected hexdecimal number');
    const code = parseInt(hex, 16);
    if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) throw this.fail('found invalid Unicode character escape code');
    this.skip(2 + digits);
    return String.fromCodePoint(code);
  }

  /** Behind a line break, tabs may not stand where a block is indented. */
  protected checkTabs(indent: number): void {
    let column = 0;
    let broken = false;
    for (let at = this.at; at < this.text.length; at++) {
      const character = this.text[at] as string;
      if (character === '\n' || character === '\r') {
        broken = true;
        column = 0;
        if (character === '\r' && this.text[at + 1] === '\n') at++;
        continue;
      }
      if (character !== ' ' && character !== '\t') return;
      if (broken && column < indent && character === '\t') {
        while (this.at < at) {
          if (this.isBreak()) this.skipBreak();
          else this.skip();
        }
        throw this.fail('found a tab character that violates indentation');
      }
      column++;
    }
  }

  /** Skips the indentation and empty lines of a block scalar; answers the deepest indentation among them. */
  protected skipEmptyLines(indent: number): { deepest: number; breaks: string } {
    let deepest = 0;
    let breaks = '';
    for (;;) {
      while ((indent === 0 || this.column < indent) && this.peekChar() === ' ') this.skip();
      deepest = Math.max(deepest, this.column);
      if ((indent === 0 || this.column < indent) && this.peekChar() === '\t') {
        throw this.fail('found a tab character where an indentation space is expected');
      }
      if (!this.isBreak()) return { deepest, breaks };
      this.skipBreak();
      breaks += '\n';
    }
  }
}
