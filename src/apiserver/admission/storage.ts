import { forbidden } from '../../api/status.ts';
import { compareQuantities } from '../../api/quantity.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';

const CLASSES = 'storageclasses.storage.k8s.io';
const DEFAULT_ANNOTATION = 'storageclass.kubernetes.io/is-default-class';
const BETA_DEFAULT_ANNOTATION = 'storageclass.beta.kubernetes.io/is-default-class';
const BETA_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** Claims that name no class get the default one, the newest if there are several (plugin/storageclass/setdefault). */
export function defaultStorageClass(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    resources: ['persistentvolumeclaims'],
    operations: ['CREATE'],
    mutate(request) {
      const claim = request.object!;
      if (claim.spec?.storageClassName !== undefined || claim.metadata?.annotations?.[BETA_CLASS_ANNOTATION] !== undefined) return;
      const chosen = defaultOf(lookup.list(CLASSES));
      if (chosen) request.object = { ...claim, spec: { ...claim.spec, storageClassName: chosen.metadata!.name } };
    },
  };
}

function defaultOf(classes: readonly KubeObject[]): KubeObject | undefined {
  let chosen: KubeObject | undefined;
  for (const candidate of classes) {
    const annotations = candidate.metadata!.annotations ?? {};
    if (annotations[DEFAULT_ANNOTATION] !== 'true' && annotations[BETA_DEFAULT_ANNOTATION] !== 'true') continue;
    if (!chosen || String(candidate.metadata!.creationTimestamp) > String(chosen.metadata!.creationTimestamp)) chosen = candidate;
  }
  return chosen;
}

const PROTECTION: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
};

/** Volumes and claims that are in use do not go (plugin/storage/storageobjectinuseprotection). */
export const storageObjectInUse: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  resources: Object.keys(PROTECTION),
  operations: ['CREATE'],
  mutate(request) {
    const object = request.object!;
    const finalizer = PROTECTION[request.resource.name]!;
    const present = object.metadata?.finalizers ?? [];
    if (!present.includes(finalizer)) request.object = { ...object, metadata: { ...object.metadata, finalizers: [...present, finalizer] } };
  },
};

/** Claims grow only where their class allows it (plugin/storage/persistentvolume/resize). */
export function claimResize(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    resources: ['persistentvolumeclaims'],
    operations: ['UPDATE'],
    validate(request) {
      if (request.subresource !== '' || !request.object || !request.old) return;
      const before = request.old.spec?.resources?.requests?.storage as string | undefined;
      const after = request.object.spec?.resources?.requests?.storage as string | undefined;
      if (before === undefined || after === undefined || compareQuantities(after, before) <= 0) return;
      const name = request.object.metadata!.name!;
      if (request.old.status?.phase !== 'Bound')
        throw forbidden(request.resource, name, 'Only bound persistent volume claims can be expanded');
      const className = request.old.spec.storageClassName ?? request.old.metadata!.annotations?.[BETA_CLASS_ANNOTATION];
      if (className && lookup.get(CLASSES, '', className as string)?.allowVolumeExpansion) return;
      throw forbidden(
        request.resource,
        name,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      );
    },
  };
}
