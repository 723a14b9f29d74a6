import { applyObject, type ApplyOptions } from '../apply.ts';
import { applySubcommands } from './apply-last-applied.ts';
import { command } from '../command.ts';
import { CliError, UsageError, withSource } from '../errors.ts';
import { changeText, DRY_RUN_FLAG, dryRunOf, VALIDATE_FLAG, validationOf, type DryRun } from '../changes.ts';
import { FILE_FLAGS, hasFiles, planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { printerOf, PRINT_FLAGS, type ObjectPrinter } from '../printers/output.ts';
import { ApiError } from '../../api/status.ts';
import { CASCADE_FLAG } from './delete.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

interface ApplyCommandOptions extends ApplyOptions {
  readonly request: ResourceRequest;
  readonly printer: ObjectPrinter | undefined;
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
}

export const apply = command<ApplyCommandOptions>({
  name: 'apply',
  usage: 'kubectl apply (-f FILENAME | -k DIRECTORY)',
  short: 'Apply a configuration to a resource by file name or stdin',
  long: `Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource will be created if it doesn't exist yet. To use 'apply', always create the resource initially with either 'apply' or 'create --save-config'.

 JSON and YAML formats are accepted.`,
  examples: `# Apply the configuration in pod.json to a pod
kubectl apply -f ./pod.json

# Apply the JSON passed into stdin to a pod
cat pod.json | kubectl apply -f -`,
  subcommands: applySubcommands,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    CASCADE_FLAG,
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types.' },
    { name: 'field-manager', kind: 'string', usage: 'Name of the manager used to track field ownership.' },
    { name: 'force', kind: 'bool', usage: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'force-conflicts', kind: 'bool', usage: 'If true, server-side apply will force the changes against conflicts.' },
    { name: 'grace-period', kind: 'int', default: '-1', usage: 'Period of time in seconds given to the resource to terminate gracefully.' },
    {
      name: 'openapi-patch',
      kind: 'bool',
      default: 'true',
      usage: 'If true, use openapi to calculate diff when the openapi presents and the resource can be found in the openapi spec.',
    },
    {
      name: 'overwrite',
      kind: 'bool',
      default: 'true',
      usage: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    {
      name: 'prune',
      kind: 'bool',
      usage:
        'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config. Should be used with either -l or --all.',
    },
    { name: 'prune-allowlist', kind: 'array', usage: 'Overwrite the default allowlist with <group/version/kind> for --prune' },
    { name: 'server-side', kind: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
    {
      name: 'timeout',
      kind: 'duration',
      default: '0s',
      usage: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'wait', kind: 'bool', usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  complete(cli, { flags, args }) {
    const serverSide = flags.bool('server-side');
    if (flags.bool('prune')) throw new CliError('--prune is not supported yet: delete what is no longer wanted by name');
    return {
      request: requestOf(args, flags),
      printer: printerOf(cli, flags),
      dryRun: dryRunOf(flags),
      fieldManager: flags.string('field-manager') || (serverSide ? 'kubectl' : 'kubectl-client-side-apply'),
      fieldValidation: validationOf(flags),
      force: flags.bool('force'),
      serverSide,
      forceConflicts: flags.bool('force-conflicts'),
      warn: (text) => cli.warn(text),
    };
  },
  validate({ request, serverSide, forceConflicts, dryRun }) {
    if (request.args.length > 0) throw new UsageError(`Unexpected args: [${request.args.join(' ')}]`);
    if (!hasFiles(request)) throw new CliError('must specify one of -f and -k');
    if (forceConflicts && !serverSide) throw new CliError('--force-conflicts only works with --server-side');
    if (dryRun === 'client' && serverSide)
      throw new CliError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    const shown: KubeObject[] = [];
    let failure: { error: unknown } | undefined;
    let count = 0;
    try {
      count = yield* visit(cli, plan, {}, function* (info): Task<void> {
        const { object, done } = options.serverSide ? yield* applyOnServer(cli, options, info) : yield* applyHere(cli, options, info);
        if (options.printer && options.printer.format !== 'name') shown.push(object);
        else yield* cli.line(changeText(info.kind, info.name, options.printer ? '' : done, options.dryRun));
      });
    } catch (error) {
      failure = { error };
    }
    if (options.printer && shown.length === 1) yield* cli.out(options.printer.print(shown[0]!));
    else if (options.printer && shown.length > 1) yield* cli.out(options.printer.print({ apiVersion: 'v1', items: shown, kind: 'List' }));
    if (failure) throw failure.error;
    if (count === 0) throw new CliError('no objects passed to apply');
  },
});

interface Done {
  readonly object: KubeObject;
  readonly done: string;
}

function* applyHere(cli: Cli, options: ApplyCommandOptions, info: Info): Task<Done> {
  const { outcome, object } = yield* applyObject(cli.api, info, options);
  return { object, done: outcome };
}

function* applyOnServer(cli: Cli, options: ApplyCommandOptions, info: Info): Task<Done> {
  const { kind, namespace, name, object } = info;
  const { fieldManager, fieldValidation, forceConflicts } = options;
  const dryRun: DryRun = options.dryRun;
  try {
    const applied = yield* cli.api.patch(kind, { namespace, name }, 'apply', object, {
      fieldManager,
      fieldValidation,
      force: forceConflicts,
      dryRun: dryRun === 'server',
    });
    return { object: applied, done: 'serverside-applied' };
  } catch (error) {
    if (
      error instanceof ApiError &&
      error.reason === 'Conflict' &&
      error.status.details?.causes?.some(({ reason }) => reason === 'FieldManagerConflict')
    ) {
      throw new CliError(conflictAdvice(error.message));
    }
    throw withSource('applying', info.source, error);
  }
}

function conflictAdvice(message: string): string {
  return `${message}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;
}
