import { ApiError, badRequest, forbidden, type StatusDetails } from '../../api/status.ts';
import { deleteObject, type DeleteOptions } from '../verbs/delete.ts';
import { checkPreconditions } from '../objects.ts';
import { optionsFromBody } from '../verbs/delete-options.ts';
import { selectorFrom } from '../../api/labels.ts';
import { unclassified } from '../errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
/** A budget that remembers more evictions than this is out of date (registry/core/pod/storage/eviction.go). */
const MOST_DISRUPTED_PODS = 2000;
const MESSAGE = "Cannot evict pod as it would violate the pod's disruption budget.";

interface Condition {
  readonly type: string;
  readonly status: string;
}

/** Deletes a pod if its disruption budget allows it. Throws TooManyRequests, NotFound, Conflict. */
export function* evict(server: ServerContext, call: Call, pods: Resource, eviction: KubeObject): Task<KubeObject> {
  const { namespace, name } = call.info;
  const named = eviction.metadata?.name;
  if (named && named !== name) throw badRequest('name in URL does not match name in Eviction object');
  const options = optionsFromBody((eviction.deleteOptions ?? {}) as Record<string, unknown>, call);
  const pod = yield* server.objects.get(pods, namespace, name);
  if (!ignoresBudgets(pod)) yield* spend(server, pod, options);
  checkPreconditions(pods, pod, options.preconditions);
  yield* deleteObject(server, call, pods, namespace, name, options);
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}

/** Pods that are over, not running yet or on their way out. */
function ignoresBudgets(pod: KubeObject): boolean {
  const phase = pod.status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || pod.metadata!.deletionTimestamp !== undefined;
}

function* spend(server: ServerContext, pod: KubeObject, options: DeleteOptions): Task<void> {
  const budgets = server.resources.byName(BUDGETS)!;
  const { namespace = '' } = pod.metadata!;
  const [budget, ...more] = budgets.cache
    .list(namespace)
    .filter((candidate) => selectorFrom(candidate.spec?.selector).matches(pod.metadata!.labels));
  if (!budget) return;
  if (more.length > 0)
    throw unclassified('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
  if (!isReady(pod) && allowsUnhealthy(budget)) return;
  const name = budget.metadata!.name!;
  yield* server.objects.update(
    budgets,
    namespace,
    name,
    function* (current) {
      return decremented(server, current, pod);
    },
    { dryRun: options.dryRun },
  );
}

function isReady(pod: KubeObject): boolean {
  return ((pod.status?.conditions ?? []) as Condition[]).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function allowsUnhealthy({ spec, status }: KubeObject): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status?.desiredHealthy ?? 0) > 0 && (status?.currentHealthy ?? 0) >= status.desiredHealthy;
}

function tooMany(message: string, details: StatusDetails): ApiError {
  return new ApiError(429, 'TooManyRequests', message, details);
}

/** The budget with one disruption less, or an error (eviction.go checkAndDecrement). */
function decremented(server: ServerContext, budget: KubeObject, pod: KubeObject): KubeObject {
  const status = budget.status ?? {};
  const name = budget.metadata!.name!;
  const at = { group: 'policy', resource: 'poddisruptionbudgets' };
  if ((status.observedGeneration ?? 0) < (budget.metadata!.generation ?? 0)) {
    const message = `The disruption budget ${name} is still being processed by the server.`;
    throw tooMany(MESSAGE, { causes: [{ reason: 'DisruptionBudget', message }], retryAfterSeconds: 10 });
  }
  const allowed = (status.disruptionsAllowed ?? 0) as number;
  if (allowed < 0) throw forbidden(at, name, 'pdb disruptions allowed is negative');
  const disrupted = (status.disruptedPods ?? {}) as Record<string, string>;
  if (Object.keys(disrupted).length > MOST_DISRUPTED_PODS)
    throw forbidden(at, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  if (allowed === 0) {
    const message = `The disruption budget ${name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`;
    throw tooMany(MESSAGE, { causes: [{ reason: 'DisruptionBudget', message }] });
  }
  const now = server.kernel.timestamp();
  return { ...budget, status: { ...status, disruptionsAllowed: allowed - 1, disruptedPods: { ...disrupted, [pod.metadata!.name!]: now } } };
}
