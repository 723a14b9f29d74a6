import { resolvePath } from '../../files.ts';
import { fail, letters, type Builtin } from './builtin.ts';
import type { Task } from '../../../sim/wait.ts';
import type { Shell } from '../shell.ts';

function* cd(shell: Shell, args: readonly string[]): Task<number> {
  const { operands } = letters(args.map((arg) => (arg === '-' ? './-' : arg)));
  if (operands.length > 1) return yield* fail(shell, 'cd', 'too many arguments');
  let target: string | undefined = operands[0] === './-' ? '-' : operands[0];
  if (target === undefined) {
    target = shell.parameter('HOME');
    if (target === undefined) return yield* fail(shell, 'cd', 'HOME not set');
  }
  const back = target === '-';
  if (back) {
    target = shell.variables.text('OLDPWD');
    if (target === undefined) return yield* fail(shell, 'cd', 'OLDPWD not set');
  }
  const path: string = target === '' ? shell.cwd : (inCdPath(shell, target) ?? shell.path(target));
  const problem = directoryProblem(shell, path);
  if (problem) {
    if (shell.flavour === 'dash') return yield* fail(shell, 'cd', `can't cd to ${target}`, 2);
    if (shell.flavour === 'ash') return yield* fail(shell, 'cd', `can't cd to ${target}: ${problem}`, 2);
    return yield* fail(shell, 'cd', `${target}: ${problem}`);
  }
  changeTo(shell, path);
  if (back) yield* shell.io.stdout.write(`${path}\n`);
  return 0;
}

function inCdPath(shell: Shell, target: string): string | undefined {
  const search = shell.parameter('CDPATH');
  if (!search || /^\.{0,2}\//.test(target)) return undefined;
  return search
    .split(':')
    .map((directory) => resolvePath(shell.cwd, `${directory || '.'}/${target}`))
    .find((path) => !directoryProblem(shell, path));
}

function directoryProblem(shell: Shell, path: string): string | undefined {
  const stat = shell.system.files.stat(path);
  if (!stat) return 'No such file or directory';
  return stat.type === 'directory' ? undefined : 'Not a directory';
}

function changeTo(shell: Shell, path: string): void {
  shell.variables.set('OLDPWD', shell.cwd);
  shell.variables.export('OLDPWD');
  shell.cwd = path;
}

const pwd: Builtin = (shell) => print(shell, `${shell.cwd}\n`);

function* print(shell: Shell, text: string): Task<number> {
  yield* shell.io.stdout.write(text);
  return 0;
}

function listing(shell: Shell): string {
  const short = (path: string) =>
    path === shell.home ? '~' : path.startsWith(`${shell.home}/`) && shell.home !== '/' ? `~${path.slice(shell.home.length)}` : path;
  return `${[shell.cwd, ...shell.directoryStack].map(short).join(' ')}\n`;
}

function* pushd(shell: Shell, args: readonly string[]): Task<number> {
  const target = args[1];
  if (target === undefined) {
    const [top, ...rest] = shell.directoryStack;
    if (top === undefined) return yield* fail(shell, 'pushd', 'no other directory');
    shell.directoryStack = [shell.cwd, ...rest];
    changeTo(shell, top);
    return yield* print(shell, listing(shell));
  }
  const path = shell.path(target);
  const problem = directoryProblem(shell, path);
  if (problem) return yield* fail(shell, 'pushd', `${target}: ${problem}`);
  shell.directoryStack = [shell.cwd, ...shell.directoryStack];
  changeTo(shell, path);
  return yield* print(shell, listing(shell));
}

function* popd(shell: Shell): Task<number> {
  const [top, ...rest] = shell.directoryStack;
  if (top === undefined) return yield* fail(shell, 'popd', 'directory stack empty');
  shell.directoryStack = rest;
  changeTo(shell, top);
  return yield* print(shell, listing(shell));
}

export const DIRECTORIES: Readonly<Record<string, Builtin>> = { cd, pwd, pushd, popd, dirs: (shell) => print(shell, listing(shell)) };
