import { equalValues } from '../equal.ts';
import { addProblems, forbiddenField, IMMUTABLE, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { builtin } from '../kind.ts';
import { isDns1123Subdomain } from '../names.ts';
import { canonicalQuantity } from '../quantity.ts';
import { changeField, withDefaults, withField } from '../share.ts';
import { ageOf, row } from '../table.ts';
import { isDefaultClass } from './storage-class.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { KubeObject } from '../object.ts';
import type { CSIDriver, CSINode, CSIStorageCapacity, VolumeAttachment } from 'kubernetes-types/storage/v1';

/* What drivers of storage tell the cluster of themselves, and what is asked of them. */

const GROUP_VERSION = 'storage.k8s.io/v1';

const DRIVER = {
  attachRequired: true,
  podInfoOnMount: false,
  volumeLifecycleModes: ['Persistent'],
  storageCapacity: false,
  fsGroupPolicy: 'ReadWriteOnceWithFSType',
  requiresRepublish: false,
  seLinuxMount: false,
};

/** A driver's generation counts some of its fields only, and starts late. */
function countDriver(driver: CSIDriver, old: CSIDriver): CSIDriver {
  const parts = ['tokenRequests', 'requiresRepublish', 'seLinuxMount', 'podInfoOnMount', 'storageCapacity', 'fsGroupPolicy'] as const;
  const same = parts.every((part) => equalValues(driver.spec[part], old.spec[part]));
  const generation = same ? old.metadata?.generation : (old.metadata?.generation ?? 0) + 1;
  if (generation === undefined || driver.metadata?.generation === generation) return driver;
  return { ...driver, metadata: { ...driver.metadata, generation } };
}

export const csiDriverBehaviour: KindBehaviour<CSIDriver> = {
  kind: builtin<CSIDriver>(GROUP_VERSION, 'csidrivers'),
  defaults: (driver) => withField(driver, 'spec', withDefaults(driver.spec ?? {}, DRIVER)),
  prepareForUpdate: countDriver,
  validateUpdate: ({ spec }, old) => {
    const errors: FieldErrors = [];
    for (const part of ['attachRequired', 'volumeLifecycleModes'] as const) {
      if (!equalValues(spec[part], old.spec[part])) errors.push(invalidField(`spec.${part}`, spec[part], IMMUTABLE));
    }
    return errors;
  },
  returnsDeleted: true,
  row: (driver, context) => {
    const { spec } = driver;
    const requests = (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',');
    return row(
      driver.metadata?.name ?? '',
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      requests || '<unset>',
      spec.requiresRepublish ?? false,
      (spec.volumeLifecycleModes ?? []).join(',') || '<none>',
      ageOf(driver, context),
    );
  },
};

export const csiNodeBehaviour: KindBehaviour<CSINode> = {
  kind: builtin<CSINode>(GROUP_VERSION, 'csinodes'),
  defaults: (node) =>
    node.spec?.drivers && node.spec.drivers.length > 0
      ? node
      : node.spec?.drivers === null
        ? node
        : { ...node, spec: { ...node.spec, drivers: null as never } },
  returnsDeleted: true,
  validate: ({ spec }) => {
    const errors: FieldErrors = [];
    spec?.drivers?.forEach(({ name, nodeID }, i) => {
      if (!name) errors.push(requiredField(`spec.drivers[${i}].name`));
      else addProblems(errors, `spec.drivers[${i}].name`, name, isDns1123Subdomain(name.toLowerCase()));
      if (!nodeID) errors.push(requiredField(`spec.drivers[${i}].nodeID`));
    });
    return errors;
  },
  row: (node, context) => row(node.metadata?.name ?? '', node.spec?.drivers?.length ?? 0, ageOf(node, context)),
};

export const csiStorageCapacityBehaviour: KindBehaviour<CSIStorageCapacity> = {
  kind: builtin<CSIStorageCapacity>(GROUP_VERSION, 'csistoragecapacities'),
  defaults: (capacity) =>
    changeField(changeField(capacity, 'capacity', canonicalQuantity as never), 'maximumVolumeSize', canonicalQuantity as never),
  validate: ({ storageClassName }) => (storageClassName ? [] : [requiredField('storageClassName')]),
  validateUpdate: (capacity, old) => {
    const errors: FieldErrors = [];
    for (const part of ['nodeTopology', 'storageClassName'] as const) {
      if (!equalValues(capacity[part], old[part])) errors.push(invalidField(part, capacity[part] ?? null, IMMUTABLE));
    }
    return errors;
  },
};

export const volumeAttachmentBehaviour: KindBehaviour<VolumeAttachment> = {
  kind: builtin<VolumeAttachment>(GROUP_VERSION, 'volumeattachments'),
  initialStatus: () => ({ attached: false }),
  returnsDeleted: true,
  validate: ({ spec }) => {
    const errors: FieldErrors = [];
    if (!spec?.attacher) errors.push(requiredField('spec.attacher'));
    if (!spec?.nodeName) errors.push(requiredField('spec.nodeName'));
    if (!spec?.source?.persistentVolumeName && !spec?.source?.inlineVolumeSpec) {
      errors.push(requiredField('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'));
    }
    return errors;
  },
  validateUpdate: (attachment, old) => (equalValues(attachment.spec, old.spec) ? [] : [invalidField('spec', attachment.spec, IMMUTABLE)]),
  row: (attachment, context) =>
    row(
      attachment.metadata?.name ?? '',
      attachment.spec.attacher,
      attachment.spec.source.persistentVolumeName ?? '',
      attachment.spec.nodeName,
      attachment.status?.attached ?? false,
      ageOf(attachment, context),
    ),
};

export const volumeAttributesClassBehaviour: KindBehaviour<KubeObject> = {
  kind: builtin(GROUP_VERSION, 'volumeattributesclasses'),
  returnsDeleted: true,
  validate: (item) => (item['driverName'] ? [] : [requiredField('driverName')]),
  validateUpdate: (item, old) => {
    const errors: FieldErrors = [];
    if (item['driverName'] !== old['driverName']) errors.push(invalidField('driverName', item['driverName'] ?? '', IMMUTABLE));
    if (!equalValues(item['parameters'], old['parameters']))
      errors.push(forbiddenField('parameters', 'updates to parameters are forbidden.'));
    return errors;
  },
  row: (item, context) =>
    row(
      isDefaultClass(item) ? `${item.metadata?.name} (default)` : (item.metadata?.name ?? ''),
      item['driverName'] ?? '',
      ageOf(item, context),
    ),
};
