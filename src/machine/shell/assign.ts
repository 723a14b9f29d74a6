import { parse, type Assignment, type Word } from 'unbash';
import type { Task } from '../../sim/wait.ts';
import { evaluateText } from './arithmetic.ts';
import { expandAssigned, expandInto, expandText } from './expand.ts';
import { CommandProblem } from './signals.ts';
import type { Shell } from './shell.ts';

/** `name=value`, `name+=value`, `name[index]=value`, `name=(...)`. Throws {@link CommandProblem}. */
export function* assign(shell: Shell, assignment: Assignment): Task<void> {
  const { name, value } = assignment;
  if (value.type === 'ArrayValue') {
    yield* assignArray(shell, name, value.elements, assignment.append ?? false);
    return;
  }
  const index = assignment.index ? yield* shell.indexText(name, assignment.index) : undefined;
  shell.setVariable(name, index, yield* assignedText(shell, assignment, index));
}

/** The text that an assignment of one value gives its variable. */
export function* assignedText(shell: Shell, assignment: Assignment, index?: string): Task<string> {
  const { name, value } = assignment;
  let text = value.type === 'Word' ? yield* expandAssigned(shell, value) : '';
  const integer = shell.variables.find(name)?.integer ?? false;
  if (integer) text = String(yield* evaluateText(shell, text));
  if (!assignment.append) return text;
  const before = shell.getVariable(name, index) ?? '';
  return integer ? String(Number(before || '0') + Number(text)) : before + text;
}

/**
 * An assignment among the arguments. Declaring builtins (`export a=b`) take it as one argument
 * without splitting; the elements of an array wait in the shell for the builtin.
 */
export function* assignArgument(shell: Shell, assignment: Assignment, declares: boolean): Task<string[]> {
  const { name, value } = assignment;
  if (value.type === 'ArrayValue') {
    shell.arrayArguments = new Map(shell.arrayArguments).set(name, assignment);
    return [name];
  }
  const head = `${name}${assignment.index ? `[${assignment.index.text}]` : ''}${assignment.append ? '+' : ''}=`;
  if (declares) return [head + (yield* expandAssigned(shell, value))];
  const fields: string[] = [];
  yield* expandInto(shell, value, fields);
  return [head + (fields[0] ?? ''), ...fields.slice(1)];
}

export function* assignArray(shell: Shell, name: string, elements: readonly Word[], append: boolean): Task<void> {
  if (shell.variables.find(name)?.readonly) throw new CommandProblem(`${name}: readonly variable`);
  const isMap = shell.variables.find(name)?.map !== undefined;
  const items: { key: string | undefined; text: string }[] = [];
  for (const word of elements) {
    const keyed = keyedElement(word);
    if (keyed) {
      items.push({
        key: isMap ? yield* expandText(shell, keyed.key) : String(yield* evaluateText(shell, yield* expandText(shell, keyed.key))),
        text: yield* expandText(shell, keyed.value),
      });
    } else {
      const fields: string[] = [];
      yield* expandInto(shell, word, fields);
      for (const text of fields) items.push({ key: undefined, text });
    }
  }
  const variable = shell.variables.forChange(name);
  if (variable.map) {
    if (!append) variable.map.clear();
    for (const { key, text } of items) if (key !== undefined) variable.map.set(key, text);
    return;
  }
  const list = shell.listOf(variable);
  if (!append) list.clear();
  let next = append && list.size > 0 ? Math.max(...list.keys()) + 1 : 0;
  for (const { key, text } of items) {
    if (key !== undefined) next = Number(key);
    list.set(next++, text);
  }
}

const keyedElements = new WeakMap<Word, { key: Word; value: Word } | null>();

/** `[key]=value` in an array's list. */
function keyedElement(word: Word): { key: Word; value: Word } | undefined {
  let known = keyedElements.get(word);
  if (known === undefined) {
    const match = /^\[([^\]]+)\]=([\s\S]*)$/.exec(word.text);
    known = match ? { key: wordFrom(match[1]!), value: wordFrom(match[2]!) } : null;
    keyedElements.set(word, known);
  }
  return known ?? undefined;
}

function wordFrom(source: string): Word {
  const command = parse(`x=${source}`).commands[0]?.command;
  const assignment = command?.type === 'Command' ? command.prefix[0] : undefined;
  if (assignment?.type === 'Assignment' && assignment.value.type === 'Word') return assignment.value;
  return { type: 'Word', pos: 0, end: 0, text: source, value: source };
}
