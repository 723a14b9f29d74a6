import { builtin } from '../../api/kind.ts';
import { isApiError } from '../../api/status.ts';
import { AUTOSCALERS } from '../kinds.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type ChangePrinter, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { FILE_FLAGS, planOf, requestOf, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import { quantityFault } from '../../api/quantity.ts';
import { presentKind } from '../legacy-kinds.ts';
import type { Cli } from '../cli.ts';
import type { Flags } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';

interface AutoscaleOptions {
  readonly request: ResourceRequest;
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly metrics: readonly object[];
  readonly fieldManager: string;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
}

const OLD_AUTOSCALERS = builtin('autoscaling/v1', 'horizontalpodautoscalers');

export const autoscale = command<AutoscaleOptions>({
  name: 'autoscale',
  usage: 'kubectl autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: `Creates an autoscaler that automatically chooses and sets the number of pods that run in a Kubernetes cluster. The command will attempt to use the autoscaling/v2 API first, in case of an error, it will fall back to autoscaling/v1 API.

 Looks up a deployment, replica set, stateful set, or replication controller by name and creates an autoscaler that uses the given resource as a reference. An autoscaler can automatically increase or decrease number of pods deployed within the system as needed.`,
  examples: `# Auto scale a deployment "foo", with the number of pods between 2 and 10, target CPU utilization at a default value of 80%
kubectl autoscale deployment foo --min=2 --max=10 --cpu=80%`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    FIELD_MANAGER_FLAG('kubectl-autoscale'),
    {
      name: 'cpu',
      kind: 'string',
      usage:
        'Target CPU utilization over all the pods. When specified as a percentage (e.g."70%" for 70% of requested CPU) it will target average utilization. When specified as quantity (e.g."500m" for 500 milliCPU) it will target average value.',
    },
    {
      name: 'cpu-percent',
      kind: 'int',
      default: '-1',
      deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
      usage: 'The target average CPU utilization (represented as a percent of requested CPU) over all the pods.',
    },
    {
      name: 'max',
      kind: 'int',
      default: '-1',
      required: true,
      usage: 'The upper limit for the number of pods that can be set by the autoscaler. Required.',
    },
    { name: 'memory', kind: 'string', usage: 'Target memory utilization over all the pods.' },
    {
      name: 'min',
      kind: 'int',
      default: '-1',
      usage:
        "The lower limit for the number of pods that can be set by the autoscaler. If it's not specified or negative, the server will apply a default value.",
    },
    {
      name: 'name',
      kind: 'string',
      usage: 'The name for the newly created object. If not specified, the name of the input resource will be used.',
    },
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
  ],
  complete(cli, { flags, args }) {
    const dryRun = dryRunOf(flags);
    return {
      request: { ...requestOf(args, flags), latest: true },
      name: flags.string('name'),
      min: flags.int('min'),
      max: flags.int('max'),
      metrics: metricsOf(flags),
      fieldManager: flags.string('field-manager'),
      dryRun,
      printer: changePrinter(cli, flags, 'autoscaled', dryRun),
    };
  },
  validate({ min, max }) {
    if (max < 1) throw new CliError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) throw new CliError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) => autoscaleOne(cli, options, info));
  },
});

function metricsOf(flags: Flags): object[] {
  const cpu = flags.string('cpu') || (flags.changed('cpu-percent') && flags.int('cpu-percent') >= 0 ? `${flags.int('cpu-percent')}%` : '');
  return [...(cpu ? [metricOf('cpu', cpu)] : []), ...(flags.string('memory') ? [metricOf('memory', flags.string('memory'))] : [])];
}

function metricOf(name: string, text: string): object {
  const percent = /^(\d+)%$/.exec(text);
  if (percent) return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Number(percent[1]) } } };
  if (quantityFault(text) !== undefined) throw new CliError(`invalid --${name} value: "${text}"`);
  return { type: 'Resource', resource: { name, target: { type: 'AverageValue', averageValue: text } } };
}

const SCALABLE = new Set(['ReplicationController', 'Deployment', 'ReplicaSet', 'StatefulSet']);

function* autoscaleOne(cli: Cli, options: AutoscaleOptions, info: Info): Task<void> {
  const { kind: kindName, apiVersion } = presentKind(info.kind);
  if (!SCALABLE.has(kindName)) throw new CliError(`cannot autoscale a ${kindName}: ${info.kind.group}`);
  const { min, max, metrics, dryRun } = options;
  const name = options.name || info.name;
  const shared = {
    scaleTargetRef: { kind: kindName, name: info.name, apiVersion },
    ...(min > 0 && { minReplicas: min }),
    maxReplicas: max,
  };
  const autoscaler = {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: { name },
    spec: { ...shared, ...(metrics.length > 0 && { metrics }) },
    status: { currentMetrics: null, desiredReplicas: 0 },
  };
  if (dryRun === 'client') return yield* options.printer(autoscaler, AUTOSCALERS);
  const flags = { dryRun: dryRun === 'server', fieldManager: options.fieldManager };
  try {
    const made = yield* cli.api.create(AUTOSCALERS, autoscaler, info.namespace, flags);
    yield* options.printer(made, AUTOSCALERS);
  } catch (error) {
    if (!isApiError(error)) throw error;
    // What the old version can say is tried there.
    const utilization =
      metrics.length === 1 ? (metrics[0] as { resource: { name: string; target: { averageUtilization?: number } } }).resource : undefined;
    if (utilization?.name !== 'cpu' || utilization.target.averageUtilization === undefined) {
      throw new CliError(
        `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${metrics.length === 0 ? 'empty input' : error.message}`,
      );
    }
    const old = {
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v1',
      metadata: { name },
      spec: { ...shared, targetCPUUtilizationPercentage: utilization.target.averageUtilization },
    };
    const made = yield* cli.api.create(OLD_AUTOSCALERS, old, info.namespace, flags);
    yield* options.printer(made, AUTOSCALERS);
  }
}
