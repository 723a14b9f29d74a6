import { CliError, UsageError } from './errors.ts';
import { command, type Command, type Invocation } from './command.ts';
import {
  changePrinter,
  DRY_RUN_FLAG,
  dryRunOf,
  FIELD_MANAGER_FLAG,
  VALIDATE_FLAG,
  validationOf,
  type ChangePrinter,
  type DryRun,
} from './changes.ts';
import { PRINT_FLAGS } from './printers/output.ts';
import { withLastApplied } from './last-applied.ts';
import { isApiError } from '../api/status.ts';
import type { Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import type { FlagSpec } from './flags.ts';

/** A `kubectl create <something> NAME`: makes one object from flags. */
export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly usage: string;
  readonly short: string;
  readonly long?: string;
  readonly examples?: string;
  readonly kind: Kind;
  readonly flags: readonly FlagSpec[];
  /** What failures are called: `failed to create deployment: `. Left out: the server's error as it is. */
  readonly failure?: string;
  /** Builds the object. Throws CliError and UsageError. */
  build(cli: Cli, name: string, invocation: Invocation): KubeObject | Task<KubeObject>;
}

interface GeneratorOptions {
  readonly name: string;
  readonly invocation: Invocation;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly saveConfig: boolean;
}

/** The one name that generators take. Throws {@link UsageError}. */
export function nameArgument({ args, dashAt }: Invocation): string {
  const names = dashAt < 0 ? args : args.slice(0, dashAt);
  if (names.length !== 1) throw new UsageError(`exactly one NAME is required, got ${names.length}`);
  return names[0]!;
}

export function generatorCommand(generator: Generator): Command {
  return command<GeneratorOptions>({
    ...generator,
    flags: [
      ...generator.flags,
      ...PRINT_FLAGS,
      DRY_RUN_FLAG,
      VALIDATE_FLAG,
      FIELD_MANAGER_FLAG('kubectl-create'),
      {
        name: 'save-config',
        kind: 'bool',
        usage: 'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged.',
      },
    ],
    complete(cli, invocation) {
      const { flags } = invocation;
      const dryRun = dryRunOf(flags);
      return {
        name: nameArgument(invocation),
        invocation,
        dryRun,
        printer: changePrinter(cli, flags, 'created', dryRun),
        fieldManager: flags.string('field-manager'),
        fieldValidation: validationOf(flags),
        saveConfig: flags.bool('save-config'),
      };
    },
    *run(cli, options) {
      const built = generator.build(cli, options.name, options.invocation);
      let object = (isTask(built) ? yield* built : built) as KubeObject;
      const { kind } = generator;
      // Only what is asked for by name stands in what a dry run prints.
      if (kind.namespaced && (cli.namespaceGiven || options.saveConfig))
        object = { ...object, metadata: { ...object.metadata, namespace: cli.namespace } };
      if (options.saveConfig) object = withLastApplied(object);
      const made = options.dryRun === 'client' ? object : yield* send(cli, generator, object, options);
      yield* options.printer(made, kind);
    },
  });
}

function isTask(value: KubeObject | Task<KubeObject>): value is Task<KubeObject> {
  return typeof (value as Task<KubeObject>).next === 'function';
}

function* send(cli: Cli, generator: Generator, object: KubeObject, options: GeneratorOptions): Task<KubeObject> {
  const { fieldManager, fieldValidation } = options;
  const { kind, failure } = generator;
  try {
    return yield* cli.api.create(kind, object, kind.namespaced ? cli.namespace : undefined, {
      fieldManager,
      fieldValidation,
      dryRun: options.dryRun === 'server',
    });
  } catch (error) {
    if (failure && isApiError(error)) throw new CliError(`${failure}${error.message}`);
    throw error;
  }
}
