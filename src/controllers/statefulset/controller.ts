import {
  CONTROLLER_REVISIONS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  STATEFUL_SETS,
  type ControllerRevision,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
} from '../../api/kinds.ts';
import { equalValues } from '../../api/equal.ts';
import { objectKey, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { isNamespaceTerminating } from '../shared/errors.ts';
import { watchOwnedPods } from '../shared/owned-pods.ts';
import { claim, controlledBy, ignoring, indexByOwner, nameOf, orphansIn } from '../shared/ownership.ts';
import { availableInMs, isPodReady } from '../shared/pods.ts';
import { presentRevision, truncateRevisions } from '../shared/revisions.ts';
import { isEmptySelector, labelPredicate } from '../shared/selector.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { planStateful, revisionOfPod, statefulStatus, type StatefulState, type StatefulStep } from './decide.ts';
import { claimNames, claimsOfOrdinal, ordinalOf, podOfOrdinal, POD_NAME_LABEL } from './identity.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

/** Keeps pods with lasting names and claims, in order (pkg/controller/statefulset). */
export const statefulSetController: Controller = {
  name: 'statefulset-controller',
  component: 'statefulset-controller',
  start(context) {
    new StatefulManager(context).start();
  },
};

class StatefulManager {
  private readonly context: ControllerContext;
  private readonly sets: Informer<StatefulSet>;
  private readonly pods: Informer<Pod>;
  private readonly claims: Informer<PersistentVolumeClaim>;
  private readonly revisions: Informer<ControllerRevision>;
  private readonly queue: WorkQueue;

  constructor(context: ControllerContext) {
    this.context = context;
    this.sets = context.informers.informer(STATEFUL_SETS);
    this.pods = context.informers.informer(PODS);
    this.claims = context.informers.informer(PERSISTENT_VOLUME_CLAIMS);
    this.revisions = context.informers.informer(CONTROLLER_REVISIONS);
    this.queue = context.queue('statefulset');
  }

  start(): void {
    const { sets, pods, revisions, queue } = this;
    indexByOwner(revisions);
    const enqueue = (set: Stored<StatefulSet>): void => queue.add(objectKey(set));
    sets.onChange({ added: enqueue, updated: (_before, set) => enqueue(set), deleted: enqueue });
    watchOwnedPods({
      pods,
      owners: sets,
      kindName: 'StatefulSet',
      predicate: (set) => (isEmptySelector(set.spec?.selector) ? () => false : labelPredicate(set.spec?.selector)),
      changed: (key) => queue.add(key),
      matters: (before, pod) => isPodReady(before) !== isPodReady(pod) || before.status?.phase !== pod.status?.phase,
    });
    const workers = numberFlag(this.context, 'concurrent-statefulset-syncs', 5);
    startWorkers(this.context, 'statefulset', queue, workers, (key) => this.reconcile(key));
  }

  private *reconcile(key: string): Task<void> {
    const { client, kernel } = this.context;
    const set = this.sets.get(key);
    if (!set || isEmptySelector(set.spec?.selector)) return;
    const pods = yield* this.claimPods(set);
    const revisions = controlledBy(this.revisions, set.metadata.uid);
    const { revision: update, collisionCount } = yield* presentRevision(client, set, STATEFUL_SETS, revisions);
    const current = revisions.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
    const names = { currentRevision: current.metadata.name, updateRevision: update.metadata.name };
    const state: StatefulState = { set, pods, ...names, nowMs: kernel.epochMs() };
    const after = new Map(pods.map((pod) => [pod.metadata.name, pod]));
    let failed: unknown;
    try {
      for (const step of planStateful(state)) yield* this.take(set, step, current, update, after);
    } catch (error) {
      failed = error;
    }
    yield* this.report(key, { ...state, pods: [...after.values()] }, collisionCount);
    if (failed !== undefined) throw failed;
    const live = new Set<string | undefined>([...Object.values(names), ...pods.map(revisionOfPod)]);
    yield* truncateRevisions(client, revisions, set.spec?.revisionHistoryLimit ?? 10, (revision) => live.has(revision.metadata.name));
  }

  private *claimPods(set: Stored<StatefulSet>): Task<Stored<Pod>[]> {
    const orphans = orphansIn(this.pods, set.metadata.namespace ?? '').filter((pod) => ordinalOf(set, pod) >= 0);
    const candidates = [...controlledBy(this.pods, set.metadata.uid), ...orphans];
    const selector = set.spec!.selector;
    return yield* claim({ client: this.context.client, ownerKind: STATEFUL_SETS, owner: set, selector, kind: PODS }, candidates);
  }

  /** Acts, and notes in `after` what the pods are then. */
  private *take(
    set: Stored<StatefulSet>,
    step: StatefulStep,
    current: Stored<ControllerRevision>,
    update: Stored<ControllerRevision>,
    after: Map<string, Stored<Pod>>,
  ): Task<void> {
    const { client, recorder } = this.context;
    if (step.do === 'create') {
      const revision = step.revision === 'current' ? current : update;
      const created = yield* this.createPod(set, step.ordinal, revision);
      if (created) after.set(created.metadata.name, created);
    } else if (step.do === 'claims') yield* this.createClaims(set, step.ordinal);
    else if (step.do === 'restore') yield* this.restore(set, step.pod);
    else {
      if (step.do === 'recreate') {
        const { name, namespace } = step.pod.metadata;
        const failed = step.pod.status?.phase === 'Failed';
        const message = `StatefulSet ${namespace}/${set.metadata.name} is recreating ${failed ? 'failed' : 'terminated'} Pod ${name}`;
        recorder.event(set, failed ? 'Warning' : 'Normal', failed ? 'RecreatingFailedPod' : 'RecreatingTerminatedPod', message);
      } else if (step.why === 'scale') yield* this.handClaimsTo(set, step.pod);
      yield* this.recording(set, 'Delete', step.pod.metadata.name, ignoring(['NotFound'], client.delete(PODS, nameOf(step.pod))));
      const leaving = { ...step.pod, metadata: { ...step.pod.metadata, deletionTimestamp: this.context.kernel.timestamp() as never } };
      after.set(step.pod.metadata.name, leaving);
    }
  }

  private *recording<T>(set: Stored<StatefulSet>, verb: 'Create' | 'Delete' | 'Update', pod: string, task: Task<T>): Task<T> {
    const { recorder } = this.context;
    const what = `${verb} Pod ${pod} in StatefulSet ${set.metadata.name}`;
    try {
      const result = yield* task;
      recorder.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
      return result;
    } catch (error) {
      if (!isNamespaceTerminating(error) && !isApiError(error, 'AlreadyExists'))
        recorder.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${messageOf(error)}`);
      throw error;
    }
  }

  private *createPod(set: Stored<StatefulSet>, ordinal: number, revision: Stored<ControllerRevision>): Task<Stored<Pod> | undefined> {
    const { client } = this.context;
    yield* this.createClaims(set, ordinal);
    const template = templateOf(set, revision);
    const pod = podOfOrdinal(set, template, ordinal, revision.metadata.name);
    try {
      return yield* this.recording(set, 'Create', pod.metadata!.name!, client.create(PODS, pod));
    } catch (error) {
      if (isNamespaceTerminating(error)) return undefined;
      throw error;
    }
  }

  private *createClaims(set: Stored<StatefulSet>, ordinal: number): Task<void> {
    const { client, recorder } = this.context;
    for (const draft of claimsOfOrdinal(set, ordinal)) {
      const { name, namespace } = draft.metadata!;
      if (this.claims.get(`${namespace}/${name}`)) continue;
      const what = `Create Claim ${name} Pod ${set.metadata.name}-${ordinal} in StatefulSet ${set.metadata.name}`;
      try {
        yield* client.create(PERSISTENT_VOLUME_CLAIMS, draft);
        recorder.event(set, 'Normal', 'SuccessfulCreate', `${what} success`);
      } catch (error) {
        if (isApiError(error, 'AlreadyExists')) continue;
        recorder.event(set, 'Warning', 'FailedCreate', `${what} failed error: ${messageOf(error)}`);
        throw error;
      }
    }
  }

  /** Gives a pod the labels back that say which it is. */
  private *restore(set: Stored<StatefulSet>, pod: Stored<Pod>): Task<void> {
    const labels = { ...pod.metadata.labels, [POD_NAME_LABEL]: pod.metadata.name };
    yield* this.createClaims(set, ordinalOf(set, pod));
    const task = this.context.client.update(PODS, { ...pod, metadata: { ...pod.metadata, labels } });
    yield* this.recording(set, 'Update', pod.metadata.name, task);
  }

  /** With `whenScaled: Delete` the claims go with the pod. */
  private *handClaimsTo(set: Stored<StatefulSet>, pod: Stored<Pod>): Task<void> {
    if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
    const { name, uid } = pod.metadata;
    for (const claimName of claimNames(set, ordinalOf(set, pod))) {
      const at = { namespace: set.metadata.namespace, name: claimName };
      const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid }];
      yield* ignoring(
        ['NotFound'],
        this.context.client.patch(PERSISTENT_VOLUME_CLAIMS, at, 'strategic', { metadata: { ownerReferences } }),
      );
    }
  }

  private *report(key: string, state: StatefulState, collisionCount: number): Task<void> {
    const { set, pods, nowMs } = state;
    const minReadySeconds = set.spec?.minReadySeconds ?? 0;
    if (minReadySeconds > 0) {
      for (const pod of pods) {
        const waitMs = availableInMs(pod, minReadySeconds, nowMs);
        if (waitMs) this.queue.addAfter(key, waitMs + 1);
      }
    }
    const counted = statefulStatus(state, collisionCount);
    const status = { ...counted, ...(set.status?.conditions && { conditions: set.status.conditions }) };
    if (equalValues(set.status, status)) return;
    yield* ignoring(['NotFound'], this.context.client.updateStatus(STATEFUL_SETS, { ...set, status }));
  }
}

/** The template a revision holds. */
function templateOf(set: Stored<StatefulSet>, revision: Stored<ControllerRevision>): NonNullable<StatefulSet['spec']>['template'] {
  const data = revision.data as unknown as { spec?: { template?: Record<string, unknown> } } | undefined;
  if (!data?.spec?.template) return set.spec!.template;
  const { $patch: _directive, ...template } = data.spec.template;
  return template as NonNullable<StatefulSet['spec']>['template'];
}
