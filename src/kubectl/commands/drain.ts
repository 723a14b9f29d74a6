import { isApiError } from '../../api/status.ts';
import { DAEMON_SETS, PODS, type Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { changeText, DRY_RUN_FLAG, dryRunOf, dryRunSuffix, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError, messageOf, PlainError } from '../errors.ts';
import { NODES } from '../../api/kinds.ts';
import { gatherInfos, planOf, SELECTOR_FLAG, type Info, type ResourceRequest } from '../resource.ts';
import { nodesRequest, setUnschedulable } from './cordon.ts';
import type { Cli } from '../cli.ts';

interface DrainOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDir: boolean;
  readonly disableEviction: boolean;
  readonly gracePeriodSeconds: number;
  readonly podSelector: string;
  /** 0: as long as it takes. */
  readonly timeoutMs: number;
}

const POLL_MS = 1_000;
const RETRY_MS = 5_000;

export const drain = command<DrainOptions>({
  name: 'drain',
  usage: 'kubectl drain NODE',
  short: 'Drain node in preparation for maintenance',
  long: `Drain node in preparation for maintenance.

 The given node will be marked unschedulable to prevent new pods from arriving. 'drain' evicts the pods if the API server supports https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ eviction https://kubernetes.io/docs/concepts/workloads/pods/disruptions/ . Otherwise, it will use normal DELETE to delete the pods. The 'drain' evicts or deletes all pods except mirror pods (which cannot be deleted through the API server).  If there are daemon set-managed pods, drain will not proceed without --ignore-daemonsets, and regardless it will not delete any daemon set-managed pods, because those pods would be immediately replaced by the daemon set controller, which ignores unschedulable markings.  If there are any pods that are neither mirror pods nor managed by a replication controller, replica set, daemon set, stateful set, or job, then drain will not delete any pods unless you use --force.  --force will also allow deletion to proceed if the managing resource of one or more pods is missing.

 'drain' waits for graceful termination. You should not operate on the machine until the command completes.

 When you are ready to put the node back into service, use kubectl uncordon, which will make the node schedulable again.`,
  examples: `# Drain node "foo", even if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set on it
kubectl drain foo --force

# As above, but abort if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set, and use a grace period of 15 minutes
kubectl drain foo --grace-period=900`,
  flags: [
    DRY_RUN_FLAG,
    SELECTOR_FLAG,
    { name: 'chunk-size', kind: 'int', default: '500', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    {
      name: 'delete-emptydir-data',
      kind: 'bool',
      usage: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    },
    {
      name: 'delete-local-data',
      kind: 'bool',
      deprecated: 'This option is deprecated and will be deleted. Use --delete-emptydir-data.',
      usage: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
      hidden: true,
    },
    {
      name: 'disable-eviction',
      kind: 'bool',
      usage: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    },
    { name: 'force', kind: 'bool', usage: 'Continue even if there are pods that do not declare a controller.' },
    {
      name: 'grace-period',
      kind: 'int',
      default: '-1',
      usage:
        'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
    },
    { name: 'ignore-daemonsets', kind: 'bool', usage: 'Ignore DaemonSet-managed pods.' },
    { name: 'pod-selector', kind: 'string', usage: 'Label selector to filter pods on the node' },
    {
      name: 'skip-wait-for-delete-timeout',
      kind: 'int',
      usage: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod.  Seconds must be greater than 0 to skip.',
    },
    { name: 'timeout', kind: 'duration', default: '0s', usage: 'The length of time to wait before giving up, zero means infinite' },
  ],
  complete: (_cli, { flags, args }) => ({
    request: nodesRequest('drain', args, flags.string('selector')),
    dryRun: dryRunOf(flags),
    force: flags.bool('force'),
    ignoreDaemonSets: flags.bool('ignore-daemonsets'),
    deleteEmptyDir: flags.bool('delete-emptydir-data') || flags.bool('delete-local-data'),
    disableEviction: flags.bool('disable-eviction'),
    gracePeriodSeconds: flags.int('grace-period'),
    podSelector: flags.string('pod-selector'),
    timeoutMs: flags.durationMs('timeout'),
  }),
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    const nodes = yield* gatherInfos(cli, plan);
    for (const node of nodes) yield* setUnschedulable(cli, node, true, options.dryRun);
    const pending = new Map<string, CliError>();
    for (const node of nodes) {
      try {
        yield* drainNode(cli, node, options);
        yield* cli.line(changeText(NODES, node.name, 'drained', options.dryRun));
      } catch (error) {
        if (!(error instanceof CliError)) throw error;
        yield* cli.err(`error: unable to drain node "${node.name}" due to error: ${error.message}, continuing command...\n`);
        pending.set(node.name, error);
      }
    }
    if (pending.size === 0) return;
    yield* cli.err(`There are pending nodes to be drained:\n${[...pending.keys()].map((name) => ` ${name}\n`).join('')}`);
    throw new PlainError([...pending.values()].map(messageOf).join('\n'));
  },
});

