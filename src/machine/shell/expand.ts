import type { ArithmeticExpression, HereDocBody, Word, WordPart } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { expandBraces } from './brace.ts';
import { ArithmeticProblem, evaluate } from './arithmetic.ts';
import { Fields } from './fields.ts';
import { expandGlob } from './glob.ts';
import { arithmeticMessage } from './messages.ts';
import { expandParameter, expandSimple } from './parameter.ts';
import { CommandProblem, FatalExpansion } from './signals.ts';
import type { Shell } from './shell.ts';

/** The arguments that a list of words becomes: braces, tildes, parameters, substitutions, splitting, paths, quotes. */
export function* expandWords(shell: Shell, words: readonly Word[]): Task<string[]> {
  const result: string[] = [];
  for (const word of words) {
    if (isPlain(word)) result.push(word.value);
    else yield* expandInto(shell, word, result);
  }
  return result;
}

/** Whether a word stands for nothing but its own text. */
export function isPlain(word: Word): boolean {
  return word.parts === undefined && word.text.charCodeAt(0) !== TILDE;
}

const TILDE = 126;

/** Appends the fields of one word. */
export function* expandInto(shell: Shell, word: Word, result: string[]): Task<void> {
  if (word.parts?.some((part) => part.type === 'BraceExpansion')) {
    const words = expandBraces(word);
    if (words.length !== 1 || words[0] !== word) {
      for (const each of words) yield* expandInto(shell, each, result);
      return;
    }
  }
  const fields = new Fields(shell.variables.text('IFS'), true);
  yield* expandWord(shell, word, fields, false);
  for (const { text, pattern } of fields.finish()) {
    if (pattern === undefined || shell.options.noglob) result.push(text);
    else {
      const paths = expandGlob(shell.system.files, shell.cwd, pattern, shell.options.dotglob);
      if (paths.length > 0) result.push(...paths);
      else if (!shell.options.nullglob) result.push(text);
    }
  }
}

/** A word as one text, without splitting and path expansion: assignments, redirections, `case`. */
export function* expandText(shell: Shell, word: Word): Task<string> {
  if (isPlain(word)) return word.value;
  const fields = new Fields(undefined, false);
  yield* expandWord(shell, word, fields, false);
  return fields.joined();
}

/** The value of an assignment: as {@link expandText}, with tildes after colons too. */
export function* expandAssigned(shell: Shell, word: Word): Task<string> {
  if (word.parts === undefined && word.text.includes('~'))
    return word.value
      .split(':')
      .map((each) => expandTilde(shell, each))
      .join(':');
  return yield* expandText(shell, word);
}

/** A word as a pattern whose quoted characters are escaped: `case`, `[[ == ]]`, `${x#...}`. */
export function* expandPattern(shell: Shell, word: Word): Task<string> {
  const fields = new Fields(undefined, false);
  if (word.parts === undefined && word.text === word.value) {
    if (word.text.startsWith('~')) fields.addQuoted(expandTilde(shell, word.value));
    else return word.value;
  } else if (word.parts === undefined) fields.addQuoted(word.value);
  else yield* expandParts(shell, word.parts, fields, false, false);
  return fields.joinedPattern();
}

