import { isApiError } from '../../api/status.ts';
import { bytes, cpuMillis } from '../../api/quantity.ts';
import { NODES } from '../../api/kinds.ts';
import { command, type Command } from '../command.ts';
import { CliError } from '../errors.ts';
import { ALL_NAMESPACES_FLAG, FIELD_SELECTOR_FLAG, SELECTOR_FLAG } from '../resource.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Flags, FlagSpec } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';

const METRICS = '/apis/metrics.k8s.io/v1beta1';
const MEBIBYTE = 1024 * 1024;

const TOP_FLAGS: readonly FlagSpec[] = [
  SELECTOR_FLAG,
  { name: 'no-headers', kind: 'bool', usage: 'If present, print output without headers.' },
  { name: 'sort-by', kind: 'string', usage: "If non-empty, sort list using specified field. The field can be either 'cpu' or 'memory'." },
  { name: 'use-protocol-buffers', kind: 'bool', default: 'true', usage: 'Enables using protocol-buffers to access Metrics API.' },
  { name: 'show-swap', kind: 'bool', usage: 'Print swap-related info.' },
];

interface TopOptions {
  readonly names: readonly string[];
  readonly flags: Flags;
}

interface Usage {
  readonly cpu: string;
  readonly memory: string;
}

function* readMetrics(cli: Cli, path: string, flags: Flags): Task<KubeObject[]> {
  const selector = flags.string('selector');
  try {
    const body = (yield* cli.api.read(path, selector ? [['labelSelector', selector]] : [])) as KubeObject;
    return (body.items ?? [body]) as KubeObject[];
  } catch (error) {
    if (isApiError(error, 'NotFound') && !error.status.details?.name) throw new CliError('Metrics API not available');
    throw error;
  }
}

function checkSort(flags: Flags): void {
  if (!['', 'cpu', 'memory'].includes(flags.string('sort-by'))) throw new CliError('--sort-by accepts only cpu or memory');
}

function sorted<T extends { usage: Usage; key: string }>(rows: T[], by: string): T[] {
  if (by === 'cpu') return rows.sort((a, b) => cpuMillis(b.usage.cpu) - cpuMillis(a.usage.cpu));
  if (by === 'memory') return rows.sort((a, b) => bytes(b.usage.memory) - bytes(a.usage.memory));
  return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function cells({ cpu, memory }: Usage): [string, string] {
  return [`${cpuMillis(cpu)}m`, `${Math.floor(bytes(memory) / MEBIBYTE)}Mi`];
}

const topNode = command<TopOptions>({
  name: 'node',
  aliases: ['nodes', 'no'],
  usage: 'kubectl top node [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of nodes',
  long: 'Display resource (CPU/memory) usage of nodes.\n\n The top-node command allows you to see the resource consumption of nodes.',
  flags: [
    ...TOP_FLAGS,
    { name: 'show-capacity', kind: 'bool', usage: 'Print node resources based on Capacity instead of Allocatable(default) of the nodes.' },
  ],
  complete: (_cli, { flags, args }) => ({ names: args, flags }),
  validate: ({ flags }) => checkSort(flags),
  *run(cli, { names, flags }) {
    const metrics = yield* readMetrics(cli, names.length > 0 ? `${METRICS}/nodes/${names[0]}` : `${METRICS}/nodes`, flags);
    const { items: nodes } = yield* cli.api.list(NODES, { labelSelector: flags.string('selector') });
    const rows = sorted(
      metrics.map((metric) => ({ key: metric.metadata?.name ?? '', usage: metric.usage as Usage })),
      flags.string('sort-by'),
    ).map(({ key, usage }) => {
      const node = nodes.find(({ metadata }) => metadata?.name === key);
      const whole = (flags.bool('show-capacity') ? node?.status?.capacity : node?.status?.allocatable) as Usage | undefined;
      const [cpu, memory] = cells(usage);
      const share = (used: number, all: number) => (all > 0 ? `${Math.floor((used / all) * 100)}%` : '<unknown>');
      return [
        key,
        cpu,
        share(cpuMillis(usage.cpu), cpuMillis(whole?.cpu ?? '0')),
        memory,
        share(bytes(usage.memory), bytes(whole?.memory ?? '0')),
      ];
    });
    yield* cli.out(
      new RowAligner().align(flags.bool('no-headers') ? rows : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], ...rows]),
    );
  },
});

