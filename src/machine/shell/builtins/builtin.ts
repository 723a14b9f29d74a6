import type { Task } from '../../../sim/wait.ts';
import type { Shell } from '../shell.ts';

/** A command that runs inside the shell. `args[0]` is its name; its streams are the shell's `io`. */
export type Builtin = (shell: Shell, args: readonly string[]) => number | Task<number>;

/** Prints `name: message` as an error of a builtin and answers `status`. */
export function* fail(shell: Shell, name: string, message: string, status = 1): Task<number> {
  yield* shell.complain(`${name}: ${message}`);
  return status;
}

export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}

/** Splits leading single-letter options off: `-abc -d` gives `abcd`. Stops at `--` or the first operand. */
export function letters(args: readonly string[]): { flags: string; operands: readonly string[] } {
  let flags = '';
  for (let i = 1; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') return { flags, operands: args.slice(i + 1) };
    if (!/^-[A-Za-z0-9]/.test(arg)) return { flags, operands: args.slice(i) };
    flags += arg.slice(1);
  }
  return { flags, operands: [] };
}

/** The first flag that is not among `known`. */
export function unknownFlag(flags: string, known: string): string | undefined {
  return [...flags].find((flag) => !known.includes(flag));
}
