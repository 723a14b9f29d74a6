import { SET_LETTERS, SET_NAMES, SHOPT_NAMES, type ShellOptions } from '../options.ts';
import { fail, letters, type Builtin } from './builtin.ts';
import { variableLines } from './variables.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Shell } from '../shell.ts';

const set: Builtin = function* (shell, args) {
  if (args.length === 1) {
    yield* shell.io.stdout.write(variableLines(shell));
    return 0;
  }
  for (let i = 1; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--' || arg === '-') {
      if (arg === '--' || i + 1 < args.length) shell.positional = args.slice(i + 1);
      return 0;
    }
    if (!/^[-+]./.test(arg)) {
      shell.positional = args.slice(i);
      return 0;
    }
    const on = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      if (letter === 'o') {
        const name = args[i + 1];
        if (name === undefined) return yield* listOptions(shell, on);
        i++;
        if (!setOption(shell, name, on)) return yield* fail(shell, 'set', `${name}: invalid option name`, shell.flavour === 'bash' ? 1 : 2);
        continue;
      }
      const name = SET_LETTERS[letter];
      if (name) shell.setOption(name, on);
      else if (!'bhkpstBEHPT'.includes(letter)) {
        return yield* fail(
          shell,
          'set',
          `${arg[0]}${letter}: invalid option\nset: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]`,
          2,
        );
      }
    }
  }
  return 0;
};

/** Options of bash that change nothing here. */
const WITHOUT_EFFECT = new Set([
  'braceexpand',
  'emacs',
  'errtrace',
  'functrace',
  'hashall',
  'histexpand',
  'history',
  'ignoreeof',
  'interactive-comments',
  'keyword',
  'nolog',
  'notify',
  'onecmd',
  'physical',
  'posix',
  'privileged',
  'vi',
]);

/** Switches an option of `set -o` by name; false if there is none. */
export function setOption(shell: Shell, name: string, on: boolean): boolean {
  if (SET_NAMES.includes(name as keyof ShellOptions)) {
    shell.setOption(name as keyof ShellOptions, on);
    return true;
  }
  return WITHOUT_EFFECT.has(name);
}

function* listOptions(shell: Shell, pretty: boolean): Task<number> {
  const lines = SET_NAMES.map((name) =>
    pretty ? `${name.padEnd(15)}\t${shell.options[name] ? 'on' : 'off'}` : `set ${shell.options[name] ? '-' : '+'}o ${name}`,
  );
  yield* shell.io.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

const shopt: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  const names = flags.includes('o') ? SET_NAMES : SHOPT_NAMES;
  let status = 0;
  for (const name of operands.length > 0 ? operands : names) {
    if (!names.includes(name as keyof ShellOptions)) {
      status = yield* fail(shell, 'shopt', `${name}: invalid shell option name`);
      continue;
    }
    const option = name as keyof ShellOptions;
    if (flags.includes('s')) shell.setOption(option, true);
    else if (flags.includes('u')) shell.setOption(option, false);
    else {
      if (operands.length > 0 && !shell.options[option]) status = 1;
      if (!flags.includes('q')) yield* shell.io.stdout.write(`${name.padEnd(15)}\t${shell.options[option] ? 'on' : 'off'}\n`);
    }
  }
  return status;
};

export const OPTIONS: Readonly<Record<string, Builtin>> = { set, shopt };
