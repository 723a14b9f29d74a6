import { equalValues } from '../../api/equal.ts';
import { templateHash } from '../shared/template-hash.ts';
import { controllerReference } from '../shared/ownership.ts';
import { createdAtMs } from '../shared/pods.ts';
import { DEPLOYMENTS, type Deployment, type ReplicaSet } from '../../api/kinds.ts';
import { desiredReplicas, fenceposts, newSetSize, sizeOf, totalSize } from './arithmetic.ts';
import type { Stored } from '../../api/object.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to';

/** Annotations of a deployment that its replica sets do not inherit. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
]);
const MAX_HISTORY_CHARACTERS = 2000;

type Annotations = Readonly<Record<string, string>>;

export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  return createdAtMs(a) - createdAtMs(b) || (a.metadata!.name! < b.metadata!.name! ? -1 : 1);
}

/** Whether two templates are the same but for the hash label. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  if (!equalValues(a?.spec, b?.spec)) return false;
  const { labels: leftLabels, ...left } = a?.metadata ?? {};
  const { labels: rightLabels, ...right } = b?.metadata ?? {};
  return equalValues(left, right) && equalValues(withoutHash(leftLabels), withoutHash(rightLabels));
}

function withoutHash(labels: Annotations | undefined): Annotations {
  const { [HASH_LABEL]: _hash, ...rest } = labels ?? {};
  return rest;
}

/** The replica set of the present template (the oldest if there are several), and all others, oldest first. */
export function splitReplicaSets(
  deployment: Deployment,
  sets: readonly Stored<ReplicaSet>[],
): { present: Stored<ReplicaSet> | undefined; old: Stored<ReplicaSet>[] } {
  const sorted = [...sets].sort(byCreation);
  const present = sorted.find((set) => sameTemplate(set.spec?.template, deployment.spec?.template));
  return { present, old: sorted.filter((set) => set !== present) };
}

export function revisionOf(object: { metadata?: { annotations?: Annotations } }): number {
  return Number.parseInt(object.metadata?.annotations?.[REVISION] ?? '0', 10) || 0;
}

export function maxRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((most, set) => Math.max(most, revisionOf(set)), 0);
}

/** The annotations a replica set of `revision` has to have: the deployment's own, its revision and its past ones. */
export function newSetAnnotations(deployment: Deployment, present: Annotations | undefined, revision: number): Record<string, string> {
  const annotations: Record<string, string> = { ...present };
  for (const [key, value] of Object.entries(deployment.metadata?.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) annotations[key] = value;
  }
  const former = annotations[REVISION];
  if ((Number.parseInt(former ?? '0', 10) || 0) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (former) annotations[REVISION_HISTORY] = appendHistory(annotations[REVISION_HISTORY], former);
  return annotations;
}

function appendHistory(history: string | undefined, revision: string): string {
  const revisions = history ? [...history.split(','), revision] : [revision];
  while (revisions.length > 1 && revisions.join(',').length > MAX_HISTORY_CHARACTERS) revisions.shift();
  return revisions.join(',');
}

/** The annotations by which later scaling knows how large the deployment was. */
export function replicasAnnotations(deployment: Deployment): Record<string, string> {
  const desired = desiredReplicas(deployment);
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + fenceposts(deployment).maxSurge) };
}

/** The replica set of the deployment's present template, at its first size (sync.go getNewReplicaSet). */
export function newReplicaSet(deployment: Stored<Deployment>, old: readonly ReplicaSet[]): ReplicaSet {
  const template = deployment.spec?.template;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template?.metadata?.labels, [HASH_LABEL]: hash };
  const selector = deployment.spec?.selector;
  const minReadySeconds = deployment.spec?.minReadySeconds;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: {
        ...newSetAnnotations(deployment, undefined, maxRevision(old) + 1),
        ...replicasAnnotations(deployment),
      },
      ownerReferences: [controllerReference(deployment, DEPLOYMENTS)],
    },
    spec: {
      replicas: newSetSize(deployment, totalSize(old), 0),
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}

/** `set` with another size and the annotations that go with it; undefined when nothing would change. */
export function resized(deployment: Deployment, set: Stored<ReplicaSet>, size: number): Stored<ReplicaSet> | undefined {
  const annotations = replicasAnnotations(deployment);
  const present = set.metadata.annotations ?? {};
  const annotated = present[DESIRED_REPLICAS] === annotations[DESIRED_REPLICAS] && present[MAX_REPLICAS] === annotations[MAX_REPLICAS];
  if (sizeOf(set) === size && annotated) return undefined;
  return { ...set, metadata: { ...set.metadata, annotations: { ...present, ...annotations } }, spec: { ...set.spec!, replicas: size } };
}
