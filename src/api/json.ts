/** A text that is no JSON. The message is that of Go's decoder, as the API server passes it on. */
export class JsonSyntaxError extends Error {
  override name = 'JsonSyntaxError';
  /** How many characters were read, the wrong one included. */
  readonly offset: number;

  constructor(message: string, offset = 0) {
    super(message);
    this.offset = offset;
  }
}

/** Keys that an object in a text held twice, by object: the last value counts. */
export type DuplicateKeys = ReadonlyMap<object, readonly string[]>;

const NO_DUPLICATES: DuplicateKeys = new Map();

/** Nesting beyond this is refused. Go's decoder allows ten times as much, but the stack here is shorter. */
const DEEPEST = 1_000;

/**
 * Reads JSON.
 *
 * @throws JsonSyntaxError in the words of Go's decoder: `invalid character 'x' looking for beginning of value`
 */
export function parseJson(text: string): unknown {
  if (mayBeDeep(text)) return parseJsonStrictly(text).value;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Read again for the message.
    return parseJsonStrictly(text).value;
  }
}

/** Whether a text opens more brackets without closing them than may be nested. Those in strings count, too. */
function mayBeDeep(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    // `{` and `[`, `}` and `]` differ in this bit only.
    if (code === 0x7b) {
      if (++depth > DEEPEST) return true;
    } else if (code === 0x7d) depth--;
  }
  return false;
}

/** Reads JSON and notes keys that come twice in one object, which JSON.parse drops in silence. */
export function parseJsonStrictly(text: string): { value: unknown; duplicates: DuplicateKeys } {
  const reader = new Reader(text);
  const value = reader.document();
  return { value, duplicates: reader.duplicates ?? NO_DUPLICATES };
}

/**
 * Reads one value of a text that may hold several, as a stream does. Answers undefined when only
 * blanks are left.
 *
 * @throws JsonSyntaxError
 */
export function parseJsonValue(text: string, from: number): { value: unknown; start: number; end: number } | undefined {
  const reader = new Reader(text, from);
  return reader.next();
}

const WHITE = /[ \t\r\n]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER_PART = /[-+.\deE]*/y;
const LITERALS: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  duplicates: Map<object, string[]> | undefined;
  private readonly text: string;
  private at = 0;
  private depth = 0;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  next(): { value: unknown; start: number; end: number } | undefined {
    this.skip(WHITE);
    const start = this.at;
    if (start >= this.text.length) return undefined;
    const value = this.value('looking for beginning of value');
    return { value, start, end: this.at };
  }

  document(): unknown {
    const value = this.value('looking for beginning of value');
    this.skip(WHITE);
    if (this.at < this.text.length) throw this.wrong('after top-level value');
    return value;
  }

  private value(expectation: string): unknown {
    this.skip(WHITE);
    const character = this.text[this.at];
    if (character === '{' || character === '[') {
      if (++this.depth > DEEPEST) throw new JsonSyntaxError('exceeded max depth', this.at);
      const value = character === '{' ? this.object() : this.array();
      this.depth--;
      return value;
    }
    if (character === '"') return this.string();
    if (character !== undefined && /[-\d]/.test(character)) return this.number();
    for (const [word, value] of LITERALS) if (character === word[0]) return this.literal(word, value);
    throw this.wrong(expectation);
  }

  private object(): unknown {
    const object: Record<string, unknown> = {};
    this.at++;
    this.skip(WHITE);
    if (this.text[this.at] === '}') {
      this.at++;
      return object;
    }
    for (;;) {
      this.skip(WHITE);
      if (this.text[this.at] !== '"') throw this.wrong('looking for beginning of object key string');
      const key = this.string();
      this.skip(WHITE);
      if (this.text[this.at] !== ':') throw this.wrong('after object key');
      this.at++;
      const value = this.value('looking for beginning of value');
      if (Object.hasOwn(object, key)) this.note(object, key);
      define(object, key, value);
      this.skip(WHITE);
      const end = this.text[this.at];
      if (end !== ',' && end !== '}') throw this.wrong('after object key:value pair');
      this.at++;
      if (end === '}') return object;
    }
  }

  private array(): unknown[] {
    const list: unknown[] = [];
    this.at++;
    this.skip(WHITE);
    if (this.text[this.at] === ']') {
      this.at++;
      return list;
    }
    for (;;) {
      list.push(this.value('looking for beginning of value'));
      this.skip(WHITE);
      const end = this.text[this.at];
      if (end !== ',' && end !== ']') throw this.wrong('after array element');
      this.at++;
      if (end === ']') return list;
    }
  }

  private string(): string {
    this.at++;
    let value = '';
    for (;;) {
      const start = this.at;
      this.skip(PLAIN);
      value += this.text.slice(start, this.at);
      const character = this.text[this.at];
      if (character === '"') {
        this.at++;
        return value;
      }
      if (character !== '\\') throw this.wrong('in string literal');
      value += this.escape();
    }
  }

  private escape(): string {
    this.at++;
    const character = this.text[this.at] ?? '';
    const simple = ESCAPES[character];
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    if (character !== 'u') throw this.wrong('in string escape code');
    for (let i = 0; i < 4; i++) {
      this.at++;
      if (!/^[\da-fA-F]$/.test(this.text[this.at] ?? '')) throw this.wrong('in \\u hexadecimal character escape');
    }
    this.at++;
    return String.fromCharCode(parseInt(this.text.slice(this.at - 4, this.at), 16));
  }

  private number(): number {
    const start = this.at;
    this.skip(NUMBER_PART);
    const text = this.text.slice(start, this.at);
    if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return Number(text);
    const good = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?)?)?/.exec(text)?.[0] ?? '';
    this.at = start + good.length;
    if (good === '-') throw this.wrong('in numeric literal');
    if (good.endsWith('.')) throw this.wrong('after decimal point in numeric literal');
    if (/[eE][-+]?$/.test(good)) throw this.wrong('in exponent of numeric literal');
    throw this.wrong(this.depth === 0 ? 'after top-level value' : 'after array element');
  }

  private literal(word: string, value: unknown): unknown {
    for (let i = 1; i < word.length; i++) {
      if (this.text[this.at + i] === word[i]) continue;
      this.at += i;
      throw this.wrong(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.at += word.length;
    return value;
  }

  private skip(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.test(this.text)) this.at = pattern.lastIndex;
  }

  private note(object: object, key: string): void {
    this.duplicates ??= new Map();
    const keys = this.duplicates.get(object);
    if (!keys) this.duplicates.set(object, [key]);
    else if (!keys.includes(key)) keys.push(key);
  }

  private wrong(where: string): JsonSyntaxError {
    if (this.at >= this.text.length) return new JsonSyntaxError('unexpected end of JSON input', this.text.length);
    const character = String.fromCodePoint(this.text.codePointAt(this.at) as number);
    return new JsonSyntaxError(`invalid character ${quoteCharacter(character)} ${where}`, this.at + 1);
  }
}

function quoteCharacter(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  const quoted = JSON.stringify(character);
  return `'${quoted.slice(1, -1)}'`;
}

/** Sets a key that may be `__proto__`. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}
