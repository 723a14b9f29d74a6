/** A template that cannot be read or evaluated. The message is Kubernetes'. */
export class JsonPathError extends Error {
  override name = 'JsonPathError';
}

/** `[from:to:step]`. `one` marks a single index, whose end follows from its start. */
export interface Slice {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly step: number | undefined;
  readonly one: boolean;
}

/** One step of an action: what it makes of the values that reach it. */
export type Step =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: number | boolean }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | ({ readonly kind: 'slice' } & Slice)
  | { readonly kind: 'union'; readonly parts: readonly (readonly Step[])[] }
  | { readonly kind: 'filter'; readonly left: readonly Step[]; readonly operator: string; readonly right: readonly Step[] }
  | { readonly kind: 'range' }
  | { readonly kind: 'end' }
  | { readonly kind: 'unknown'; readonly name: string };

/** A template is a row of actions; a piece of plain text is an action of one step. */
export type Template = readonly (readonly Step[])[];

const TERMINATORS = ' \t\r\n.,[]$@{}';
const COMPARISON = /^([^!<>=]+)([!<>=]+)(.+?)$/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };

/** Parses kubectl's JSONPath dialect (client-go util/jsonpath). */
export function parseTemplate(text: string): Template {
  const template: (readonly Step[])[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    if (open !== at) template.push([{ kind: 'text', text: text.slice(at, open < 0 ? undefined : open) }]);
    if (open < 0) break;
    const action = new ActionParser(text, open + 1);
    template.push(action.parse());
    at = action.at;
  }
  return template;
}

/** Parses what would stand between braces. */
function parseAction(text: string): readonly Step[] {
  return parseTemplate(`{${text}}`)[0] ?? [];
}

class ActionParser {
  /** Behind the closing brace once parsed. */
  at: number;
  private readonly text: string;
  private readonly steps: Step[] = [];

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  parse(): readonly Step[] {
    while (!this.text.startsWith('}', this.at)) this.step();
    this.at++;
    return this.steps;
  }

  private step(): void {
    const { text, at } = this;
    const character = text[at] ?? '\n';
    if (text.startsWith('[?(', at)) this.filter();
    else if (text.startsWith('..', at)) this.recursive();
    else if (character === '\n' || character === '\r') throw new JsonPathError('unclosed action');
    else if (character === ' ' || character === '@' || character === '$') this.at++;
    else if (character === '[') this.array();
    else if (character === '"' || character === "'") this.quoted(character);
    else if (character === '.') {
      this.at++;
      this.field();
    } else if (/[-+\d]/.test(character)) this.number();
    else if (/[_\p{L}\p{Nd}]/u.test(String.fromCodePoint(text.codePointAt(at) as number))) this.identifier();
    else throw new JsonPathError(`unrecognized character in action: ${codePointName(text.codePointAt(at) as number)}`);
  }

  /** The text up to the next terminator; a backslash takes the next character along if `escapes`. */
  private word(escapes: boolean): string {
    const start = this.at;
    while (this.at < this.text.length && !TERMINATORS.includes(this.text[this.at] as string)) {
      if (escapes && this.text[this.at] === '\\') this.at++;
      this.at++;
    }
    this.at = Math.min(this.at, this.text.length);
    return this.text.slice(start, this.at);
  }

