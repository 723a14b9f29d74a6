import { formatLabelSelector } from '../../api/labels.ts';
import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import { replicaSetsOf, sameTemplate } from '../commands/rollout-kinds.ts';
import { describeConditions, describeOwnEvents, type Describer } from './describer.ts';
import { longTime } from './format.ts';
import { describePodTemplate } from './pod-template.ts';

export const describeDeployment: Describer<Deployment> = function* (w, deployment, context) {
  const { metadata = {}, spec, status } = deployment;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Selector', formatLabelSelector(spec?.selector));
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status ?? {};
  w.field(
    'Replicas',
    `${spec?.replicas ?? 1} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${unavailableReplicas} unavailable`,
  );
  w.field('StrategyType', spec?.strategy?.type);
  w.field('MinReadySeconds', spec?.minReadySeconds ?? 0);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling) w.field('RollingUpdateStrategy', `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`);
  describePodTemplate(w, spec?.template);
  describeConditions(w, status?.conditions);
  const sets = (yield* replicaSetsOf(context.api, deployment)) as ReplicaSet[];
  const byAge = sets.sort((a, b) => (a.metadata!.creationTimestamp! < b.metadata!.creationTimestamp! ? -1 : 1));
  const current = byAge.find((set) => set.spec?.template && spec && sameTemplate(set.spec.template, spec.template));
  w.field('OldReplicaSets', setsText(byAge.filter((set) => set !== current)));
  w.field('NewReplicaSet', setsText(current ? [current] : []));
  yield* describeOwnEvents(w, deployment, context);
};

function setsText(sets: readonly ReplicaSet[]): string {
  if (sets.length === 0) return '<none>';
  return sets
    .map(({ metadata, spec, status }) => `${metadata?.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`)
    .join(', ');
}
