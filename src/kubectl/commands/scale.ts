import { isApiError } from '../../api/status.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, type ChangePrinter, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { FILE_FLAGS, planOf, requestOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import type { Cli } from '../cli.ts';

interface ScaleOptions {
  readonly request: ResourceRequest;
  readonly replicas: number;
  /** Negative: whatever it is. */
  readonly currentReplicas: number;
  readonly resourceVersion: string;
  readonly timeoutMs: number;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
}

const POLL_MS = 100;

export const scale = command<ScaleOptions>({
  name: 'scale',
  usage: 'kubectl scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  short: 'Set a new size for a deployment, replica set, or replication controller',
  long: `Set a new size for a deployment, replica set, replication controller, or stateful set.

 Scale also allows users to specify one or more preconditions for the scale action.

 If --current-replicas or --resource-version is specified, it is validated before the scale is attempted, and it is guaranteed that the precondition holds true when the scale is sent to the server.`,
  examples: `# Scale a replica set named 'foo' to 3
kubectl scale --replicas=3 rs/foo

# If the deployment named mysql's current size is 2, scale mysql to 3
kubectl scale --current-replicas=2 --replicas=3 deployment/mysql

# Scale multiple replication controllers
kubectl scale --replicas=5 rc/example1 rc/example2 rc/example3`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'current-replicas',
      kind: 'int',
      default: '-1',
      usage:
        'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
    },
    { name: 'replicas', kind: 'int', required: true, usage: 'The new desired number of replicas. Required.' },
    {
      name: 'resource-version',
      kind: 'string',
      usage: 'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
    },
    {
      name: 'timeout',
      kind: 'duration',
      default: '0s',
      usage:
        "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
    },
  ],
  complete(cli, { flags, args }) {
    const dryRun = dryRunOf(flags);
    return {
      request: { ...requestOf(args, flags), latest: true },
      replicas: flags.int('replicas'),
      currentReplicas: flags.int('current-replicas'),
      resourceVersion: flags.string('resource-version'),
      timeoutMs: flags.durationMs('timeout'),
      dryRun,
      printer: changePrinter(cli, flags, 'scaled', dryRun),
    };
  },
  validate({ replicas, currentReplicas }) {
    if (replicas < 0) throw new CliError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    if (currentReplicas < -1) throw new CliError('The --current-replicas must specify an integer of -1 or greater');
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    if (options.resourceVersion && plan.targets.length > 1) throw new CliError('cannot use --resource-version with multiple resources');
    const count = yield* visit(cli, plan, {}, (info) => scaleOne(cli, info, options));
    if (count === 0) throw new CliError('no objects passed to scale');
  },
});

function* scaleOne(cli: Cli, info: Info, options: ScaleOptions): Task<void> {
  const { kind, namespace, name } = info;
  const at = { namespace, name };
  if (options.dryRun !== 'client') {
    const dryRun = options.dryRun === 'server';
    if (options.currentReplicas >= 0 || options.resourceVersion) {
      const present = yield* cli.api.get(kind, at, 'scale');
      const replicas: number = present.spec?.replicas ?? 0;
      if (options.currentReplicas >= 0 && replicas !== options.currentReplicas)
        throw new CliError(`Expected replicas to be ${options.currentReplicas}, was ${replicas}`);
      const version = present.metadata?.resourceVersion ?? '';
      if (options.resourceVersion && version !== options.resourceVersion)
        throw new CliError(`Expected resource version to be ${options.resourceVersion}, was ${version}`);
      yield* cli.api.replace(kind, { ...present, spec: { ...present.spec, replicas: options.replicas } }, at, {
        subresource: 'scale',
        dryRun,
      });
    } else yield* cli.api.patch(kind, at, 'merge', { spec: { replicas: options.replicas } }, { subresource: 'scale', dryRun });
  }
  if (options.timeoutMs > 0 && options.dryRun === 'none') yield* waitForReplicas(cli, info, options);
  yield* options.printer(info.object, kind);
}

function* waitForReplicas(cli: Cli, { kind, namespace, name }: Info, { replicas, timeoutMs }: ScaleOptions): Task<void> {
  const untilMs = cli.kernel.now + timeoutMs;
  for (;;) {
    try {
      const present = yield* cli.api.get(kind, { namespace, name }, 'scale');
      if ((present.spec?.replicas ?? 0) === replicas && (present.status?.replicas ?? 0) === replicas) return;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      throw error;
    }
    if (cli.kernel.now >= untilMs) throw new CliError('timed out waiting for the condition');
    yield* sleep(POLL_MS);
  }
}
