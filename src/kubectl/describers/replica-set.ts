import { formatLabels, formatLabelSelector } from '../../api/labels.ts';
import type { ReplicaSet, ReplicationController } from '../../api/kinds.ts';
import { describeConditions, describeOwnEvents, podsStatus, type Describer } from './describer.ts';
import { controllerText } from './format.ts';
import { describePodTemplate } from './pod-template.ts';

export const describeReplicaSet: Describer<ReplicaSet> = function* (w, set, context) {
  const { metadata = {}, spec, status } = set;
  const selector = formatLabelSelector(spec?.selector);
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('Selector', selector);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  const controlledBy = controllerText(set);
  if (controlledBy) w.field('Controlled By', controlledBy);
  w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
  w.field('Pods Status', yield* podsStatus(context.api, set, selector));
  describePodTemplate(w, spec?.template);
  describeConditions(w, status?.conditions, '<none>');
  yield* describeOwnEvents(w, set, context);
};

export const describeReplicationController: Describer<ReplicationController> = function* (w, controller, context) {
  const { metadata = {}, spec, status } = controller;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('Selector', formatLabels(spec?.selector));
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
  w.field('Pods Status', yield* podsStatus(context.api, controller, formatLabels(spec?.selector)));
  describePodTemplate(w, spec?.template);
  describeConditions(w, status?.conditions, '<none>');
  yield* describeOwnEvents(w, controller, context);
};