  private field(): void {
    const name = this.word(true);
    this.steps.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name: name.replaceAll('\\', '') });
  }

  private recursive(): void {
    if (this.steps.at(-1)?.kind === 'recursive') throw new JsonPathError('invalid multiple recursive descent');
    this.at += 2;
    this.steps.push({ kind: 'recursive' });
    if (/^[_\p{L}\p{Nd}]/u.test(this.text.slice(this.at, this.at + 2))) this.field();
  }

  private identifier(): void {
    const name = this.word(false);
    if (name === 'true' || name === 'false') this.steps.push({ kind: 'literal', value: name === 'true' });
    else if (name === 'range' || name === 'end') this.steps.push({ kind: name });
    else this.steps.push({ kind: 'unknown', name });
  }

  private number(): void {
    const text = /^[-+]?[\d.]*/.exec(this.text.slice(this.at))?.[0] ?? '';
    this.at += text.length;
    if (!/\d/.test(text) || text.split('.').length > 2) throw new JsonPathError(`cannot parse number ${text}`);
    this.steps.push({ kind: 'literal', value: Number(text) });
  }

  private array(): void {
    const end = this.text.indexOf(']', this.at);
    const newline = this.text.indexOf('\n', this.at);
    if (end < 0 || (newline >= 0 && newline < end)) throw new JsonPathError('unterminated array');
    let inside = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    if (inside === '*') inside = ':';
    const parts = inside.split(',');
    if (parts.length > 1) {
      this.steps.push({ kind: 'union', parts: parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`)) });
      return;
    }
    const key = /^'([^']*)'$/.exec(inside);
    if (key) this.steps.push(...parseAction(`.${key[1]}`));
    else this.steps.push({ kind: 'slice', ...slice(inside) });
  }

  private filter(): void {
    const start = this.at + 3;
    let quote = '';
    let closed = false;
    let at = start;
    for (; ; at++) {
      const character = this.text[at] ?? '\n';
      if (character === '\n') throw new JsonPathError('unterminated filter');
      if (character === '"' || character === "'") {
        if (!quote) quote = character;
        else if (character === quote && this.text[at - 1] !== '\\') closed = true;
      } else if (character === ')' && (quote !== '') === closed) break;
    }
    if (this.text[at + 1] !== ']') throw new JsonPathError('unclosed array expect ]');
    this.at = at + 2;
    const condition = this.text.slice(start, at);
    const comparison = COMPARISON.exec(condition);
    this.steps.push(
      comparison
        ? {
            kind: 'filter',
            left: parseAction(comparison[1] as string),
            operator: comparison[2] as string,
            right: parseAction(comparison[3] as string),
          }
        : { kind: 'filter', left: parseAction(condition), operator: 'exists', right: [] },
    );
  }

  private quoted(quote: string): void {
    let end = this.at + 1;
    while (this.text[end] !== quote || this.text[end - 1] === '\\') {
      if (end >= this.text.length || this.text[end] === '\n') throw new JsonPathError('unterminated quoted string');
      end++;
    }
    const raw = this.text.slice(this.at, end + 1);
    this.at = end + 1;
    const text = unescape(raw.slice(1, -1), quote);
    if (text === undefined) throw new JsonPathError(`unquote string ${raw} error invalid syntax`);
    this.steps.push({ kind: 'text', text });
  }
}

function slice(text: string): Slice {
  const match = SLICE.exec(text);
  if (!match) throw new JsonPathError(`invalid array index ${text}`);
  const number = (digits: string | undefined): number | undefined => {
    if (!digits) return undefined;
    if (!/\d/.test(digits)) throw new JsonPathError(`array index ${digits} is not a number`);
    return Number(digits);
  };
  const from = number(match[1]);
  const one = match[2] === undefined;
  return { from, to: one ? (from ?? 0) + 1 : number(match[2]?.slice(1)), step: number(match[3]?.slice(1)), one };
}

/** Go's escapes within quotes, or undefined if one is wrong. */
function unescape(text: string, quote: string): string | undefined {
  let wrong = false;
  const result = text.replace(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([^]?))/g,
    (_, x, u, wide, octal, simple) => {
      const digits = (x ?? u ?? wide) as string | undefined;
      if (digits !== undefined) return String.fromCodePoint(Math.min(parseInt(digits, 16), 0x10ffff));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal as string, 8));
      if (simple === quote) return quote;
      const escape = SIMPLE_ESCAPES[simple as string];
      if (escape === undefined) wrong = true;
      return escape ?? '';
    },
  );
  return wrong ? undefined : result;
}

/** `U+0023 '#'`. */
function codePointName(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
}
