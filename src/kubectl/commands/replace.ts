import { isApiError } from '../../api/status.ts';
import {
  changePrinter,
  DRY_RUN_FLAG,
  dryRunOf,
  FIELD_MANAGER_FLAG,
  VALIDATE_FLAG,
  validationOf,
  type ChangePrinter,
  type DryRun,
} from '../changes.ts';
import { command } from '../command.ts';
import { CliError, UsageError, withSource } from '../errors.ts';
import { FILE_FLAGS, hasFiles, planOf, requestOf, visit, type Info, type Plan, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import { CASCADE_FLAG, deleteAll, type DeletionOptions } from './delete.ts';
import { withLastApplied } from '../last-applied.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

interface ReplaceOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
  readonly force: boolean;
  readonly gracePeriodSeconds: number;
  readonly timeoutMs: number;
  readonly saveConfig: boolean;
  readonly subresource: string | undefined;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly printer: ChangePrinter;
}

export const replace = command<ReplaceOptions>({
  name: 'replace',
  usage: 'kubectl replace -f FILENAME',
  short: 'Replace a resource by file name or stdin',
  long: 'Replace a resource by file name or stdin.\n\n JSON and YAML formats are accepted. If replacing an existing resource, the complete resource spec must be provided.',
  examples: `# Replace a pod using the data in pod.json
kubectl replace -f ./pod.json

# Force replace, delete and then re-create the resource
kubectl replace --force -f ./pod.json`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    CASCADE_FLAG,
    FIELD_MANAGER_FLAG('kubectl-replace'),
    { name: 'force', kind: 'bool', usage: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    { name: 'grace-period', kind: 'int', default: '-1', usage: 'Period of time in seconds given to the resource to terminate gracefully.' },
    { name: 'raw', kind: 'string', usage: 'Raw URI to PUT to the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
    { name: 'subresource', kind: 'string', usage: 'If specified, replace will operate on the subresource of the requested object.' },
    {
      name: 'timeout',
      kind: 'duration',
      default: '0s',
      usage: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'wait', kind: 'bool', usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  complete(cli, { flags, args }) {
    const request = requestOf(args, flags);
    if (!hasFiles(request)) throw new UsageError('must specify --filename to replace');
    const force = flags.bool('force');
    if (flags.int('grace-period') >= 0 && !force) throw new CliError('--grace-period must have --force specified');
    if (flags.durationMs('timeout') > 0 && !force) throw new CliError('--timeout must have --force specified');
    const dryRun = dryRunOf(flags);
    return {
      request,
      dryRun,
      force,
      gracePeriodSeconds: flags.int('grace-period'),
      timeoutMs: flags.durationMs('timeout'),
      saveConfig: flags.bool('save-config'),
      subresource: flags.string('subresource') || undefined,
      fieldManager: flags.string('field-manager'),
      fieldValidation: validationOf(flags),
      printer: changePrinter(cli, flags, 'replaced', dryRun),
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    if (options.force && options.dryRun === 'none') return yield* forceReplace(cli, plan, options);
    yield* visit(cli, plan, {}, (info) => replaceOne(cli, options, info));
  },
});

function* replaceOne(cli: Cli, options: ReplaceOptions, info: Info): Task<void> {
  const { kind, namespace, name } = info;
  const { fieldManager, fieldValidation, subresource, dryRun } = options;
  const object = options.saveConfig ? withLastApplied(info.object) : info.object;
  if (dryRun === 'client') return yield* options.printer(object, kind);
  try {
    const replaced = yield* cli.api.replace(
      kind,
      object,
      { namespace, name },
      { fieldManager, fieldValidation, subresource, dryRun: dryRun === 'server' },
    );
    yield* options.printer(replaced, kind);
  } catch (error) {
    throw withSource('replacing', info.source, error);
  }
}

/** Deletes what there is, waits until it is gone, and creates anew. */
function* forceReplace(cli: Cli, plan: Plan, options: ReplaceOptions): Task<void> {
  const deletion: DeletionOptions = {
    dryRun: 'none',
    gracePeriodSeconds: options.gracePeriodSeconds,
    propagationPolicy: 'Background',
    force: false,
    wait: true,
    timeoutMs: options.timeoutMs,
    nameOnly: false,
    ignoreNotFound: true,
  };
  yield* deleteAll(cli, plan, deletion);
  yield* visit(cli, plan, {}, function* (info): Task<void> {
    const { resourceVersion: _version, uid: _uid, ...metadata } = info.object.metadata ?? {};
    try {
      const made = yield* cli.api.create(info.kind, { ...info.object, metadata }, info.namespace, {
        fieldManager: options.fieldManager,
        fieldValidation: options.fieldValidation,
      });
      yield* options.printer(made, info.kind);
    } catch (error) {
      if (isApiError(error)) throw withSource('creating', info.source, error);
      throw error;
    }
  });
}
