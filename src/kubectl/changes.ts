import { CliError } from './errors.ts';
import { printerOf, qualifiedName } from './printers/output.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import type { Flags, FlagSpec } from './flags.ts';

/* What all commands that change objects have in common. */

export type DryRun = 'none' | 'client' | 'server';

export const DRY_RUN_FLAG: FlagSpec = {
  name: 'dry-run',
  kind: 'string',
  default: 'none',
  bare: 'unchanged',
  usage:
    'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
};

export const VALIDATE_FLAG: FlagSpec = {
  name: 'validate',
  kind: 'string',
  default: 'strict',
  bare: 'strict',
  usage:
    'Must be one of: strict (or true), warn, ignore (or false). "true" or "strict" will use a schema to validate the input and fail the request if invalid. It will perform server side validation if ServerSideFieldValidation is enabled on the api-server, but will fall back to less reliable client-side validation if not.',
};

export function FIELD_MANAGER_FLAG(name: string): FlagSpec {
  return { name: 'field-manager', kind: 'string', default: name, usage: 'Name of the manager used to track field ownership.' };
}

/** Throws {@link CliError} for a value that is none of the three. */
export function dryRunOf(flags: Flags): DryRun {
  const value = flags.string('dry-run');
  switch (value) {
    case 'client':
    case 'server':
    case 'none':
      return value;
    case 'unchanged':
    case 'true':
      return 'client';
    case 'false':
      return 'none';
    default:
      throw new CliError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
  }
}

/** What the server is to do about unknown fields. */
export function validationOf(flags: Flags): 'Strict' | 'Warn' | 'Ignore' {
  switch (flags.string('validate')) {
    case 'true':
    case 'strict':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'false':
    case 'ignore':
      return 'Ignore';
    default:
      throw new CliError(
        `invalid - validate must be one of: strict (or true), warn, ignore (or false), but got "${flags.string('validate')}"`,
      );
  }
}

/** Tells of one changed object: `deployment.apps/web created`, or as `-o` says. */
export type ChangePrinter = (object: KubeObject, kind: Kind) => Task<void>;

export function dryRunSuffix(dryRun: DryRun): string {
  if (dryRun === 'client') return ' (dry run)';
  return dryRun === 'server' ? ' (server dry run)' : '';
}

/** The printer of a command that says `<object> <done>` by default. */
export function changePrinter(cli: Cli, flags: Flags, done: string, dryRun: DryRun): ChangePrinter {
  const printer = printerOf(cli, flags);
  return function* (object, kind): Task<void> {
    if (printer && printer.format !== 'name') yield* cli.out(printer.print(object));
    else yield* cli.line(changeText(kind, object.metadata?.name ?? '', printer ? '' : done, dryRun));
  };
}

/** `deployment.apps/web created (dry run)`; without a verb the bare name. */
export function changeText(kind: Kind, name: string, done: string, dryRun: DryRun): string {
  const subject = qualifiedName(kind, name);
  return done === '' ? subject : `${subject} ${done}${dryRunSuffix(dryRun)}`;
}
