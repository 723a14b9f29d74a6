import { podFromTemplate } from '../shared/pod-template.ts';
import { REVISION_HASH_LABEL } from '../shared/revisions.ts';
import { STATEFUL_SETS, type PersistentVolumeClaim, type Pod, type StatefulSet } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { OwnerReference } from '../../api/object.ts';

export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The number at the end of a pod's name, if the name begins with the set's; -1 otherwise. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const match = /^(.*)-(\d+)$/.exec(pod.metadata?.name ?? '');
  return match && match[1] === set.metadata?.name ? Number(match[2]) : -1;
}

export function firstOrdinal(set: StatefulSet): number {
  return set.spec?.ordinals?.start ?? 0;
}

/** The pod of an ordinal, with the template of `set` and the name of its revision. */
export function podOfOrdinal(
  set: Stored<StatefulSet>,
  template: NonNullable<StatefulSet['spec']>['template'],
  ordinal: number,
  revision: string,
): Pod {
  const pod = podFromTemplate(template, set, STATEFUL_SETS);
  const name = `${set.metadata.name}-${ordinal}`;
  const { serviceName, volumeClaimTemplates = [] } = set.spec!;
  const claimed = new Set(volumeClaimTemplates.map((claim) => claim.metadata!.name!));
  const volumes = [
    ...volumeClaimTemplates.map((claim) => ({
      name: claim.metadata!.name!,
      persistentVolumeClaim: { claimName: claimName(set, claim, ordinal), readOnly: false },
    })),
    ...(pod.spec?.volumes ?? []).filter((volume) => !claimed.has(volume.name)),
  ];
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name,
      labels: { ...pod.metadata?.labels, [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal), [REVISION_HASH_LABEL]: revision },
    },
    spec: { ...pod.spec!, hostname: name, ...(serviceName && { subdomain: serviceName }), ...(volumes.length > 0 && { volumes }) },
  };
}

function claimName(set: StatefulSet, claim: PersistentVolumeClaim, ordinal: number): string {
  return `${claim.metadata!.name}-${set.metadata!.name}-${ordinal}`;
}

/** The claims of an ordinal, one for each template of the set. */
export function claimsOfOrdinal(set: Stored<StatefulSet>, ordinal: number): PersistentVolumeClaim[] {
  const deleted = set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
  const owner: OwnerReference = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: set.metadata.name,
    uid: set.metadata.uid,
    controller: true,
  };
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      ...template.metadata,
      name: claimName(set, template, ordinal),
      namespace: set.metadata.namespace,
      labels: { ...template.metadata?.labels, ...set.spec?.selector.matchLabels },
      ...(deleted && { ownerReferences: [owner] }),
    },
    spec: template.spec,
  }));
}

/** Whether a pod still has the name label and the claims that its ordinal gives it. */
export function hasIdentity(set: Stored<StatefulSet>, pod: Pod): boolean {
  const ordinal = ordinalOf(set, pod);
  if (pod.metadata?.labels?.[POD_NAME_LABEL] !== pod.metadata?.name) return false;
  return (set.spec?.volumeClaimTemplates ?? []).every((template) =>
    (pod.spec?.volumes ?? []).some(
      (volume) => volume.name === template.metadata!.name && volume.persistentVolumeClaim?.claimName === claimName(set, template, ordinal),
    ),
  );
}

/** The names of the claims a pod of the set uses by its ordinal. */
export function claimNames(set: StatefulSet, ordinal: number): string[] {
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => claimName(set, template, ordinal));
}
