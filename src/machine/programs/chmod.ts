import { resolvePath, type FileSystem } from '../files.ts';
import { attempt, modeText } from './file-arguments.ts';
import { parseOptions, wrongUsage, type CommandSpec } from './options.ts';
import type { Program } from '../program.ts';

const SPEC: CommandSpec = {
  usage: 'chmod [OPTION]... MODE[,MODE]... FILE...\n  or:  chmod [OPTION]... OCTAL-MODE FILE...',
  about: 'Change the mode of each FILE to MODE.',
  options: [
    ['-c, --changes', 'like verbose but report only when a change is made'],
    ['-f, --silent, --quiet', 'suppress most error messages'],
    ['-v, --verbose', 'output a diagnostic for every file processed'],
    ['-R, --recursive', 'change files and directories recursively'],
  ],
};

/** Changes permission bits. */
export const chmod: Program = function* (context) {
  // A mode like -w is no option.
  const at = context.args.findIndex((arg) => /^-[rwxXst]+$/.test(arg));
  const { system, kernel, group, name, env, cwd, stdin, stdout, stderr } = context;
  const guarded =
    at < 0
      ? context
      : {
          system,
          kernel,
          group,
          name,
          env,
          cwd,
          stdin,
          stdout,
          stderr,
          args: [...context.args.slice(0, at), '--', ...context.args.slice(at)],
        };
  const options = yield* parseOptions(guarded, SPEC);
  if (typeof options === 'number') return options;
  const [mode, ...names] = options.operands;
  if (mode === undefined) return yield* wrongUsage(context, SPEC, 'missing operand');
  if (names.length === 0) return yield* wrongUsage(context, SPEC, `missing operand after '${mode}'`);
  const change = parseMode(mode);
  if (!change) return yield* wrongUsage(context, SPEC, `invalid mode: '${mode}'`);
  const { files } = context.system;
  let status = 0;
  for (const shown of names) {
    const root = resolvePath(context.cwd, shown);
    if (!files.stat(root)) {
      yield* context.stderr.write(`chmod: cannot access '${shown}': No such file or directory\n`);
      status = 1;
      continue;
    }
    for (const path of options.has('R') ? tree(files, root) : [root]) {
      const before = files.stat(path)!;
      if (
        !(yield* attempt(context, 'changing permissions of', shown, () =>
          files.chmod(path, change(before.mode, before.type === 'directory')),
        ))
      ) {
        status = 1;
        continue;
      }
      const after = files.stat(path)!;
      if (options.has('v'))
        yield* context.stdout.write(
          `mode of '${shown}' changed from ${octal(before.mode)} (${modeText(before).slice(1)}) to ${octal(after.mode)} (${modeText(after).slice(1)})\n`,
        );
    }
  }
  return status;
};

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function tree(files: FileSystem, path: string): string[] {
  if (files.stat(path)?.type !== 'directory') return [path];
  return [path, ...files.list(path).flatMap((name) => tree(files, resolvePath(path, name)))];
}

type Change = (mode: number, isDirectory: boolean) => number;

/** `755`, `u+x`, `go-w,a=r`. */
export function parseMode(text: string): Change | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return () => parseInt(text, 8);
  const changes: Change[] = [];
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause);
    if (!match) return undefined;
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!;
    for (const [, operator, bits] of match[2]!.matchAll(/([-+=])([rwxXst]*)/g)) {
      changes.push((mode, isDirectory) => {
        const one =
          (bits!.includes('r') ? 4 : 0) |
          (bits!.includes('w') ? 2 : 0) |
          (bits!.includes('x') || (bits!.includes('X') && (isDirectory || (mode & 0o111) !== 0)) ? 1 : 0);
        let mask = 0;
        let cleared = 0;
        for (const [letter, shift] of [
          ['u', 6],
          ['g', 3],
          ['o', 0],
        ] as const) {
          if (!who.includes(letter)) continue;
          mask |= one << shift;
          cleared |= 7 << shift;
        }
        if (bits!.includes('t')) mask |= 0o1000;
        return operator === '+' ? mode | mask : operator === '-' ? mode & ~mask : (mode & ~cleared) | mask;
      });
    }
  }
  return (mode, isDirectory) => changes.reduce((value, change) => change(value, isDirectory), mode);
}
