import { describeCommand, findCommand } from '../describe.ts';
import { whichPath } from '../../lookup.ts';
import { fail, letters, type Builtin } from './builtin.ts';
import { builtinNames } from './names.ts';

const alias: Builtin = function* (shell, args) {
  const { operands } = letters(args);
  const show = (name: string, text: string) =>
    shell.io.stdout.write(`${shell.flavour === 'bash' ? 'alias ' : ''}${name}='${text.replace(/'/g, "'\\''")}'\n`);
  if (operands.length === 0) for (const [name, text] of [...shell.aliases].sort()) yield* show(name, text);
  let status = 0;
  for (const operand of operands) {
    const cut = operand.indexOf('=');
    if (cut > 0) {
      shell.setAlias(operand.slice(0, cut), operand.slice(cut + 1));
      continue;
    }
    const text = shell.aliases.get(operand);
    if (text === undefined) status = yield* fail(shell, 'alias', `${operand}: not found`);
    else yield* show(operand, text);
  }
  return status;
};

const unalias: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  if (flags.includes('a')) shell.clearAliases();
  let status = 0;
  for (const name of operands) if (!shell.removeAlias(name)) status = yield* fail(shell, 'unalias', `${name}: not found`);
  return status;
};

const type: Builtin = function* (shell, args) {
  const { flags, operands } = letters(args);
  let status = 0;
  for (const name of operands) {
    const found = flags.includes('P') || flags.includes('p') ? undefined : findCommand(shell, name);
    const path = found ? undefined : whichPath(shell.system, shell.cwd, name);
    if (flags.includes('t')) {
      if (found) yield* shell.io.stdout.write(`${found.kind}\n`);
      else status = 1;
    } else if (path !== undefined) yield* shell.io.stdout.write(`${path}\n`);
    else if (found) {
      const fn = shell.functions.get(name);
      yield* shell.io.stdout.write(`${describeCommand(name, found)}\n`);
      if (found.kind === 'function' && fn) yield* shell.io.stdout.write(`${name} () \n${fn.source.slice(fn.body.pos, fn.body.end)}\n`);
    } else if (flags === '') {
      if (shell.flavour === 'bash') yield* fail(shell, 'type', `${name}: not found`);
      else yield* shell.io.stdout.write(`${name}: not found\n`);
      status = shell.flavour === 'bash' ? 1 : 127;
    } else status = 1;
  }
  return status;
};

const help: Builtin = function* (shell) {
  yield* shell.io.stdout.write(`These shell commands are defined internally.\n\n${builtinNames().join(' ')}\n`);
  return 0;
};

const umask: Builtin = function* (shell, args) {
  if (args.length === 1) yield* shell.io.stdout.write('0022\n');
  return 0;
};

const ulimit: Builtin = function* (shell, args) {
  const asked = args.find((arg) => arg.startsWith('-'))?.slice(1) ?? 'f';
  if (args.length > 2) return 0;
  yield* shell.io.stdout.write(`${asked === 'n' ? '1048576' : 'unlimited'}\n`);
  return 0;
};

const history: Builtin = function* (shell, args) {
  if (args[1] === '-c') {
    shell.history = [];
    return 0;
  }
  const count = args[1] === undefined ? shell.history.length : Number(args[1]);
  const from = Math.max(0, shell.history.length - count);
  yield* shell.io.stdout.write(
    shell.history
      .slice(from)
      .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`)
      .join(''),
  );
  return 0;
};

export const COMMAND_NAMES: Readonly<Record<string, Builtin>> = {
  alias,
  // Completion is the terminal's own; scripts that register theirs are heard and do nothing.
  compgen: () => 1,
  complete: () => 0,
  compopt: () => 0,
  enable: () => 0,
  hash: () => 0,
  help,
  history,
  type,
  ulimit,
  umask,
  unalias,
};
