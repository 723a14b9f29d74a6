import type { ParameterExpansionPart, ParameterOperation, Word } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { evaluateText } from './arithmetic.ts';
import { patternSource, patternToRegExp } from './pattern.ts';
import { quoteForShell } from '../quote.ts';
import { CommandProblem, FatalExpansion } from './signals.ts';
import { elementsOf, indexesOf } from './variables.ts';
import type { Fields } from './fields.ts';
import type { Shell } from './shell.ts';

/** Several values (`$@`, `${a[@]}`) or one. */
type Value = { readonly one: string | undefined } | { readonly many: readonly string[]; readonly star: boolean };

/** `$name` without braces. */
export function expandSimple(shell: Shell, name: string, fields: Fields, quoted: boolean): void {
  if (name === '@' || name === '*') {
    addMany(shell, shell.positional, name === '*', fields, quoted);
    return;
  }
  const value = shell.parameter(name);
  if (value !== undefined) fields.addResult(value, quoted);
  else checkSet(shell, name);
}

/** `${...}` */
export function* expandParameter(shell: Shell, part: ParameterExpansionPart, fields: Fields, quoted: boolean): Task<void> {
  const { operation, prefix } = part;
  if (prefix === '#') {
    fields.addResult(String(yield* lengthOf(shell, part)), quoted);
    return;
  }
  if (prefix === '!') {
    yield* expandIndirect(shell, part, fields, quoted);
    return;
  }
  const value = yield* valueOf(shell, part.parameter, part.index);
  yield* applyOperation(shell, part, value, operation, fields, quoted);
}

function* applyOperation(
  shell: Shell,
  part: ParameterExpansionPart,
  value: Value,
  operation: ParameterOperation | undefined,
  fields: Fields,
  quoted: boolean,
): Task<void> {
  if (!operation) {
    addValue(shell, part.parameter, value, fields, quoted);
    return;
  }
  switch (operation.type) {
    case 'Default':
      yield* applyDefault(shell, part, value, operation, fields, quoted);
      return;
    case 'Remove': {
      const change = removal(operation.operator, yield* shell.expandPattern(operation.operand));
      addValue(shell, part.parameter, map(value, change), fields, quoted);
      return;
    }
    case 'Replace': {
      const pattern = yield* shell.expandPattern(operation.pattern);
      const change = replacement(operation.operator, pattern, yield* shell.expandText(operation.replacement));
      addValue(shell, part.parameter, map(value, change), fields, quoted);
      return;
    }
    case 'Slice':
      addValue(shell, part.parameter, yield* slice(shell, part, value, operation), fields, quoted);
      return;
    case 'CaseModification': {
      const pattern = operation.operand ? yield* shell.expandPattern(operation.operand) : '?';
      addValue(shell, part.parameter, map(value, caseChange(operation.operator, pattern)), fields, quoted);
      return;
    }
    case 'Transform':
      addValue(shell, part.parameter, transform(shell, value, operation.operand.value, part.parameter), fields, quoted);
      return;
    default:
      throw new CommandProblem(`${part.text}: bad substitution`);
  }
}

function* valueOf(shell: Shell, name: string, index: Word | undefined): Task<Value> {
  if (name === '@' || name === '*') return { many: shell.positional, star: name === '*' };
  if (!index) return { one: shell.parameter(name) };
  if (index.text === '@' || index.text === '*')
    return { many: shell.dynamicArray(name) ?? elementsOf(shell.variables.find(name)), star: index.text === '*' };
  return { one: shell.getVariable(name, yield* shell.indexText(name, index)) };
}

function addValue(shell: Shell, name: string, value: Value, fields: Fields, quoted: boolean): void {
  if ('many' in value) addMany(shell, value.many, value.star, fields, quoted);
  else if (value.one !== undefined) fields.addResult(value.one, quoted);
  else checkSet(shell, name);
}

function addMany(shell: Shell, values: readonly string[], star: boolean, fields: Fields, quoted: boolean): void {
  if (star && quoted) {
    const ifs = shell.variables.text('IFS');
    fields.addQuoted(values.join(ifs === undefined ? ' ' : ifs.slice(0, 1)));
    return;
  }
  if (values.length === 0 && quoted) fields.forgetIfEmpty();
  values.forEach((value, i) => {
    if (i > 0) fields.separate();
    fields.addResult(value, quoted);
  });
}

function checkSet(shell: Shell, name: string): void {
  if (!shell.options.nounset || name === '@' || name === '*') return;
  throw new FatalExpansion(`${/^\d+$/.test(name) ? `$${name}` : name}: unbound variable`, shell.currentLine);
}

function* lengthOf(shell: Shell, part: ParameterExpansionPart): Task<number> {
  const value = yield* valueOf(shell, part.parameter, part.index);
  if ('many' in value) return value.many.length;
  if (value.one === undefined) checkSet(shell, part.parameter);
  return [...(value.one ?? '')].length;
}

/** `${!name}`, `${!prefix*}` and `${!array[@]}`. */
function* expandIndirect(shell: Shell, part: ParameterExpansionPart, fields: Fields, quoted: boolean): Task<void> {
  if (part.operation?.type === 'Names') {
    const names = shell.variables.names().filter((name) => name.startsWith(part.parameter));
    addMany(shell, names, part.operation.operator === '*', fields, quoted);
    return;
  }
  if (part.index?.text === '@' || part.index?.text === '*') {
    addMany(shell, indexesOf(shell.variables.find(part.parameter)), part.index.text === '*', fields, quoted);
    return;
  }
  const target = shell.parameter(part.parameter);
  if (target === undefined || target === '') throw new CommandProblem(`${part.parameter}: invalid indirect expansion`);
  const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.+)\]$/.exec(target);
  const value: Value = match
    ? match[2] === '@' || match[2] === '*'
      ? { many: elementsOf(shell.variables.find(match[1]!)), star: match[2] === '*' }
      : { one: shell.getVariable(match[1]!, match[2]) }
    : target === '@' || target === '*'
      ? { many: shell.positional, star: target === '*' }
      : { one: shell.parameter(target) };
  yield* applyOperation(shell, part, value, part.operation, fields, quoted);
}