/** The body of a here-document. */
export function* expandHereDocument(shell: Shell, body: HereDocBody, quoted: boolean, stripTabs: boolean): Task<string> {
  const strip = (text: string, atLineStart: boolean) => (stripTabs ? text.replace(atLineStart ? /^\t+/gm : /(?<=\n)\t+/g, '') : text);
  if (quoted) return strip(body.text, true);
  if (body.parts === undefined)
    return strip(
      body.text.replace(/\\([\\$`]|\n)/g, (_, c: string) => (c === '\n' ? '' : c)),
      true,
    );
  const fields = new Fields(undefined, false);
  let first = true;
  for (const part of body.parts) {
    if (part.type === 'Literal') fields.addQuoted(strip(part.value, first));
    else yield* expandPart(shell, part, fields, true, false);
    first = false;
  }
  return fields.joined();
}

/** `~`, `~user`, `~+`, `~-` at the beginning of an unquoted text. */
export function expandTilde(shell: Shell, text: string): string {
  if (!text.startsWith('~')) return text;
  const cut = text.indexOf('/');
  const user = cut < 0 ? text.slice(1) : text.slice(1, cut);
  const rest = cut < 0 ? '' : text.slice(cut);
  const home = user === '' ? shell.home : user === '+' ? shell.cwd : user === '-' ? shell.variables.text('OLDPWD') : shell.homeOf(user);
  return home === undefined ? text : home + rest;
}

/** Expands a word into `fields`. With `splitLiterals` unquoted text of the source is split too, as in `${x:-a b}`. */
export function* expandWord(shell: Shell, word: Word, fields: Fields, quoted: boolean, splitLiterals = false): Task<void> {
  if (word.parts !== undefined) {
    yield* expandParts(shell, word.parts, fields, quoted, splitLiterals);
    return;
  }
  const text = !quoted && word.text.startsWith('~') ? expandTilde(shell, word.value) : word.value;
  if (splitLiterals && word.text === word.value) fields.addResult(text, quoted);
  else fields.addQuoted(text);
}

export function* expandParts(
  shell: Shell,
  parts: readonly WordPart[],
  fields: Fields,
  quoted: boolean,
  splitLiterals: boolean,
): Task<void> {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (i === 0 && !quoted && part.type === 'Literal' && part.text.startsWith('~')) fields.addQuoted(expandTilde(shell, part.value));
    else yield* expandPart(shell, part, fields, quoted, splitLiterals);
  }
}

function* expandPart(shell: Shell, part: WordPart, fields: Fields, quoted: boolean, splitLiterals: boolean): Task<void> {
  switch (part.type) {
    case 'Literal':
      if (splitLiterals && !quoted && part.text === part.value) fields.addResult(part.value, false);
      else fields.addQuoted(part.value);
      return;
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      fields.addQuoted(part.value);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      yield* expandDoubleQuoted(shell, part.parts, fields);
      return;
    case 'SimpleExpansion':
      expandSimple(shell, part.text.slice(1), fields, quoted);
      return;
    case 'ParameterExpansion':
      yield* expandParameter(shell, part, fields, quoted);
      return;
    case 'CommandExpansion':
      if (part.script) fields.addResult(yield* shell.substitute(part.script), quoted);
      return;
    case 'ArithmeticExpansion':
      fields.addResult(part.expression ? String(yield* evaluateExpansion(shell, part.expression, part.text.slice(3, -2))) : '0', quoted);
      return;
    case 'ProcessSubstitution':
      fields.addQuoted(yield* shell.processSubstitution(part));
      return;
    case 'Glob':
      if (quoted) fields.addQuoted(part.value);
      else if (part.kind === 'bracket') yield* expandBracket(shell, part.parts, fields);
      else fields.addPattern(part.text);
      return;
    case 'ExtendedGlob':
      if (quoted) fields.addQuoted(part.text);
      else fields.addPattern(part.text);
      return;
    case 'BraceExpansion':
      fields.addQuoted(part.text);
  }
}

function* expandDoubleQuoted(shell: Shell, parts: readonly WordPart[], fields: Fields): Task<void> {
  const onlyMembers = parts.length === 1 && isMembers(parts[0]!);
  if (!onlyMembers) fields.addQuoted('');
  for (const part of parts) yield* expandPart(shell, part, fields, true, false);
}

/** `$@`, `${a[@]}`: in quotes these may come to no field at all. */
function isMembers(part: WordPart): boolean {
  if (part.type === 'SimpleExpansion') return part.text === '$@';
  return part.type === 'ParameterExpansion' && (part.parameter === '@' || part.index?.text === '@');
}

function* expandBracket(shell: Shell, parts: readonly WordPart[], fields: Fields): Task<void> {
  fields.addPattern('[');
  for (const part of parts) {
    if (part.type === 'Literal') fields.addPattern(part.text);
    else yield* expandPart(shell, part, fields, false, false);
  }
  fields.addPattern(']');
}

/** The value of `$((...))`; an error in it ends the line. */
function* evaluateExpansion(shell: Shell, expression: ArithmeticExpression, source: string): Task<number> {
  try {
    return yield* evaluate(shell, expression);
  } catch (problem) {
    if (!(problem instanceof ArithmeticProblem)) throw problem;
    throw new FatalExpansion(arithmeticMessage(shell.flavour, source.trim(), problem.message), shell.currentLine, 1);
  }
}

/** The value of `((...))` and its like; `source` is named in errors. */
export function* evaluateExpression(shell: Shell, expression: ArithmeticExpression | undefined, source: string): Task<number> {
  try {
    return expression ? yield* evaluate(shell, expression) : 0;
  } catch (problem) {
    if (!(problem instanceof ArithmeticProblem)) throw problem;
    throw new CommandProblem(`((: ${source}: ${problem.message}`);
  }
}