const topPod = command<TopOptions>({
  name: 'pod',
  aliases: ['pods', 'po'],
  usage: 'kubectl top pod [NAME | -l label]',
  short: 'Display resource (CPU/memory) usage of pods',
  long: "Display resource (CPU/memory) usage of pods.\n\n The 'top pod' command allows you to see the resource consumption of pods.\n\n Due to the metrics pipeline delay, they may be unavailable for a few minutes since pod creation.",
  flags: [
    ...TOP_FLAGS,
    ALL_NAMESPACES_FLAG,
    FIELD_SELECTOR_FLAG,
    { name: 'containers', kind: 'bool', usage: 'If present, print usage of containers within a pod.' },
    { name: 'sum', kind: 'bool', usage: 'Print the sum of the resource usage' },
  ],
  complete: (_cli, { flags, args }) => ({ names: args, flags }),
  validate: ({ flags }) => checkSort(flags),
  *run(cli, { names, flags }) {
    const all = flags.bool('all-namespaces');
    const base = all ? `${METRICS}/pods` : `${METRICS}/namespaces/${cli.namespace}/pods`;
    const metrics = yield* readMetrics(cli, names.length > 0 ? `${base}/${names[0]}` : base, flags);
    if (metrics.length === 0) return yield* cli.err(all ? 'No resources found\n' : `No resources found in ${cli.namespace} namespace.\n`);
    const rows = flags.bool('containers') ? containerRows(metrics, flags) : podRows(metrics, flags);
    const heads = [
      ...(all ? ['NAMESPACE'] : []),
      ...(flags.bool('containers') ? ['POD', 'NAME'] : ['NAME']),
      'CPU(cores)',
      'MEMORY(bytes)',
    ];
    yield* cli.out(new RowAligner().align(flags.bool('no-headers') ? rows : [heads, ...rows]));
  },
});

interface ContainerMetric {
  readonly name: string;
  readonly usage: Usage;
}

function total(containers: readonly ContainerMetric[]): Usage {
  const cpu = containers.reduce((sum, { usage }) => sum + cpuMillis(usage.cpu), 0);
  const memory = containers.reduce((sum, { usage }) => sum + bytes(usage.memory), 0);
  return { cpu: `${cpu}m`, memory: String(memory) };
}

function podRows(metrics: readonly KubeObject[], flags: Flags): string[][] {
  const rows = metrics.map((metric) => ({
    key: metric.metadata?.name ?? '',
    namespace: metric.metadata?.namespace ?? '',
    usage: total((metric.containers ?? []) as ContainerMetric[]),
  }));
  return sorted(rows, flags.string('sort-by')).map(({ key, namespace, usage }) => [
    ...(flags.bool('all-namespaces') ? [namespace] : []),
    key,
    ...cells(usage),
  ]);
}

function containerRows(metrics: readonly KubeObject[], flags: Flags): string[][] {
  return metrics.flatMap((metric) =>
    ((metric.containers ?? []) as ContainerMetric[]).map(({ name, usage }) => [
      ...(flags.bool('all-namespaces') ? [metric.metadata?.namespace ?? ''] : []),
      metric.metadata?.name ?? '',
      name,
      ...cells(usage),
    ]),
  );
}

export const top: Command = {
  name: 'top',
  usage: 'kubectl top',
  short: 'Display resource (CPU/memory) usage',
  long: 'Display resource (CPU/memory) usage.\n\n This command provides a view of recent resource consumption for nodes and pods. It fetches metrics from the Metrics Server, which aggregates this data from the kubelet on each node. The Metrics Server must be installed and running in the cluster for this command to work.',
  subcommands: [topNode, topPod],
};