function* applyDefault(
  shell: Shell,
  part: ParameterExpansionPart,
  value: Value,
  operation: Extract<ParameterOperation, { type: 'Default' }>,
  fields: Fields,
  quoted: boolean,
): Task<void> {
  const colon = operation.operator.startsWith(':');
  const text = 'many' in value ? (value.many.length > 0 ? value.many.join(' ') : undefined) : value.one;
  const isSet = text !== undefined && !(colon && text === '');
  const { operand } = operation;
  switch (operation.operator.slice(-1)) {
    case '+':
      if (isSet) yield* shell.expandWord(operand, fields, quoted, true);
      return;
    case '-':
      if (isSet) addValue(shell, part.parameter, value, fields, quoted);
      else yield* shell.expandWord(operand, fields, quoted, true);
      return;
    case '=': {
      if (isSet) {
        addValue(shell, part.parameter, value, fields, quoted);
        return;
      }
      if (!/^[A-Za-z_]/.test(part.parameter)) throw new CommandProblem(`$${part.parameter}: cannot assign in this way`);
      const assigned = yield* shell.expandText(operand);
      shell.setVariable(part.parameter, part.index ? yield* shell.indexText(part.parameter, part.index) : undefined, assigned);
      fields.addResult(assigned, quoted);
      return;
    }
    default: {
      if (isSet) {
        addValue(shell, part.parameter, value, fields, quoted);
        return;
      }
      const message = yield* shell.expandText(operand);
      throw new FatalExpansion(
        `${part.parameter}: ${message || (colon ? 'parameter null or not set' : 'parameter not set')}`,
        shell.currentLine,
      );
    }
  }
}

function map(value: Value, change: (text: string) => string): Value {
  if ('many' in value) return { many: value.many.map(change), star: value.star };
  return value.one === undefined ? value : { one: change(value.one) };
}

function removal(operator: '#' | '##' | '%' | '%%', pattern: string): (text: string) => string {
  const regExp = patternToRegExp(pattern);
  const fromStart = operator.startsWith('#');
  const longest = operator.length === 2;
  return (text) => {
    for (let i = 0; i <= text.length; i++) {
      const length = longest ? text.length - i : i;
      const piece = fromStart ? text.slice(0, length) : text.slice(text.length - length);
      if (regExp.test(piece)) return fromStart ? text.slice(length) : text.slice(0, text.length - length);
    }
    return text;
  };
}

function replacement(operator: '/' | '//' | '/#' | '/%', pattern: string, by: string): (text: string) => string {
  if (pattern === '') return (text) => text;
  const source = patternSource(pattern);
  const anchored = operator === '/#' ? `^(?:${source})` : operator === '/%' ? `(?:${source})$` : source;
  const regExp = new RegExp(anchored, operator === '//' ? 'gsu' : 'su');
  return (text) => text.replace(regExp, (match) => (operator === '//' && match === '' ? '' : by));
}

function caseChange(operator: '^' | '^^' | ',' | ',,', pattern: string): (text: string) => string {
  const regExp = patternToRegExp(pattern);
  const change = (c: string) => (!regExp.test(c) ? c : operator.startsWith('^') ? c.toUpperCase() : c.toLowerCase());
  return (text) => (operator.length === 2 ? [...text].map(change).join('') : text === '' ? '' : change(text[0]!) + text.slice(1));
}

function* slice(
  shell: Shell,
  part: ParameterExpansionPart,
  value: Value,
  operation: Extract<ParameterOperation, { type: 'Slice' }>,
): Task<Value> {
  let from = yield* evaluateText(shell, yield* shell.expandText(operation.offset));
  const count = operation.length ? yield* evaluateText(shell, yield* shell.expandText(operation.length)) : undefined;
  if ('many' in value) {
    const positional = part.parameter === '@' || part.parameter === '*';
    const all = positional ? [shell.zero, ...value.many] : value.many;
    if (from < 0) from += all.length;
    if (count !== undefined && count < 0) throw new CommandProblem(`${operation.length!.text}: substring expression < 0`);
    return { many: from < 0 ? [] : all.slice(from, count === undefined ? undefined : from + count), star: value.star };
  }
  const characters = [...(value.one ?? '')];
  if (from < 0) from += characters.length;
  if (from < 0 || from > characters.length) return { one: '' };
  const end = count === undefined ? characters.length : count < 0 ? characters.length + count : from + count;
  if (end < from) throw new CommandProblem(`${operation.length!.text}: substring expression < 0`);
  return { one: characters.slice(from, end).join('') };
}

function transform(shell: Shell, value: Value, operator: string, name: string): Value {
  switch (operator) {
    case 'Q':
      return map(value, quoteForShell);
    case 'U':
      return map(value, (text) => text.toUpperCase());
    case 'u':
      return map(value, (text) => text.slice(0, 1).toUpperCase() + text.slice(1));
    case 'L':
      return map(value, (text) => text.toLowerCase());
    case 'E':
      return map(value, (text) => text.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\\\/g, '\\'));
    case 'P':
      return map(value, (text) => shell.promptText(text));
    case 'A':
      return map(value, (text) => `${name}=${quoteForShell(text)}`);
    default:
      throw new CommandProblem(`\${${name}@${operator}}: bad substitution`);
  }
}
