import { defaultPullPolicy } from './container-defaults.ts';
import { defaultClaimSpec } from '../persistent-volume-claim-defaults.ts';
import { changeField, changeItems, withDefaults, withField } from '../../share.ts';
import type { DownwardAPIVolumeFile, Volume, VolumeProjection } from 'kubernetes-types/core/v1';

/** Permissions of projected files: 0644. */
const MODE = { defaultMode: 0o644 };

function defaultDownwardItem(item: DownwardAPIVolumeFile): DownwardAPIVolumeFile {
  const field = changeField(item, 'fieldRef', (reference) => withDefaults(reference, { apiVersion: 'v1' }));
  return changeField(field, 'resourceFieldRef', (reference) => withDefaults(reference, { divisor: '0' }));
}

function defaultProjection(given: VolumeProjection): VolumeProjection {
  const projection = changeField(given, 'serviceAccountToken', (token) => withDefaults(token, { expirationSeconds: 3600 }));
  return changeField(projection, 'downwardAPI', (downward) => changeItems(downward, 'items', defaultDownwardItem));
}

/** What each kind of volume has beside what was said (pkg/apis/core/v1/defaults.go). */
const BY_SOURCE: { readonly [K in keyof Volume]?: (source: NonNullable<Volume[K]>) => NonNullable<Volume[K]> } = {
  hostPath: (source) => withDefaults(source, { type: '' }),
  configMap: (source) => withDefaults(source, MODE),
  secret: (source) => withDefaults(source, MODE),
  downwardAPI: (source) => changeItems(withDefaults(source, MODE), 'items', defaultDownwardItem),
  projected: (source) => changeItems(withDefaults(source, MODE), 'sources', defaultProjection),
  ephemeral: (source) =>
    changeField(source, 'volumeClaimTemplate', (template) =>
      withField(withDefaults(template, { metadata: {} }), 'spec', defaultClaimSpec(template.spec)),
    ),
  iscsi: (source) => withDefaults(source, { iscsiInterface: 'default' }),
  rbd: (source) => withDefaults(source, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  azureDisk: (source) => withDefaults(source, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false }),
  scaleIO: (source) => withDefaults(source, { storageMode: 'ThinProvisioned', fsType: 'xfs' }),
};

/** Defaults of a volume; one of which only the name is said is an emptyDir. */
export function defaultVolume(given: Volume): Volume {
  let volume = given as Volume & { image?: { reference?: string; pullPolicy?: string } };
  let hasSource = false;
  for (const source in given) {
    if (source === 'name' || given[source as keyof Volume] === undefined) continue;
    hasSource = true;
    const fill = BY_SOURCE[source as keyof Volume] as ((value: unknown) => never) | undefined;
    if (fill) volume = changeField(volume, source as keyof Volume, fill);
  }
  if (volume.image && !volume.image.pullPolicy) {
    volume = { ...volume, image: { ...volume.image, pullPolicy: defaultPullPolicy(volume.image.reference ?? '') } };
  }
  return hasSource ? volume : { ...volume, emptyDir: {} };
}
