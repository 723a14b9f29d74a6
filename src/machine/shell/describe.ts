import { whichPath } from '../lookup.ts';
import { isBuiltin } from './builtins/names.ts';
import type { Shell } from './shell.ts';

export interface FoundCommand {
  readonly kind: 'alias' | 'keyword' | 'function' | 'builtin' | 'file';
  /** An alias's text or a program's path. */
  readonly text: string;
}

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'select',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  '{',
  '}',
  '!',
  '[[',
  ']]',
  'coproc',
]);

/** What a name would run as a command. */
export function findCommand(shell: Shell, name: string): FoundCommand | undefined {
  const alias = shell.aliases.get(name);
  if (alias !== undefined) return { kind: 'alias', text: alias };
  if (KEYWORDS.has(name)) return { kind: 'keyword', text: name };
  if (shell.functions.has(name)) return { kind: 'function', text: name };
  if (isBuiltin(name)) return { kind: 'builtin', text: name };
  const path = whichPath(shell.system, shell.cwd, name);
  return path === undefined ? undefined : { kind: 'file', text: path };
}

/** A line as `type` prints it. */
export function describeCommand(name: string, found: FoundCommand): string {
  switch (found.kind) {
    case 'alias':
      return `${name} is aliased to \`${found.text}'`;
    case 'keyword':
      return `${name} is a shell keyword`;
    case 'function':
      return `${name} is a function`;
    case 'builtin':
      return `${name} is a shell builtin`;
    case 'file':
      return `${name} is ${found.text}`;
  }
}
