import { parse, type Word } from 'unbash';

const cache = new WeakMap<Word, readonly Word[]>();
const MOST_ITEMS = 100_000;

/** The words that brace expansion makes of one: `a{b,c}{1..3}`. Works on source text, before all other expansions. */
export function expandBraces(word: Word): readonly Word[] {
  const known = cache.get(word);
  if (known) return known;
  const sources = braceTexts(word.text);
  const words = sources.length === 1 && sources[0] === word.text ? [word] : sources.map(parseWord);
  cache.set(word, words);
  return words;
}

function parseWord(source: string): Word {
  const command = parse(`: ${source}`).commands[0]?.command;
  const word = command?.type === 'Command' ? command.args[0] : undefined;
  if (word?.type === 'Word') return word;
  return { type: 'Word', pos: 0, end: 0, text: source, value: source };
}

function braceTexts(text: string): string[] {
  const brace = firstBrace(text);
  if (!brace) return [text];
  const before = text.slice(0, brace.start);
  const after = braceTexts(text.slice(brace.end + 1));
  const result: string[] = [];
  for (const item of brace.items) {
    for (const rest of after) {
      if (result.length >= MOST_ITEMS) return result;
      result.push(before + item + rest);
    }
  }
  return result;
}

interface Brace {
  readonly start: number;
  readonly end: number;
  readonly items: string[];
}

/** The first valid brace expression outside quotes and `${...}`. */
function firstBrace(text: string): Brace | undefined {
  for (let i = 0; i < text.length; i++) {
    const skipped = skipQuoted(text, i);
    if (skipped > i) {
      i = skipped;
      continue;
    }
    if (text[i] !== '{') continue;
    const brace = braceAt(text, i);
    if (brace) return brace;
  }
  return undefined;
}

/** The last position of a quoted part or an expansion that begins at `i`; `i` itself if none does. */
function skipQuoted(text: string, i: number): number {
  const c = text[i];
  if (c === '\\') return i + 1;
  if (c === "'") return endOr(text.indexOf("'", i + 1), text);
  if (c === '"' || c === '`') {
    for (let j = i + 1; j < text.length; j++) {
      if (text[j] === '\\') j++;
      else if (text[j] === c) return j;
    }
    return text.length;
  }
  if (c === '$' && (text[i + 1] === '{' || text[i + 1] === '(')) {
    const [open, close] = text[i + 1] === '{' ? ['{', '}'] : ['(', ')'];
    let depth = 0;
    for (let j = i + 1; j < text.length; j++) {
      if (text[j] === open) depth++;
      else if (text[j] === close && --depth === 0) return j;
    }
    return text.length;
  }
  return i;
}

function endOr(at: number, text: string): number {
  return at < 0 ? text.length : at;
}

function braceAt(text: string, start: number): Brace | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const skipped = skipQuoted(text, i);
    if (skipped > i) {
      i = skipped;
      continue;
    }
    const c = text[i];
    if (c === '{') depth++;
    else if (c === ',' && depth === 1) commas.push(i);
    else if (c === '}' && --depth === 0) {
      const items = commas.length > 0 ? split(text, start, i, commas) : sequence(text.slice(start + 1, i));
      return items && { start, end: i, items };
    }
  }
  return undefined;
}

function split(text: string, start: number, end: number, commas: readonly number[]): string[] {
  const cuts = [start, ...commas, end];
  return cuts.slice(1).flatMap((cut, i) => braceTexts(text.slice(cuts[i]! + 1, cut)));
}

function sequence(inner: string): string[] | undefined {
  const numbers = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/.exec(inner);
  const letters = numbers ? null : /^([A-Za-z])\.\.([A-Za-z])(?:\.\.(-?\d+))?$/.exec(inner);
  const match = numbers ?? letters;
  if (!match) return undefined;
  const from = numbers ? Number(match[1]) : match[1]!.charCodeAt(0);
  const to = numbers ? Number(match[2]) : match[2]!.charCodeAt(0);
  const step = Math.abs(Number(match[3] ?? 1)) || 1;
  const padded = numbers && [match[1]!, match[2]!].some((each) => /^-?0\d/.test(each));
  const width = padded ? Math.max(match[1]!.length, match[2]!.length) : 0;
  const result: string[] = [];
  for (let i = from; from <= to ? i <= to : i >= to; i += from <= to ? step : -step) {
    if (result.length >= MOST_ITEMS) break;
    if (letters) result.push(String.fromCharCode(i));
    else result.push(i < 0 ? `-${String(-i).padStart(width - 1, '0')}` : String(i).padStart(width, '0'));
  }
  return result;
}
