import { needsQuotes } from './yaml-scalars.ts';

/*
 * YAML as kubectl prints it: the emitter of go-yaml v2 with keys in natural order, lists at the
 * column of their key, long lines folded behind 80 characters.
 */

const WIDTH = 80;
/** Keys longer than this are written behind a `?`. */
const LONGEST_SIMPLE_KEY = 128;

/** What a text allows, by what is in it (yaml_emitter_analyze_scalar). */
interface Traits {
  readonly multiline: boolean;
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

/** A value as YAML, with a newline at the end. Undefined fields are left out. */
export function printYaml(value: unknown): string {
  const printer = new Printer();
  printer.node(value, -2, false);
  return `${printer.text}\n`;
}

class Printer {
  text = '';
  private column = 0;

  /** Writes a value behind what has been written. `indent` is that of the collection it is in; `inKey` when that is a map. */
  node(value: unknown, indent: number, inKey: boolean): void {
    if (Array.isArray(value)) this.list(value, inKey ? indent : indent + 2, inKey);
    else if (typeof value === 'object' && value !== null) this.map(value as Record<string, unknown>, indent + 2, inKey);
    else if (typeof value === 'string') this.string(value, indent + 2, false);
    else this.write(value === undefined ? 'null' : String(value));
  }

  private write(text: string): void {
    this.text += text;
    this.column += text.length;
  }

  private newLine(indent: number): void {
    this.text += `\n${' '.repeat(indent)}`;
    this.column = indent;
  }

  /** Begins an entry of a collection: the first one of a list's item stands on the line of its dash. */
  private startEntry(indent: number, first: boolean, inKey: boolean): void {
    if (first && !inKey) return;
    this.newLine(indent);
  }

  private map(map: Record<string, unknown>, indent: number, inKey: boolean): void {
    const keys = Object.keys(map)
      .filter((key) => map[key] !== undefined)
      .sort(compareNaturally);
    if (keys.length === 0) {
      this.write('{}');
      return;
    }
    keys.forEach((key, i) => {
      this.startEntry(indent, i === 0, inKey);
      const simple = key.length <= LONGEST_SIMPLE_KEY && !key.includes('\n');
      if (simple) this.string(key, indent, true);
      else {
        this.write('? ');
        this.string(key, indent + 2, false);
        this.newLine(indent);
      }
      this.write(':');
      this.value(map[key], indent);
    });
  }

  private value(value: unknown, indent: number): void {
    if (typeof value !== 'object' || value === null || isEmpty(value)) this.write(' ');
    if (Array.isArray(value) && value.length === 0) this.write('[]');
    else if (typeof value === 'object' && value !== null && isEmpty(value)) this.write('{}');
    else this.node(value, indent, true);
  }

  private list(list: readonly unknown[], indent: number, inKey: boolean): void {
    if (list.length === 0) {
      this.write('[]');
      return;
    }
    list.forEach((item, i) => {
      this.startEntry(indent, i === 0, inKey);
      this.write('- ');
      this.node(item, indent, false);
    });
  }

  private string(text: string, indent: number, isKey: boolean): void {
    const traits = analyze(text);
    if (text.includes('\n') && traits.block && !isKey) this.literal(text, indent);
    else if (traits.plain && !traits.multiline && !needsQuotes(text)) this.folded(text, indent, isKey, (part) => part);
    else if (traits.single && !traits.multiline && !needsQuotes(text)) {
      this.write("'");
      this.folded(text, indent, isKey, (part) => part.replaceAll("'", "''"));
      this.write("'");
    } else this.double(text, indent, isKey);
  }

  /** Writes words, breaking the line at single blanks behind the width. */
  private folded(text: string, indent: number, isKey: boolean, escape: (part: string) => string): void {
    let afterBlank = false;
    for (let i = 0; i < text.length; i++) {
      const character = text[i] as string;
      const foldable =
        character === ' ' && !isKey && !afterBlank && this.column > WIDTH && i > 0 && i < text.length - 1 && text[i + 1] !== ' ';
      if (foldable) this.newLine(indent);
      else this.write(escape(character));
      afterBlank = character === ' ';
    }
  }

