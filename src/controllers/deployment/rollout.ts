import { DEPLOYMENTS, REPLICA_SETS, type Deployment, type Pod, type ReplicaSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { findCondition, withCondition } from '../shared/conditions.ts';
import { claim, controlledBy, ignoring, nameOf, orphansIn } from '../shared/ownership.ts';
import { isEmptySelector } from '../shared/selector.ts';
import { hasProgressDeadline, sizeOf } from './arithmetic.ts';
import { surplusHistory } from './history.ts';
import { presentReplicaSet } from './new-replica-set.ts';
import { decideRecreate, growSteps } from './recreate.ts';
import { resized, ROLLBACK_TO, splitReplicaSets } from './replica-sets.ts';
import { rollBack } from './rollback.ts';
import { rollingSteps, type ScaleStep } from './rolling.ts';
import { scalingSteps, wasScaled } from './scaling.ts';
import { condition, isComplete, plainStatus, rolloutStatus, type Instant, type StatusDecision } from './status.ts';
import type { Informer } from '../../client/informer.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { ControllerContext } from '../context.ts';

export interface RolloutSources {
  readonly deployments: Informer<Deployment>;
  readonly sets: Informer<ReplicaSet>;
  readonly pods: Informer<Pod>;
  readonly queue: WorkQueue;
}

/** What one look at a deployment works with. `deployment` is replaced as its status is written. */
export interface Sync {
  deployment: Stored<Deployment>;
  /** Every replica set the deployment controls, by name, as last read or written. */
  readonly sets: Map<string, Stored<ReplicaSet>>;
  present: Stored<ReplicaSet> | undefined;
  old: readonly Stored<ReplicaSet>[];
}

/** One deployment's next step: gathers, asks the pure functions beside it, acts. */
export class Rollout {
  readonly context: ControllerContext;
  readonly sources: RolloutSources;

  constructor(context: ControllerContext, sources: RolloutSources) {
    this.context = context;
    this.sources = sources;
  }

  now(): Instant {
    const { kernel } = this.context;
    return { epochMs: kernel.epochMs(), text: kernel.timestamp() };
  }

  *reconcile(key: string): Task<void> {
    const deployment = this.sources.deployments.get(key);
    if (!deployment) return;
    if (isEmptySelector(deployment.spec?.selector)) {
      this.context.recorder.event(
        deployment,
        'Warning',
        'SelectingAll',
        'This deployment is selecting all pods. A non-empty selector is required.',
      );
      return;
    }
    const sets = yield* this.claimSets(deployment);
    const sync: Sync = { deployment, sets: new Map(sets.map((set) => [set.metadata.name, set])), present: undefined, old: [] };
    if (deployment.metadata.deletionTimestamp !== undefined) {
      yield* presentReplicaSet(this, sync, false);
      yield* this.report(key, plainStatus(sync.deployment, sync.present, [...sync.sets.values()], this.now()), sync);
      return;
    }
    yield* this.notePause(sync);
    if (sync.deployment.spec?.paused) yield* this.scale(key, sync);
    else if (sync.deployment.metadata.annotations?.[ROLLBACK_TO] !== undefined) yield* rollBack(this, sync);
    else if (yield* this.isScalingEvent(sync)) yield* this.scale(key, sync);
    else if (sync.deployment.spec?.strategy?.type === 'Recreate') yield* this.recreate(key, sync);
    else yield* this.roll(key, sync);
  }

  private *claimSets(deployment: Stored<Deployment>): Task<Stored<ReplicaSet>[]> {
    const { sets } = this.sources;
    const candidates = [...controlledBy(sets, deployment.metadata.uid), ...orphansIn(sets, deployment.metadata.namespace ?? '')];
    const selector = deployment.spec!.selector;
    return yield* claim(
      { client: this.context.client, ownerKind: DEPLOYMENTS, owner: deployment, selector, kind: REPLICA_SETS },
      candidates,
    );
  }

  private *isScalingEvent(sync: Sync): Task<boolean> {
    yield* presentReplicaSet(this, sync, false);
    return wasScaled(sync.deployment, [...sync.sets.values()]);
  }

  /** Says so in the Progressing condition when a rollout was paused or resumed; the deadline stands still meanwhile. */
  private *notePause(sync: Sync): Task<void> {
    const { deployment } = sync;
    if (!hasProgressDeadline(deployment)) return;
    const progressing = findCondition(deployment.status?.conditions, 'Progressing');
    if (progressing?.reason === 'ProgressDeadlineExceeded') return;
    const noted = progressing?.reason === 'DeploymentPaused';
    const paused = deployment.spec?.paused === true;
    if (paused === noted) return;
    const next = paused
      ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', this.now())
      : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', this.now());
    const conditions = withCondition(deployment.status?.conditions, next);
    yield* this.write(sync, { ...deployment, status: { ...deployment.status, conditions } });
  }

  private *roll(key: string, sync: Sync): Task<void> {
    yield* presentReplicaSet(this, sync, true);
    const steps = rollingSteps(sync.deployment, sync.present!, sync.old);
    yield* this.take(sync, steps);
    yield* this.finishRollout(key, sync, steps.length === 0);
  }

  private *recreate(key: string, sync: Sync): Task<void> {
    yield* presentReplicaSet(this, sync, false);
    const oldPods = sync.old.flatMap((set) => controlledBy(this.sources.pods, set.metadata.uid));
    const decision = decideRecreate(sync.old, oldPods);
    if (decision === 'grow') {
      if (!sync.present) yield* presentReplicaSet(this, sync, true);
      yield* this.take(sync, growSteps(sync.deployment, sync.present!));
    } else if (decision !== 'wait') yield* this.take(sync, decision.steps);
    yield* this.finishRollout(key, sync, decision === 'grow');
  }

  private *finishRollout(key: string, sync: Sync, mayCleanUp: boolean): Task<void> {
    if (mayCleanUp && isComplete(sync.deployment, sync.deployment.status ?? {})) yield* this.cleanUp(sync);
    yield* this.report(key, rolloutStatus(sync.deployment, sync.present, this.allSets(sync), this.now()), sync);
  }

  private *scale(key: string, sync: Sync): Task<void> {
    yield* presentReplicaSet(this, sync, false);
    yield* this.take(sync, scalingSteps(sync.deployment, sync.present, sync.old));
    const { deployment } = sync;
    if (deployment.spec?.paused && deployment.metadata.annotations?.[ROLLBACK_TO] === undefined) yield* this.cleanUp(sync);
    yield* this.report(key, plainStatus(deployment, sync.present, this.allSets(sync), this.now()), sync);
  }

  private allSets(sync: Sync): Stored<ReplicaSet>[] {
    return sync.present ? [...sync.old, sync.present] : [...sync.old];
  }

  private *take(sync: Sync, steps: readonly ScaleStep[]): Task<void> {
    const { client, recorder } = this.context;
    for (const { name, size } of steps) {
      const set = sync.sets.get(name)!;
      const before = sizeOf(set);
      const next = resized(sync.deployment, set, size);
      if (!next) continue;
      this.keep(sync, yield* client.update(REPLICA_SETS, next));
      if (before === size) continue;
      const direction = size > before ? 'up' : 'down';
      recorder.event(sync.deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${direction} replica set ${name} from ${before} to ${size}`);
    }
  }

  private *cleanUp(sync: Sync): Task<void> {
    for (const set of surplusHistory(sync.deployment, sync.old)) {
      yield* ignoring(['NotFound'], this.context.client.delete(REPLICA_SETS, nameOf(set)));
    }
  }

  /** Remembers a replica set as written, and sorts present and old ones anew. */
  keep(sync: Sync, set: Stored<ReplicaSet>): void {
    sync.sets.set(set.metadata.name, set);
    const { present, old } = splitReplicaSets(sync.deployment, [...sync.sets.values()]);
    sync.present = present;
    sync.old = old;
  }

  /** Writes status and annotations of the deployment. */
  *write(sync: Sync, next: Stored<Deployment>): Task<void> {
    sync.deployment = yield* this.context.client.updateStatus(DEPLOYMENTS, next);
  }

  private *report(key: string, decision: StatusDecision, sync: Sync): Task<void> {
    if (decision.changed) yield* this.write(sync, { ...sync.deployment, status: decision.status });
    else if (decision.recheckInMs !== undefined) this.sources.queue.addAfter(key, decision.recheckInMs);
  }
}
