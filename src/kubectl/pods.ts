import { formatLabelSelector } from '../api/labels.ts';
import { PODS } from '../api/kinds.ts';
import { groupResource, type Kind } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';
import { CliError } from './errors.ts';

/** The label selector by which a workload finds its pods, as text; undefined if it has none. */
export function podSelectorOf(kind: Kind, object: KubeObject): string | undefined {
  const selector: unknown = object.spec?.selector;
  if (selector === undefined || selector === null) return undefined;
  if (kind.resource === 'replicationcontrollers' || kind.resource === 'services') {
    const labels = Object.entries(selector as Record<string, string>);
    return labels.length === 0 ? undefined : labels.map(([key, value]) => `${key}=${value}`).join(',');
  }
  return formatLabelSelector(selector as never);
}

/** The pods that a workload or service stands for. Throws where there can be none. */
export function* podsOf(cli: Cli, kind: Kind, object: KubeObject): Task<KubeObject[]> {
  if (kind.resource === 'pods' && kind.group === '') return [object];
  const labelSelector = podSelectorOf(kind, object);
  if (labelSelector === undefined)
    throw new CliError(`cannot get the logs from ${groupResource(kind)}: selector is not set or not supported`);
  const list = yield* cli.api.list(PODS, { namespace: object.metadata?.namespace, labelSelector });
  return list.items;
}

const PHASES: Readonly<Record<string, number>> = { Running: 0, Unknown: 1, Pending: 2 };

/** Pods in the order in which one is chosen: assigned, running, ready, longest ready first (kubectl podutils.ByLogging, ActivePods). */
export function choosePods(pods: readonly KubeObject[]): KubeObject[] {
  return [...pods].sort(
    (a, b) =>
      Number(!a.spec?.nodeName) - Number(!b.spec?.nodeName) ||
      phase(a) - phase(b) ||
      Number(!isReady(a)) - Number(!isReady(b)) ||
      restarts(b) - restarts(a) ||
      created(b, a),
  );
}

function phase(pod: KubeObject): number {
  return PHASES[pod.status?.phase as string] ?? 0;
}

export function isReady(pod: KubeObject): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True');
}

function restarts(pod: KubeObject): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }: { restartCount: number }) => restartCount));
}

function created(a: KubeObject, b: KubeObject): number {
  const [x, y] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}
