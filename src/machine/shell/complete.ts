import { resolvePath } from '../files.ts';
import { builtinNames } from './builtins/names.ts';
import type { Shell } from './shell.ts';

/**
 * What the word before the cursor could become: commands in the place of a command, variables after
 * `$`, else files. A directory ends in `/`. Sorted; reads the shell's state and changes nothing.
 */
export function complete(shell: Shell, line: string, cursor: number): string[] {
  const before = line.slice(0, cursor);
  const word = /(?:[^\s|&;()<>\\"'`]|\\.)*$/.exec(before)![0];
  const variable = /^(.*\$\{?)([A-Za-z_][A-Za-z0-9_]*)?$/.exec(word);
  if (variable)
    return shell.variables
      .names()
      .filter((name) => name.startsWith(variable[2] ?? ''))
      .map((name) => variable[1]! + name);
  const head = before.slice(0, before.length - word.length);
  const isCommand =
    /(^|[|&;(`]|\b(then|do|else|if|while|until|sudo|xargs|watch|time|exec|command))\s*$/.test(head) && !/[<>]\s*$/.test(head);
  return isCommand && !word.includes('/') ? completeCommand(shell, word) : completePath(shell, word, isCommand);
}

function completeCommand(shell: Shell, word: string): string[] {
  const names = new Set([...builtinNames(), ...shell.system.programs.keys(), ...shell.functions.keys(), ...shell.aliases.keys()]);
  return [...names].filter((name) => name.startsWith(word)).sort();
}

function completePath(shell: Shell, word: string, onlyExecutable: boolean): string[] {
  const cut = word.lastIndexOf('/') + 1;
  const shown = word.slice(0, cut);
  const base = word.slice(cut).replace(/\\(.)/g, '$1');
  const directory = resolvePath(
    shell.cwd,
    shown === '' ? '.' : shown.startsWith('~/') ? shell.home + shown.slice(1) : shown.replace(/\\(.)/g, '$1'),
  );
  const { files } = shell.system;
  if (files.stat(directory)?.type !== 'directory') return [];
  const result: string[] = [];
  for (const name of files.list(directory)) {
    if (!name.startsWith(base) || (name.startsWith('.') && !base.startsWith('.'))) continue;
    const stat = files.stat(resolvePath(directory, name));
    if (onlyExecutable && stat?.type === 'file' && (stat.mode & 0o111) === 0) continue;
    result.push(shown + name.replace(/[\s'"\\$&|;()<>*?[\]#~`!]/g, '\\$&') + (stat?.type === 'directory' ? '/' : ''));
  }
  return result;
}
