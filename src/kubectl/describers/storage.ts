import { formatLabels } from '../../api/labels.ts';
import { PODS, type PersistentVolume, type PersistentVolumeClaim, type Pod } from '../../api/kinds.ts';
import { describeOwnEvents, type Describer } from './describer.ts';
import { ago, longTime } from './format.ts';
import { volumeLines } from './volumes.ts';
import type { DescriptionWriter } from './writer.ts';
import type { StorageClass } from 'kubernetes-types/storage/v1';

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};
const MODE_ORDER = Object.keys(SHORT_MODES);
const OLD_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** `RWO,ROX`. */
export function accessModesText(modes: readonly string[] | undefined): string {
  return [...new Set(modes)]
    .sort((a, b) => MODE_ORDER.indexOf(a) - MODE_ORDER.indexOf(b))
    .map((mode) => SHORT_MODES[mode] ?? mode)
    .join(',');
}

function statusText(metadata: { deletionTimestamp?: string } | undefined, phase: string | undefined, nowMs: number): string {
  return metadata?.deletionTimestamp ? `Terminating (lasts ${ago(metadata.deletionTimestamp, nowMs)})` : (phase ?? '');
}

export const describeClaim: Describer<PersistentVolumeClaim> = function* (w, claim, context) {
  const { metadata = {}, spec, status } = claim;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('StorageClass', metadata.annotations?.[OLD_CLASS] ?? spec?.storageClassName);
  w.field('Status', statusText(metadata, status?.phase, context.nowMs));
  w.field('Volume', spec?.volumeName);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
  w.field('Capacity', spec?.volumeName ? status?.capacity?.storage : '');
  w.field('Access Modes', spec?.volumeName ? accessModesText(status?.accessModes) : '');
  if (spec?.volumeMode) w.field('VolumeMode', spec.volumeMode);
  if (spec?.dataSource) {
    w.line(0, 'DataSource:');
    if (spec.dataSource.apiGroup) w.line(1, `APIGroup:\t${spec.dataSource.apiGroup}`);
    w.line(1, `Kind:\t${spec.dataSource.kind}`);
    w.line(1, `Name:\t${spec.dataSource.name}`);
  }
  const { items } = yield* context.api.list(PODS, { namespace: metadata.namespace });
  const users = (items as unknown as Pod[]).filter((pod) =>
    pod.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === metadata.name),
  );
  w.column(
    'Used By',
    '',
    users.map((pod) => pod.metadata?.name ?? ''),
  );
  describeClaimConditions(w, claim);
  yield* describeOwnEvents(w, claim, context);
};

function describeClaimConditions(w: DescriptionWriter, { status }: PersistentVolumeClaim): void {
  if (!status?.conditions?.length) return;
  w.line(0, 'Conditions:');
  w.line(1, 'Type\tStatus\tLastProbeTime\tLastTransitionTime\tReason\tMessage');
  w.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const condition of status.conditions) {
    w.line(
      1,
      `${condition.type} \t${condition.status} \t${longTime(condition.lastProbeTime)} \t${longTime(condition.lastTransitionTime)} \t${condition.reason ?? ''} \t${condition.message ?? ''}`,
    );
  }
}

export const describeVolume: Describer<PersistentVolume> = function* (w, volume, context) {
  const { metadata = {}, spec, status } = volume;
  w.field('Name', metadata.name);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Finalizers', `[${(metadata.finalizers ?? []).join(' ')}]`);
  w.field('StorageClass', metadata.annotations?.[OLD_CLASS] ?? spec?.storageClassName);
  w.field('Status', statusText(metadata, status?.phase, context.nowMs));
  w.field('Claim', spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '');
  w.field('Reclaim Policy', spec?.persistentVolumeReclaimPolicy);
  w.field('Access Modes', accessModesText(spec?.accessModes));
  if (spec?.volumeMode) w.field('VolumeMode', spec.volumeMode);
  w.field('Capacity', spec?.capacity?.storage);
  describeVolumeAffinity(w, volume);
  w.field('Message', status?.message);
  w.line(0, 'Source:');
  const {
    capacity: _capacity,
    accessModes: _modes,
    claimRef: _claim,
    nodeAffinity: _affinity,
    mountOptions: _options,
    ...source
  } = spec ?? {};
  const sources = Object.fromEntries(Object.entries(source).filter(([, value]) => typeof value === 'object'));
  for (const [name, value] of volumeLines(sources)) w.line(2, `${name}:\t${value}`);
  yield* describeOwnEvents(w, volume, context);
};

function describeVolumeAffinity(w: DescriptionWriter, { spec }: PersistentVolume): void {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms;
  if (!terms) {
    w.field('Node Affinity', '<none>');
    return;
  }
  w.line(0, 'Node Affinity:');
  w.line(1, 'Required Terms:');
  terms.forEach(({ matchExpressions = [] }, at) => {
    const text = matchExpressions.map(({ key, operator, values }) => `${key} ${operator.toLowerCase()} [${(values ?? []).join(', ')}]`);
    w.line(2, `Term ${at}:\t${text[0] ?? '<none>'}`);
    for (const more of text.slice(1)) w.line(2, `\t${more}`);
  });
}

export const describeStorageClass: Describer<StorageClass> = function* (w, storageClass, context) {
  const { metadata = {}, provisioner, parameters, allowVolumeExpansion, mountOptions, reclaimPolicy, volumeBindingMode } = storageClass;
  w.field('Name', metadata.name);
  w.field('IsDefaultClass', metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? 'Yes' : 'No');
  w.field('Annotations', formatLabels(metadata.annotations));
  w.field('Provisioner', provisioner);
  w.field('Parameters', formatLabels(parameters));
  w.field('AllowVolumeExpansion', allowVolumeExpansion === undefined ? '<unset>' : allowVolumeExpansion ? 'True' : 'False');
  if (mountOptions?.length) {
    w.line(0, 'MountOptions:');
    for (const option of mountOptions) w.line(1, option);
  } else w.field('MountOptions', '<none>');
  if (reclaimPolicy) w.field('ReclaimPolicy', reclaimPolicy);
  if (volumeBindingMode) w.field('VolumeBindingMode', volumeBindingMode);
  yield* describeOwnEvents(w, storageClass, context);
};
