import { equalValues } from '../../api/equal.ts';
import { CONTROLLER_REVISIONS, REPLICA_SETS } from '../../api/kinds.ts';
import { controllerOf, type KubeObject } from '../../api/object.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { Task } from '../../sim/wait.ts';
import type { Api } from '../api.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** One entry of a workload's history. */
export interface Revision {
  readonly number: number;
  readonly changeCause: string;
  readonly template: PodTemplateSpec;
  /** The replica set or controller revision that keeps it. */
  readonly object: KubeObject;
}

/** The replica sets that a deployment controls. */
export function* replicaSetsOf(api: Api, deployment: KubeObject): Task<KubeObject[]> {
  const labelSelector = formatLabelSelector(deployment.spec?.selector);
  const { items } = yield* api.list(REPLICA_SETS, { namespace: deployment.metadata?.namespace, labelSelector });
  return items.filter((set) => controllerOf(set)?.uid === deployment.metadata?.uid);
}

export function revisionOf(object: KubeObject): number {
  return Number(object.metadata?.annotations?.[REVISION] ?? 0);
}

/** A deployment's revisions, oldest first. */
export function* deploymentHistory(api: Api, deployment: KubeObject): Task<Revision[]> {
  const sets = yield* replicaSetsOf(api, deployment);
  return sets
    .filter((set) => revisionOf(set) > 0)
    .map((object) => {
      const changeCause = object.metadata?.annotations?.[CHANGE_CAUSE] ?? '';
      return {
        number: revisionOf(object),
        changeCause,
        template: withCause(object.spec?.template as PodTemplateSpec, changeCause),
        object,
      };
    })
    .sort((a, b) => a.number - b.number);
}

function withCause(template: PodTemplateSpec, changeCause: string): PodTemplateSpec {
  if (changeCause === '') return template;
  return {
    ...template,
    metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: changeCause } },
  };
}

/** The revisions of a daemon set or stateful set, oldest first. */
export function* revisionHistory(api: Api, owner: KubeObject): Task<Revision[]> {
  const labelSelector = formatLabelSelector(owner.spec?.selector);
  const { items } = yield* api.list(CONTROLLER_REVISIONS, { namespace: owner.metadata?.namespace, labelSelector });
  return items
    .filter((revision) => controllerOf(revision)?.uid === owner.metadata?.uid)
    .map((object) => ({
      number: Number(object.revision),
      changeCause: object.metadata?.annotations?.[CHANGE_CAUSE] ?? '',
      template: (object.data as { spec?: { template?: PodTemplateSpec } })?.spec?.template ?? { metadata: {} },
      object,
    }))
    .sort((a, b) => a.number - b.number);
}

/** Whether two templates make the same pods: the hash that a deployment adds does not count. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return equalValues(withoutHash(a), withoutHash(b));
}

export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  if (!template.metadata?.labels?.['pod-template-hash']) return template;
  const { 'pod-template-hash': _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}
