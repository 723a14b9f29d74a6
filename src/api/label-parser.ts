import { quote } from '../base/quote.ts';
import { requirement, SelectorError, selectorOf, type Operator, type Requirement, type Selector } from './labels.ts';
import { isQualifiedName } from './names.ts';
import type { LabelSelector } from './object.ts';

/** `word` is a key or a value, `end` closes the text. */
interface Token {
  readonly kind: 'word' | 'operator' | 'end';
  readonly text: string;
}

const END: Token = { kind: 'end', text: '' };
const BLANK = ' \t\r\n';
const SPECIAL = '=!(),><';
const SYMBOLS = new Set([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const BINARY: Readonly<Record<string, Operator>> = { in: 'in', notin: 'notin', '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt' };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && BLANK.includes(text[at] as string)) at++;
    if (at >= text.length) break;
    const start = at;
    if (SPECIAL.includes(text[at] as string)) {
      at = SYMBOLS.has(text.slice(at, at + 2)) && at + 2 <= text.length ? at + 2 : at + 1;
      found.push({ kind: 'operator', text: text.slice(start, at) });
    } else {
      while (at < text.length && !SPECIAL.includes(text[at] as string) && !BLANK.includes(text[at] as string)) at++;
      found.push({ kind: 'word', text: text.slice(start, at) });
    }
  }
  found.push(END);
  return found;
}

/** Reads the grammar of labels.Parse: terms joined by commas, each `key`, `!key`, `key OP value` or `key in (values)`. */
class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = tokens(text);
  }

  parse(): Requirement[] {
    const found: Requirement[] = [];
    for (;;) {
      const next = this.peek();
      if (next.kind === 'end') return found;
      if (!startsTerm(next)) throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      found.push(this.term());
      const after = this.take();
      if (after.kind === 'end') return found;
      if (!is(after, ',')) throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      if (!startsTerm(this.peek())) throw new SelectorError(`found '${this.peek().text}', expected: identifier after ','`);
    }
  }

  private term(): Requirement {
    try {
      return this.requirement();
    } catch (error) {
      if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  private requirement(): Requirement {
    const negated = is(this.peek(), '!');
    if (negated) this.take();
    const key = this.take();
    if (key.kind !== 'word') throw new SelectorError(`found '${key.text}', expected: identifier`);
    const faults = isQualifiedName(key.text);
    if (faults.length > 0) throw new SelectorError(`<nil>: Invalid value: ${quote(key.text)}: ${faults.join('; ')}`);
    const next = this.peek();
    if (negated) return requirement(key.text, '!', []);
    if (next.kind === 'end' || is(next, ',')) return requirement(key.text, 'exists', []);
    const symbol = this.take();
    const operator = Object.hasOwn(BINARY, symbol.text) ? BINARY[symbol.text] : undefined;
    if (!operator) throw new SelectorError(`found '${symbol.text}', expected: in, notin, =, ==, !=, gt, lt`);
    const values = operator === 'in' || operator === 'notin' ? this.valueSet() : [this.exactValue()];
    return requirement(key.text, operator, values);
  }

  private exactValue(): string {
    const next = this.peek();
    if (next.kind === 'end' || is(next, ',')) return '';
    this.take();
    if (next.kind !== 'word') throw new SelectorError(`found '${next.text}', expected: identifier`);
    return next.text;
  }

  /** `(a,b)`; missing values between commas are empty ones, and `()` holds one empty value. */
  private valueSet(): string[] {
    const open = this.take();
    if (!is(open, '(')) throw new SelectorError(`found '${open.text}' expected: '('`);
    const values = new Set<string>();
    const first = this.peek();
    if (!is(first, ')') && !is(first, ',') && first.kind !== 'word') {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    for (;;) {
      const next = this.peek();
      if (next.kind === 'word') values.add(this.take().text);
      else if (is(next, ',') || is(next, ')')) values.add('');
      else throw new SelectorError(`found '${next.text}', expected: ',', or identifier`);
      const after = this.take();
      if (is(after, ')')) return [...values].sort();
      if (!is(after, ',')) throw new SelectorError(`found '${after.text}', expected: ',' or ')'`);
    }
  }

  private peek(): Token {
    return this.tokens[this.at] ?? END;
  }

  private take(): Token {
    return this.tokens[this.at++] ?? END;
  }
}

function is(token: Token, symbol: string): boolean {
  return token.kind === 'operator' && token.text === symbol;
}

function startsTerm(token: Token): boolean {
  return token.kind === 'word' || is(token, '!');
}

/**
 * Parses a selector in its text form: `a=b,c in (d,e),!f,g,h!=i,n>3`. The empty text selects everything.
 *
 * @throws SelectorError with Kubernetes' message
 */
export function parseSelector(text: string): Selector {
  return selectorOf(new Parser(text).parse());
}

/**
 * Parses a text into a LabelSelector object, as `kubectl create poddisruptionbudget --selector` does.
 *
 * @throws SelectorError also for `>` and `<`, which such objects cannot hold
 */
export function parseToLabelSelector(text: string): LabelSelector {
  let requirements: readonly Requirement[];
  try {
    requirements = parseSelector(text).requirements;
  } catch (error) {
    if (error instanceof SelectorError) throw new SelectorError(`couldn't parse the selector string "${text}": ${error.message}`);
    throw error;
  }
  const matchLabels: Record<string, string> = {};
  const matchExpressions: { key: string; operator: string; values?: string[] }[] = [];
  for (const { key, operator, values } of requirements) {
    if (operator === '=' || operator === '==') matchLabels[key] = values[0] as string;
    else if (operator === 'gt' || operator === 'lt') throw new SelectorError(`${quote(operator)} isn't supported in label selectors`);
    else if (operator === 'in' || operator === 'notin')
      matchExpressions.push({ key, operator: operator === 'in' ? 'In' : 'NotIn', values: [...values] });
    else matchExpressions.push({ key, operator: operator === '!' ? 'DoesNotExist' : 'Exists' });
  }
  return {
    ...(Object.keys(matchLabels).length > 0 && { matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}
