import { REPLICA_SETS, type Deployment, type ReplicaSet } from '../../api/kinds.ts';
import { controllerOf, type Stored } from '../../api/object.ts';
import { isApiError } from '../../api/status.ts';
import { findCondition, withCondition } from '../shared/conditions.ts';
import { messageOf } from '../shared/workers.ts';
import { hasProgressDeadline, sizeOf } from './arithmetic.ts';
import { maxRevision, newReplicaSet, newSetAnnotations, REVISION, sameTemplate, splitReplicaSets } from './replica-sets.ts';
import { condition } from './status.ts';
import type { Task } from '../../sim/wait.ts';
import type { Rollout, Sync } from './rollout.ts';

/**
 * Finds the replica set of the present template and brings its annotations, the deployment's
 * revision and its Progressing condition up to date; with `create`, makes it when there is none
 * (sync.go getNewReplicaSet). Sets `sync.present` and `sync.old`.
 */
export function* presentReplicaSet(rollout: Rollout, sync: Sync, create: boolean): Task<void> {
  const { present, old } = splitReplicaSets(sync.deployment, [...sync.sets.values()]);
  sync.present = present;
  sync.old = old;
  if (present) yield* refresh(rollout, sync, present);
  else if (create) yield* make(rollout, sync);
}

function* refresh(rollout: Rollout, sync: Sync, present: Stored<ReplicaSet>): Task<void> {
  const { deployment } = sync;
  const annotations = newSetAnnotations(deployment, present.metadata.annotations, maxRevision(sync.old) + 1);
  const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  if (!sameAnnotations(annotations, present.metadata.annotations) || (present.spec?.minReadySeconds ?? 0) !== minReadySeconds) {
    const next = { ...present, metadata: { ...present.metadata, annotations }, spec: { ...present.spec!, minReadySeconds } };
    rollout.keep(sync, yield* rollout.context.client.update(REPLICA_SETS, next));
    return;
  }
  const known = findCondition(deployment.status?.conditions, 'Progressing') !== undefined;
  const found =
    hasProgressDeadline(deployment) && !known
      ? condition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${present.metadata.name}"`, rollout.now())
      : undefined;
  yield* noteRevision(rollout, sync, annotations[REVISION]!, found);
}

function* make(rollout: Rollout, sync: Sync): Task<void> {
  const { client, recorder } = rollout.context;
  const { deployment } = sync;
  const draft = newReplicaSet(deployment, sync.old);
  const name = draft.metadata!.name!;
  let created: Stored<ReplicaSet>;
  let existed = false;
  try {
    created = yield* client.create(REPLICA_SETS, draft);
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists')) {
      yield* noteFailure(rollout, sync, name, error);
      throw error;
    }
    created = yield* existing(rollout, sync, name, error);
    existed = true;
  }
  rollout.keep(sync, created);
  const size = sizeOf(created);
  if (!existed && size > 0) recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`);
  const made =
    !existed && hasProgressDeadline(deployment)
      ? condition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, rollout.now())
      : undefined;
  yield* noteRevision(rollout, sync, created.metadata.annotations![REVISION]!, made);
}

/** Our own replica set that the cache has not shown yet; or a foreign one of the same hash, which needs another hash. */
function* existing(rollout: Rollout, sync: Sync, name: string, cause: Error): Task<Stored<ReplicaSet>> {
  const { deployment } = sync;
  const set = rollout.sources.sets.get(`${deployment.metadata.namespace}/${name}`);
  if (!set) throw cause;
  const ours = controllerOf(set)?.uid === deployment.metadata.uid;
  if (ours && sameTemplate(set.spec?.template, deployment.spec?.template)) return set;
  const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
  yield* rollout.write(sync, { ...deployment, status: { ...deployment.status, collisionCount } });
  throw cause;
}

function* noteFailure(rollout: Rollout, sync: Sync, name: string, error: unknown): Task<void> {
  const { deployment } = sync;
  const message = `Failed to create new replica set "${name}": ${messageOf(error)}`;
  rollout.context.recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
  if (!hasProgressDeadline(deployment)) return;
  const failed = condition('Progressing', 'False', 'ReplicaSetCreateError', message, rollout.now());
  yield* rollout.write(sync, {
    ...deployment,
    status: { ...deployment.status, conditions: withCondition(deployment.status?.conditions, failed) },
  });
}

/** Writes the revision annotation and a new Progressing condition to the deployment, if either is news. */
function* noteRevision(rollout: Rollout, sync: Sync, revision: string, progress: ReturnType<typeof condition> | undefined): Task<void> {
  const { deployment } = sync;
  const annotations = deployment.metadata.annotations ?? {};
  if (annotations[REVISION] === revision && !progress) return;
  const conditions = progress ? withCondition(deployment.status?.conditions, progress) : deployment.status?.conditions;
  const next: Stored<Deployment> = {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: { ...annotations, [REVISION]: revision } },
    status: { ...deployment.status, ...(conditions && { conditions }) },
  };
  yield* rollout.write(sync, next);
}

function sameAnnotations(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>> | undefined): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b ?? {}).length && keys.every((key) => a[key] === b![key]);
}