function* drainNode(cli: Cli, { name }: Info, options: DrainOptions): Task<void> {
  const { items } = yield* cli.api.list(PODS, { fieldSelector: `spec.nodeName=${name}`, labelSelector: options.podSelector });
  const verdicts: Verdict[] = [];
  for (const pod of items as unknown as Pod[]) verdicts.push(yield* judge(cli, pod, options));
  const errors = grouped(verdicts, 'error');
  if (errors.length > 0) throw new CliError(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
  const warnings = grouped(verdicts, 'warning');
  if (warnings.length > 0) yield* cli.warn(warnings.join('; '));
  const doomed = verdicts.filter(({ remove }) => remove).map(({ pod }) => pod);
  yield* evictAll(cli, doomed, options);
}

interface Verdict {
  readonly pod: Pod;
  readonly remove: boolean;
  readonly error?: string;
  readonly warning?: string;
}

/** `cannot delete ...: default/a, default/b`, a text for each reason. */
function grouped(verdicts: readonly Verdict[], field: 'error' | 'warning'): string[] {
  const byReason = new Map<string, string[]>();
  for (const verdict of verdicts) {
    const reason = verdict[field];
    if (reason === undefined) continue;
    const pods = byReason.get(reason) ?? [];
    pods.push(`${verdict.pod.metadata?.namespace}/${verdict.pod.metadata?.name}`);
    byReason.set(reason, pods);
  }
  return [...byReason]
    .map(([reason, pods]) => (field === 'error' ? `cannot delete ${reason}: ${pods.join(', ')}` : `${reason}: ${pods.join(', ')}`))
    .sort();
}

/** What is to become of a pod (kubectl pkg/drain/filters.go). */
function* judge(cli: Cli, pod: Pod, options: DrainOptions): Task<Verdict> {
  const controller = controllerOf(pod);
  const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  if (pod.metadata?.annotations?.['kubernetes.io/config.mirror']) return { pod, remove: false };
  if (controller?.kind === 'DaemonSet' && !finished) {
    const exists = yield* daemonSetExists(cli, pod.metadata!.namespace!, controller.name);
    if (exists) {
      return options.ignoreDaemonSets
        ? { pod, remove: false, warning: 'ignoring DaemonSet-managed Pods' }
        : { pod, remove: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' };
    }
  }
  if (finished) return { pod, remove: true };
  const usesEmptyDir = pod.spec?.volumes?.some(({ emptyDir }) => emptyDir) ?? false;
  if (usesEmptyDir && !options.deleteEmptyDir)
    return { pod, remove: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  if (!controller && !options.force)
    return { pod, remove: false, error: 'cannot delete Pods that declare no controller (use --force to override)' };
  if (!controller) return { pod, remove: true, warning: 'deleting Pods that declare no controller' };
  return { pod, remove: true };
}

function* daemonSetExists(cli: Cli, namespace: string, name: string): Task<boolean> {
  try {
    yield* cli.api.get(DAEMON_SETS, { namespace, name });
    return true;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return false;
    throw error;
  }
}

function* evictAll(cli: Cli, pods: readonly Pod[], options: DrainOptions): Task<void> {
  const untilMs = options.timeoutMs > 0 ? cli.kernel.now + options.timeoutMs : Infinity;
  const word = options.disableEviction ? 'deleting' : 'evicting';
  for (const pod of pods) {
    const { namespace, name = '' } = pod.metadata ?? {};
    yield* cli.err(`${word} pod ${namespace}/${name}${dryRunSuffix(options.dryRun)}\n`);
  }
  if (options.dryRun === 'client') return;
  for (const pod of pods) yield* evict(cli, pod, options, untilMs);
  if (options.dryRun === 'server') return;
  for (const pod of pods) yield* untilGone(cli, pod, options, untilMs);
}

function* evict(cli: Cli, pod: Pod, options: DrainOptions, untilMs: number): Task<void> {
  const { namespace, name = '' } = pod.metadata ?? {};
  const deleteOptions = options.gracePeriodSeconds >= 0 ? { gracePeriodSeconds: options.gracePeriodSeconds } : {};
  for (;;) {
    try {
      if (options.disableEviction)
        yield* cli.api.delete(PODS, { namespace, name }, { ...deleteOptions, dryRun: options.dryRun === 'server' });
      else
        yield* cli.api.createSub(
          PODS,
          { namespace, name },
          'eviction',
          { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions },
          { dryRun: options.dryRun === 'server' },
        );
      return;
    } catch (error) {
      if (isApiError(error, 'NotFound')) return;
      if (!isApiError(error, 'TooManyRequests'))
        throw isApiError(error) ? new CliError(`error when evicting pods/"${name}" -n "${namespace}": ${error.message}`) : error;
      yield* cli.err(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.message}\n`);
      if (cli.kernel.now + RETRY_MS > untilMs)
        throw new CliError(`error when evicting pods/"${name}" -n "${namespace}": global timeout reached: ${options.timeoutMs / 1000}s`);
      yield* sleep(RETRY_MS);
    }
  }
}

function* untilGone(cli: Cli, pod: Pod, options: DrainOptions, untilMs: number): Task<void> {
  const { namespace, name = '', uid } = pod.metadata ?? {};
  for (;;) {
    try {
      const present = yield* cli.api.get(PODS, { namespace, name });
      if (present.metadata?.uid !== uid) break;
    } catch (error) {
      if (isApiError(error, 'NotFound')) break;
      throw error;
    }
    if (cli.kernel.now >= untilMs)
      throw new CliError(
        `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${options.timeoutMs / 1000}s`,
      );
    yield* sleep(POLL_MS);
  }
  yield* cli.line(changeText(PODS, name, options.disableEviction ? 'deleted' : 'evicted', options.dryRun));
}