  private literal(text: string, indent: number): void {
    const first = text[0] === ' ' || text[0] === '\n' ? '2' : '';
    const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
    this.write(`|${first}${chomp}`);
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    for (const line of lines) {
      if (line === '') this.text += '\n';
      else this.newLine(Math.max(indent, 0));
      this.text += line;
    }
  }

  private double(text: string, indent: number, isKey: boolean): void {
    this.write('"');
    let afterBlank = false;
    const characters = Array.from(text);
    characters.forEach((character, i) => {
      const foldable = character === ' ' && !isKey && !afterBlank && this.column > WIDTH && i > 0 && i < characters.length - 1;
      if (foldable) {
        this.newLine(indent);
        if (characters[i + 1] === ' ') this.write('\\');
      } else this.write(escapeDouble(character));
      afterBlank = character === ' ';
    });
    this.write('"');
  }
}

function isEmpty(value: object): boolean {
  if (Array.isArray(value)) return value.length === 0;
  for (const key in value) if ((value as Record<string, unknown>)[key] !== undefined) return false;
  return true;
}

/** Characters that may stand bare in a document; others are escaped. */
const PRINTABLE = /^[\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
const BREAK = '\n\r\x85\u2028\u2029';

function analyze(text: string): Traits {
  if (text === '') return { multiline: false, plain: false, single: true, block: false };
  const first = text[0] as string;
  const last = text[text.length - 1] as string;
  const breaks = /[\n\r\x85\u2028\u2029]/.test(text);
  const special = !PRINTABLE.test(text);
  const blankThenBreak = / [\n\r\x85\u2028\u2029]/.test(text);
  const breakThenBlank = /[\n\r\x85\u2028\u2029] /.test(text);
  const edges = first === ' ' || last === ' ' || BREAK.includes(first) || BREAK.includes(last);
  const allowed = !special && !blankThenBreak;
  return {
    multiline: breaks,
    plain: allowed && !edges && !breaks && !hasIndicators(text),
    single: allowed && !breakThenBlank,
    block: allowed && last !== ' ',
  };
}

/** Whether a text holds what means something else at its place in a block. */
function hasIndicators(text: string): boolean {
  return (
    /^(---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-]([ \t\n]|$)/.test(text) ||
    /:([ \t\n]|$)/.test(text) ||
    /[ \t\n]#/.test(text)
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\xa0',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escapeDouble(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (PRINTABLE.test(character)) return character;
  const code = character.codePointAt(0) as number;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

const LETTER = /^\p{L}$/u;

/** The order of keys in go-yaml: letters behind other characters, numbers by value (`a2` before `a10`). */
export function compareNaturally(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const x = left[i] as string;
    const y = right[i] as string;
    if (x === y) continue;
    const xIsLetter = LETTER.test(x);
    const yIsLetter = LETTER.test(y);
    if (xIsLetter && yIsLetter) return x < y ? -1 : 1;
    // Behind a digit, letters come first.
    if (xIsLetter || yIsLetter) return yIsLetter !== isDigit(left[i - 1]) ? -1 : 1;
    return compareDigits(left, right, i) || (x < y ? -1 : 1);
  }
  return left.length - right.length;
}

/** Compares the numbers that begin at `at`, taking leading zeros for a tie that the longer one loses. */
function compareDigits(left: readonly string[], right: readonly string[], at: number): number {
  let seed = 0;
  if (left[at] === '0' || right[at] === '0') {
    for (let i = at - 1; i >= 0 && isDigit(left[i]); i--) if (left[i] !== '0') seed = 1;
  }
  const [x, xEnd] = readNumber(left, at, seed);
  const [y, yEnd] = readNumber(right, at, seed);
  return x !== y ? x - y : xEnd - yEnd;
}

function readNumber(characters: readonly string[], at: number, seed: number): readonly [number, number] {
  let value = seed;
  let end = at;
  while (isDigit(characters[end])) value = value * 10 + Number(characters[end++]);
  return [value, end];
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}
