import { rfc3339 } from '../../base/time.ts';
import { equalValues } from '../equal.ts';
import {
  addProblems,
  forbiddenField,
  IMMUTABLE,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../field-errors.ts';
import { PERSISTENT_VOLUMES } from '../kinds.ts';
import { isDns1123Subdomain } from '../names.ts';
import { parseQuantity } from '../quantity.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { unifiedDifference } from '../text-difference.ts';
import { canonicalResources } from './pod/container-defaults.ts';
import { validateNodeSelector } from './pod/validate-scheduling.ts';
import { validateHostPath } from './pod/validate-volumes.ts';
import { validateAccessModes, VOLUME_MODES } from './validate-claim-spec.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { PersistentVolume, PersistentVolumeSpec } from 'kubernetes-types/core/v1';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const RECLAIM_POLICIES = ['Delete', 'Recycle', 'Retain'];
const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

/** Everything in a volume's spec that is not one of these says where its data is. */
const NO_SOURCE = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]);

/** `RWO,ROX`: access modes as Tables show them, each once. */
export function accessModesText(modes: readonly string[] | undefined): string {
  const given = new Set(modes ?? []);
  return Object.keys(SHORT_MODES)
    .filter((mode) => given.has(mode))
    .map((mode) => SHORT_MODES[mode])
    .join(',');
}

/** The class of a volume or a claim, which once was an annotation. */
export function storageClassOf(object: {
  metadata?: { annotations?: Record<string, string> };
  spec?: { storageClassName?: string };
}): string {
  return object.metadata?.annotations?.[CLASS_ANNOTATION] ?? object.spec?.storageClassName ?? '';
}

function sourcesOf(spec: PersistentVolumeSpec): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([part, value]) => !NO_SOURCE.has(part) && value !== undefined));
}

function defaults(volume: PersistentVolume): PersistentVolume {
  let spec = withDefaults(volume.spec ?? ({} as PersistentVolumeSpec), {
    persistentVolumeReclaimPolicy: 'Retain',
    volumeMode: 'Filesystem',
  });
  spec = changeField(spec, 'hostPath', (path) => withDefaults(path, { type: '' }));
  spec = changeField(spec, 'iscsi', (iscsi) => withDefaults(iscsi, { iscsiInterface: 'default' }));
  spec = changeField(spec, 'capacity', canonicalResources as never);
  return withField(volume, 'spec', spec);
}

function validate({ spec }: PersistentVolume): FieldErrors {
  const errors: FieldErrors = [];
  const given = spec ?? ({} as PersistentVolumeSpec);
  validateAccessModes(errors, given.accessModes, 'spec.accessModes', '');
  const capacity = (given.capacity ?? {}) as Record<string, string>;
  if (Object.keys(capacity).length === 0) errors.push(requiredField('spec.capacity'));
  else if (Object.keys(capacity).length > 1 || capacity['storage'] === undefined)
    errors.push(unsupportedField('spec.capacity', capacity, ['storage']));
  for (const name of Object.keys(capacity).sort()) {
    const amount = capacity[name] as string;
    if (parseQuantity(amount).nanos <= 0n) errors.push(invalidField(`spec.capacity[${name}]`, amount, 'must be greater than zero'));
  }
  const policy = given.persistentVolumeReclaimPolicy;
  if (policy && !RECLAIM_POLICIES.includes(policy))
    errors.push(unsupportedField('spec.persistentVolumeReclaimPolicy', policy, RECLAIM_POLICIES));
  const required = given.nodeAffinity?.required;
  if (given.nodeAffinity && !required) errors.push(requiredField('spec.nodeAffinity.required', 'must specify required node constraints'));
  else if (required) validateNodeSelector(errors, required, 'spec.nodeAffinity.required');
  const sources = Object.keys(sourcesOf(given));
  sources.slice(1).forEach((source) => errors.push(forbiddenField(`spec.${source}`, 'may not specify more than 1 volume type')));
  if (sources.length === 0) errors.push(requiredField('spec', 'must specify a volume type'));
  if (given.hostPath) validateHostPath(errors, given.hostPath, 'spec.hostPath');
  if (given.local && !given.nodeAffinity) errors.push(requiredField('spec.nodeAffinity', 'Local volume requires node affinity'));
  if (given.hostPath?.path === '/' && policy === 'Recycle') {
    errors.push(forbiddenField('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  }
  if (given.storageClassName)
    addProblems(errors, 'spec.storageClassName', given.storageClassName, isDns1123Subdomain(given.storageClassName));
  if (given.volumeMode && !VOLUME_MODES.includes(given.volumeMode))
    errors.push(unsupportedField('spec.volumeMode', given.volumeMode, VOLUME_MODES));
  return errors;
}

const shown = (spec: PersistentVolumeSpec) => JSON.stringify(sourcesOf(spec), null, 1);
const sourceDifference = (old: PersistentVolumeSpec, spec: PersistentVolumeSpec) => unifiedDifference(shown(old), shown(spec));

function validateUpdate(volume: PersistentVolume, old: PersistentVolume): FieldErrors {
  if (volume.spec === old.spec || !volume.spec || !old.spec) return [];
  const errors = validate(volume);
  if (!equalValues(sourcesOf(volume.spec), sourcesOf(old.spec))) {
    errors.push(
      forbiddenField(
        'spec.persistentvolumesource',
        `spec.persistentvolumesource is immutable after creation\n${sourceDifference(old.spec, volume.spec)}`,
      ),
    );
  }
  if (volume.spec.volumeMode !== old.spec.volumeMode) errors.push(invalidField('volumeMode', volume.spec.volumeMode, IMMUTABLE));
  if (old.spec.nodeAffinity && !equalValues(volume.spec.nodeAffinity, old.spec.nodeAffinity)) {
    errors.push(invalidField('nodeAffinity', volume.spec.nodeAffinity ?? null, `${IMMUTABLE}, except for updating from beta label to GA`));
  }
  return errors;
}

export const persistentVolumeBehaviour: KindBehaviour<PersistentVolume> = {
  kind: PERSISTENT_VOLUMES,
  defaults,
  initialStatus: (_volume, { nowMs }) => ({ phase: 'Pending', lastPhaseTransitionTime: rfc3339(nowMs) }) as PersistentVolume['status'],
  prepareForStatusUpdate: (volume, old, { nowMs }) =>
    volume.status && volume.status.phase !== old.status?.phase
      ? { ...volume, status: { ...volume.status, lastPhaseTransitionTime: rfc3339(nowMs) } as never }
      : volume,
  returnsDeleted: true,
  validate,
  validateUpdate,
  selectableFields: { name: ({ metadata }) => metadata?.name ?? '' },
  row: (volume, context) => {
    const claim = volume.spec?.claimRef;
    return row(
      volume.metadata?.name ?? '',
      volume.spec?.capacity?.['storage'] ?? '0',
      accessModesText(volume.spec?.accessModes),
      volume.spec?.persistentVolumeReclaimPolicy ?? '',
      volume.metadata?.deletionTimestamp ? 'Terminating' : (volume.status?.phase ?? ''),
      claim ? `${claim.namespace}/${claim.name}` : '',
      storageClassOf(volume),
      (volume.spec as { volumeAttributesClassName?: string }).volumeAttributesClassName ?? '<unset>',
      volume.status?.reason ?? '',
      ageOf(volume, context),
      volume.spec?.volumeMode ?? '<unset>',
    );
  },
};
