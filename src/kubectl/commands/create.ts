import { CliError, PlainError, UsageError, withSource } from '../errors.ts';
import { command, type Command } from '../command.ts';
import { helpText } from '../help.ts';
import { FILE_FLAGS, hasFiles, planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
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
import { withLastApplied } from '../last-applied.ts';
import { CREATE_GENERATORS } from './create-generators.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

interface CreateOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
  readonly fieldManager: string;
  readonly fieldValidation: string | undefined;
  readonly saveConfig: boolean;
  readonly raw: string;
}

export const create: Command = command<CreateOptions>({
  name: 'create',
  usage: 'kubectl create -f FILENAME',
  short: 'Create a resource from a file or from stdin',
  long: 'Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.',
  examples: `# Create a pod using the data in pod.json
kubectl create -f ./pod.json

# Create a pod based on the JSON passed into stdin
cat pod.json | kubectl create -f -`,
  subcommands: CREATE_GENERATORS,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    FIELD_MANAGER_FLAG('kubectl-create'),
    { name: 'edit', kind: 'bool', usage: 'Edit the API resource before creating' },
    { name: 'raw', kind: 'string', usage: 'Raw URI to POST to the server.  Uses the transport specified by the kubeconfig file.' },
    {
      name: 'save-config',
      kind: 'bool',
      usage:
        'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
    },
    {
      name: 'windows-line-endings',
      kind: 'bool',
      usage: 'Only relevant if --edit=true. Defaults to the line ending native to your platform.',
    },
  ],
  complete(cli, { flags, args }) {
    const dryRun = dryRunOf(flags);
    return {
      request: requestOf(args, flags),
      dryRun,
      printer: changePrinter(cli, flags, 'created', dryRun),
      fieldManager: flags.string('field-manager'),
      fieldValidation: validationOf(flags),
      saveConfig: flags.bool('save-config'),
      raw: flags.string('raw'),
    };
  },
  validate({ request }) {
    if (request.args.length > 0) {
      if (request.args[0] === '-' || hasFiles(request)) throw new UsageError(`unexpected args: [${request.args.join(' ')}]`);
      throw new PlainError(`error: Unexpected args: [${request.args.join(' ')}]\nSee 'kubectl create -h' for help and examples`);
    }
  },
  *run(cli, options) {
    if (!hasFiles(options.request)) {
      yield* cli.err('error: must specify one of -f and -k\n\n');
      yield* cli.out(helpText('kubectl create', create, []));
      throw new PlainError('', 1);
    }
    if (options.raw) return yield* createRaw(cli, options);
    const plan = yield* planOf(cli, options.request);
    const count = yield* visit(cli, plan, {}, (info) => createOne(cli, options, info));
    if (count === 0) throw new CliError('no objects passed to create');
  },
});

function* createOne(cli: Cli, options: CreateOptions, info: Info): Task<void> {
  const object = options.saveConfig ? withLastApplied(info.object) : info.object;
  let made: KubeObject = object;
  if (options.dryRun !== 'client') {
    const { fieldManager, fieldValidation } = options;
    try {
      made = yield* cli.api.create(info.kind, object, info.namespace, {
        fieldManager,
        fieldValidation,
        dryRun: options.dryRun === 'server',
      });
    } catch (error) {
      throw withSource('creating', info.source, error);
    }
  }
  yield* options.printer(made, info.kind);
}

function* createRaw(cli: Cli, options: CreateOptions): Task<void> {
  const plan = yield* planOf(cli, options.request);
  const [target] = plan.targets;
  if (target?.type !== 'manifest' || plan.targets.length !== 1) throw new CliError('--raw can only use a single local file or stdin');
  const manifest = target.manifest;
  if ('error' in manifest) throw manifest.error;
  const { body } = yield* cli.api.send('POST', options.raw, [], manifest.object, { 'content-type': 'application/json' });
  yield* cli.out(typeof body === 'string' ? body : `${JSON.stringify(body)}\n`);
}
