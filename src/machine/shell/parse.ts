import { forEachChild, parse, type ParsedScript, type SyntaxNode } from 'unbash';

export interface SyntaxProblem {
  /** As bash words it, without the `bash: ` before it. */
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** The word that dash would name as expected. */
  readonly expecting?: string;
}

export interface ParsedSource {
  readonly source: string;
  readonly script: ParsedScript;
  readonly problem: SyntaxProblem | undefined;
  /** A shell that reads lines would read on: an open quote, an open `if`, a here-document without its end. */
  readonly incomplete: boolean;
}

const cache = new Map<string, ParsedSource>();
const CACHE_SIZE = 1_000;
const CACHED_LENGTH = 20_000;

/** Parses shell source. The result is shared and immutable; what was parsed lately is not parsed again. */
export function parseShell(source: string): ParsedSource {
  const known = cache.get(source);
  if (known) return known;
  const script = parse(source);
  const parsed: ParsedSource = { source, script, ...judge(source, script) };
  if (source.length <= CACHED_LENGTH) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(source, parsed);
  }
  return parsed;
}

const MATCHES: Readonly<Record<string, string>> = {
  'unterminated double quote': '"',
  'unterminated single quote': "'",
  'unterminated ANSI-C quote': "'",
  'unterminated backtick': '`',
  'unterminated command substitution': ')',
  'unterminated process substitution': ')',
  'unterminated extended glob': ')',
  'unterminated arithmetic command': ')',
  'unterminated arithmetic expansion': ')',
  'unterminated arithmetic for header': ')',
  'unterminated array subscript': ']',
  'unterminated parameter expansion': '}',
};

function judge(source: string, script: ParsedScript): { problem: SyntaxProblem | undefined; incomplete: boolean } {
  const error = script.errors?.[0];
  if (!error) {
    return { problem: undefined, incomplete: endsInContinuation(source) || (source.includes('<<') && hasOpenHereDocument(script)) };
  }
  const at = (message: string, pos: number, incomplete = false) => ({ problem: { message, line: countLines(source, pos) }, incomplete });
  const open = script.errors!.find((each) => MATCHES[each.message]);
  if (open) {
    const match = MATCHES[open.message]!;
    const line = match === ')' ? countLines(source, source.length) + 1 : countLines(source, open.pos);
    return { problem: { message: `unexpected EOF while looking for matching \`${match}'`, line }, incomplete: true };
  }
  if (error.message.startsWith('maximum')) return at(error.message, error.pos);
  const named = /^unexpected token '([\s\S]*)'$/.exec(error.message);
  if (named) return at(near(named[1]!), error.pos);
  const token = tokenAt(source, error.pos);
  if (token !== undefined) return at(near(token), error.pos);
  const expecting = script.errors!.map((each) => /^expected '([^']+)'/.exec(each.message)?.[1]).find((word) => word !== undefined);
  const problem = { message: 'syntax error: unexpected end of file', line: countLines(source, source.length) + 1 };
  return { problem: expecting === undefined ? problem : { ...problem, expecting }, incomplete: true };
}

function near(token: string): string {
  return `syntax error near unexpected token \`${token}'`;
}

function countLines(source: string, pos: number): number {
  let line = 1;
  for (let i = source.indexOf('\n'); i >= 0 && i < pos; i = source.indexOf('\n', i + 1)) line++;
  return line;
}

/** The token at or after a position: an operator, a word, `newline`, or undefined at the end. */
function tokenAt(source: string, pos: number): string | undefined {
  const rest = source
    .slice(pos)
    .replace(/^([ \t]|\\\n)+/, '')
    .replace(/^#[^\n]*/, '');
  if (/^\n*\s*$/.test(rest)) return undefined;
  if (rest.startsWith('\n')) return tokenAt(rest, 1);
  return /^(;;&|;&|;;|&&|\|\||<<<|<<-|&>>|<<|>>|<&|>&|<>|>\||\|&|&>|[|&;()<>])/.exec(rest)?.[1] ?? /^[^\s|&;()<>]+/.exec(rest)![0];
}

function endsInContinuation(source: string): boolean {
  const slashes = /\\+$/.exec(source);
  return slashes !== null && slashes[0].length % 2 === 1;
}

function hasOpenHereDocument(node: SyntaxNode): boolean {
  if (node.type === 'HereDoc') return node.closing === undefined;
  let open = false;
  forEachChild(node, (child) => {
    open ||= hasOpenHereDocument(child);
  });
  return open;
}

/**
 * Replaces aliases in the place of command names, as bash does while it reads a line. An alias
 * whose text ends in a blank lets the next word be one too.
 */
export function expandAliases(source: string, aliases: ReadonlyMap<string, string>): string {
  if (aliases.size === 0) return source;
  const edits: { pos: number; end: number; text: string }[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Script' && node.source !== undefined) return;
    if (node.type === 'Command' && node.name) {
      let word: { text: string; pos: number; end: number } | undefined = node.name;
      const following = [...node.suffix];
      while (word && aliases.has(word.text)) {
        const text = resolveAlias(word.text, aliases);
        edits.push({ pos: word.pos, end: word.end, text });
        const next = following.shift();
        word = /\s$/.test(text) && next?.type === 'Word' ? next : undefined;
      }
    }
    forEachChild(node, visit);
  };
  visit(parseShell(source).script);
  let result = source;
  for (const edit of edits.sort((a, b) => b.pos - a.pos)) result = result.slice(0, edit.pos) + edit.text + result.slice(edit.end);
  return result;
}

function resolveAlias(name: string, aliases: ReadonlyMap<string, string>): string {
  const seen = new Set([name]);
  let text = aliases.get(name)!;
  for (;;) {
    const first = /^\s*([^\s'"\\$`|&;()<>]+)/.exec(text)?.[1];
    if (first === undefined || seen.has(first) || !aliases.has(first)) return text;
    seen.add(first);
    text = text.replace(first, () => aliases.get(first)!);
  }
}
