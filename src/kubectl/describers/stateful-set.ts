import { formatLabelSelector } from '../../api/labels.ts';
import type { PersistentVolumeClaim, StatefulSet } from '../../api/kinds.ts';
import { describeOwnEvents, podsStatus, type Describer } from './describer.ts';
import { longTime } from './format.ts';
import { describePodTemplate } from './pod-template.ts';
import type { DescriptionWriter } from './writer.ts';

export const describeStatefulSet: Describer<StatefulSet> = function* (w, set, context) {
  const { metadata = {}, spec, status } = set;
  const selector = formatLabelSelector(spec?.selector);
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('CreationTimestamp', longTime(metadata.creationTimestamp));
  w.field('Selector', selector);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Replicas', `${spec?.replicas ?? 1} desired | ${status?.replicas ?? 0} total`);
  w.field('Update Strategy', spec?.updateStrategy?.type);
  const rolling = spec?.updateStrategy?.rollingUpdate;
  if (rolling?.partition !== undefined) {
    w.line(1, `Partition:\t${rolling.partition}`);
    if (rolling.maxUnavailable !== undefined) w.line(1, `MaxUnavailable:\t${rolling.maxUnavailable}`);
  }
  w.field('Pods Status', yield* podsStatus(context.api, set, selector));
  describePodTemplate(w, spec?.template);
  describeClaimTemplates(w, spec?.volumeClaimTemplates);
  yield* describeOwnEvents(w, set, context);
};

function describeClaimTemplates(w: DescriptionWriter, claims: readonly PersistentVolumeClaim[] | undefined): void {
  if (!claims || claims.length === 0) {
    w.field('Volume Claims', '<none>');
    return;
  }
  w.line(0, 'Volume Claims:');
  for (const { metadata, spec } of claims) {
    w.line(1, `Name:\t${metadata?.name ?? ''}`);
    w.line(1, `StorageClass:\t${spec?.storageClassName ?? ''}`);
    w.labels('Labels', metadata?.labels, '  ');
    w.labels('Annotations', metadata?.annotations, '  ');
    w.line(1, `Capacity:\t${spec?.resources?.requests?.storage ?? '<default>'}`);
    w.line(1, `Access Modes:\t[${spec?.accessModes?.join(' ') ?? ''}]`);
  }
}
