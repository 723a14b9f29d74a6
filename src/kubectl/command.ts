import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import type { Flags, FlagSpec } from './flags.ts';

/** What stood on the command line after the command's own name. */
export interface Invocation {
  readonly flags: Flags;
  readonly args: readonly string[];
  /** How many arguments stood before `--`; -1 if it was not given. */
  readonly dashAt: number;
}

/**
 * A verb, in kubectl's three steps: `complete` gathers what is asked for, `validate` refuses what makes
 * no sense before anything is sent, `run` does it. Failures are thrown, see errors.ts.
 */
export interface Command<Options = any> {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for the list of commands. */
  readonly short: string;
  readonly long?: string;
  readonly examples?: string;
  /** What follows `kubectl ` in the usage line. */
  readonly usage: string;
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly Command[];
  readonly hidden?: boolean;
  complete?(cli: Cli, invocation: Invocation): Options;
  validate?(options: Options, cli: Cli): void;
  run?(cli: Cli, options: Options): Task<void>;
}

/** Ties the three steps of a command to one type of options. */
export function command<Options>(definition: Command<Options>): Command {
  return definition;
}
