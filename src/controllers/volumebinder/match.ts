import { compareQuantities } from '../../api/quantity.ts';
import { labelPredicate } from '../shared/selector.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner';
export const BETA_STORAGE_PROVISIONER = 'volume.beta.kubernetes.io/storage-provisioner';
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** The storage class of a volume or claim by name; '' is no class. */
export function classOf(object: PersistentVolume | PersistentVolumeClaim): string {
  return object.metadata?.annotations?.[BETA_CLASS] ?? object.spec?.storageClassName ?? '';
}

/** Whether a volume says that it is for this claim, by name and (if it gives one) uid. */
export function isClaimedBy(volume: PersistentVolume, claim: Stored<PersistentVolumeClaim>): boolean {
  const reference = volume.spec?.claimRef;
  if (!reference || reference.name !== claim.metadata.name || reference.namespace !== claim.metadata.namespace) return false;
  return !reference.uid || reference.uid === claim.metadata.uid;
}

/**
 * The volume for a claim (component-helpers FindMatchingVolume): one reserved for it, or else the
 * smallest that is large enough and fits class, access modes, volume mode and selector.
 */
export function bestVolume(
  claim: Stored<PersistentVolumeClaim>,
  volumes: Iterable<Stored<PersistentVolume>>,
  onlyReserved: boolean,
): Stored<PersistentVolume> | undefined {
  let best: Stored<PersistentVolume> | undefined;
  const request = storageOf(claim.spec?.resources?.requests);
  for (const volume of volumes) {
    if ((volume.spec?.volumeMode ?? 'Filesystem') !== (claim.spec?.volumeMode ?? 'Filesystem')) continue;
    if (volume.metadata.deletionTimestamp !== undefined) continue;
    const capacity = storageOf(volume.spec?.capacity);
    const largeEnough = compareQuantities(capacity, request) >= 0;
    if (volume.spec?.claimRef && isClaimedBy(volume, claim)) {
      if (largeEnough) return volume;
      continue;
    }
    if (onlyReserved || volume.spec?.claimRef || volume.status?.phase !== 'Available' || !largeEnough) continue;
    if (classOf(volume) !== classOf(claim) || !hasModes(volume, claim)) continue;
    const { selector } = claim.spec ?? {};
    if (selector && !labelPredicate(selector)(volume.metadata.labels)) continue;
    const smaller = best ? compareQuantities(capacity, storageOf(best.spec?.capacity)) : -1;
    if (smaller < 0 || (smaller === 0 && volume.metadata.name < best!.metadata.name)) best = volume;
  }
  return best;
}

function hasModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => (volume.spec?.accessModes ?? []).includes(mode));
}

function storageOf(resources: Readonly<Record<string, string>> | undefined): string {
  return resources?.['storage'] ?? '0';
}
