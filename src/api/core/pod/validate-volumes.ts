import {
  addProblems,
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../names.ts';
import { parseQuantity } from '../../quantity.ts';
import { validateClaimTemplateSpec } from '../validate-claim-spec.ts';
import { validateFieldReference, validateResourceReference, VOLUME_FIELDS } from './validate-env.ts';
import { validateDescendingPath, validateKeyToPath, validateMode, validateNoBacksteps, validateNonReservedPath } from './validate-paths.ts';
import type {
  DownwardAPIVolumeFile,
  EmptyDirVolumeSource,
  HostPathVolumeSource,
  ProjectedVolumeSource,
  Volume,
  VolumeProjection,
} from 'kubernetes-types/core/v1';

/* Volumes of pods (ValidateVolumes and what it calls). */

const HOST_PATH_TYPES = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'];

type SourceCheck = (errors: FieldErrors, source: any, field: string) => void;

function requires(...names: string[]): SourceCheck {
  return (errors, source, field) => {
    for (const name of names) if (!source[name]) errors.push(requiredField(`${field}.${name}`));
  };
}

function emptyDir(errors: FieldErrors, { sizeLimit }: EmptyDirVolumeSource, field: string): void {
  if (sizeLimit !== undefined && parseQuantity(sizeLimit).nanos < 0n) {
    errors.push(forbiddenField(`${field}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
  }
}

export function validateHostPath(errors: FieldErrors, { path, type }: HostPathVolumeSource, field: string): void {
  if (!path) {
    errors.push(requiredField(`${field}.path`));
    return;
  }
  validateNoBacksteps(errors, path, `${field}.path`);
  if (type !== undefined && type !== null && !HOST_PATH_TYPES.includes(type))
    errors.push(unsupportedField(`${field}.type`, type, HOST_PATH_TYPES));
}

interface Items {
  readonly defaultMode?: number;
  readonly items?: readonly { key: string; path: string; mode?: number }[];
}

function validateItems(errors: FieldErrors, { defaultMode, items }: Items, field: string): void {
  validateMode(errors, defaultMode, `${field}.defaultMode`);
  items?.forEach((item, i) => validateKeyToPath(errors, item, `${field}.items[${i}]`));
}

function named(nameField: 'name' | 'secretName'): SourceCheck {
  return (errors, source: Items & { name?: string; secretName?: string }, field) => {
    if (!source[nameField]) errors.push(requiredField(`${field}.${nameField}`));
    validateItems(errors, source, field);
  };
}

function downwardFile(errors: FieldErrors, file: DownwardAPIVolumeFile, field: string): void {
  if (!file.path) errors.push(requiredField(`${field}.path`));
  validateNonReservedPath(errors, file.path ?? '', `${field}.path`);
  if (file.fieldRef) {
    validateFieldReference(errors, file.fieldRef, VOLUME_FIELDS, `${field}.fieldRef`);
    if (file.resourceFieldRef)
      errors.push(invalidField(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously'));
  } else if (file.resourceFieldRef) validateResourceReference(errors, file.resourceFieldRef, `${field}.resourceFieldRef`, true);
  else errors.push(requiredField(field, 'one of fieldRef and resourceFieldRef is required'));
  validateMode(errors, file.mode, `${field}.mode`);
}

function downward(errors: FieldErrors, source: { defaultMode?: number; items?: DownwardAPIVolumeFile[] }, field: string): void {
  validateMode(errors, source.defaultMode, `${field}.defaultMode`);
  // Kubernetes names no index here.
  source.items?.forEach((file) => downwardFile(errors, file, field));
}

function projection(errors: FieldErrors, source: VolumeProjection, field: string): void {
  let count = 0;
  if (source.secret) {
    if (++count > 1) errors.push(forbiddenField(`${field}.secret`, 'may not specify more than 1 volume type'));
    else {
      if (!source.secret.name) errors.push(requiredField(`${field}.name`));
      source.secret.items?.forEach((item) => validateKeyToPath(errors, item, `${field}.items`));
    }
  }
  if (source.configMap) {
    if (++count > 1) errors.push(forbiddenField(`${field}.configMap`, 'may not specify more than 1 volume type'));
    else if (!source.configMap.name) errors.push(requiredField(`${field}.configMap.name`));
  }
  if (source.downwardAPI) {
    if (++count > 1) errors.push(forbiddenField(`${field}.downwardAPI`, 'may not specify more than 1 volume type'));
    else source.downwardAPI.items?.forEach((file) => downwardFile(errors, file, `${field}.downwardAPI`));
  }
  if (source.serviceAccountToken) {
    if (++count > 1) errors.push(forbiddenField(`${field}.serviceAccountToken`, 'may not specify more than 1 volume type'));
    else {
      const { expirationSeconds = 0, path } = source.serviceAccountToken;
      if (expirationSeconds < 600) {
        errors.push(
          invalidField(
            `${field}.serviceAccountToken.expirationSeconds`,
            expirationSeconds,
            'may not specify a duration less than 10 minutes',
          ),
        );
      }
      if (!path) errors.push(requiredField(`${field}.serviceAccountToken.path`));
    }
  }
  const others = ['clusterTrustBundle', 'podCertificate'].filter((kind) => kind in source).length;
  if (count + others === 0) errors.push(requiredField(field, 'must specify a volume type'));
}

function projected(errors: FieldErrors, source: ProjectedVolumeSource, field: string): void {
  validateMode(errors, source.defaultMode, `${field}.defaultMode`);
  source.sources?.forEach((part, i) => projection(errors, part, `${field}.sources[${i}]`));
}

function persistentVolumeClaim(errors: FieldErrors, source: { claimName?: string }, field: string): void {
  if (!source.claimName) errors.push(requiredField(`${field}.claimName`));
}

function nfs(errors: FieldErrors, source: { server?: string; path?: string }, field: string): void {
  if (!source.server) errors.push(requiredField(`${field}.server`));
  if (!source.path) errors.push(requiredField(`${field}.path`));
  if (!source.path?.startsWith('/')) errors.push(invalidField(`${field}.path`, source.path ?? '', 'must be an absolute path'));
}

function csi(errors: FieldErrors, source: { driver?: string; nodePublishSecretRef?: { name?: string } }, field: string): void {
  if (!source.driver) errors.push(requiredField(`${field}.driver`));
  else addProblems(errors, `${field}.driver`, source.driver, isDns1123Subdomain(source.driver.toLowerCase()));
  if (source.nodePublishSecretRef && !source.nodePublishSecretRef.name) errors.push(requiredField(`${field}.nodePublishSecretRef.name`));
}

function ephemeral(errors: FieldErrors, source: NonNullable<Volume['ephemeral']>, field: string): void {
  if (!source.volumeClaimTemplate) errors.push(requiredField(`${field}.volumeClaimTemplate`));
  else validateClaimTemplateSpec(errors, source.volumeClaimTemplate.spec, `${field}.volumeClaimTemplate.spec`);
}

function image(errors: FieldErrors, source: { reference?: string; pullPolicy?: string }, field: string): void {
  if (!source.reference) errors.push(requiredField(`${field}.reference`));
  const policies = ['Always', 'IfNotPresent', 'Never'];
  if (source.pullPolicy && !policies.includes(source.pullPolicy))
    errors.push(unsupportedField(`${field}.pullPolicy`, source.pullPolicy, policies));
}

function gitRepo(errors: FieldErrors, source: { repository?: string; directory?: string }, field: string): void {
  if (!source.repository) errors.push(requiredField(`${field}.repository`));
  validateDescendingPath(errors, source.directory ?? '', `${field}.directory`);
}

/** Sources in the order in which they are looked at; what else a source requires is left to whoever mounts it. */
const SOURCES: readonly (readonly [string, SourceCheck])[] = [
  ['emptyDir', emptyDir],
  ['hostPath', validateHostPath],
  ['gitRepo', gitRepo],
  ['gcePersistentDisk', requires('pdName')],
  ['awsElasticBlockStore', requires('volumeID')],
  ['secret', named('secretName')],
  ['nfs', nfs],
  ['iscsi', requires('targetPortal', 'iqn')],
  ['glusterfs', requires('endpoints', 'path')],
  ['flocker', () => undefined],
  ['persistentVolumeClaim', persistentVolumeClaim],
  ['rbd', requires('monitors', 'image')],
  ['cinder', requires('volumeID')],
  ['cephfs', requires('monitors')],
  ['quobyte', requires('registry', 'volume')],
  ['downwardAPI', downward],
  ['fc', () => undefined],
  ['flexVolume', requires('driver')],
  ['configMap', named('name')],
  ['azureFile', requires('secretName', 'shareName')],
  ['vsphereVolume', requires('volumePath')],
  ['photonPersistentDisk', requires('pdID')],
  ['portworxVolume', requires('volumeID')],
  ['azureDisk', requires('diskName', 'diskURI')],
  ['storageos', () => undefined],
  ['projected', projected],
  ['scaleIO', requires('gateway', 'system', 'volumeName')],
  ['csi', csi],
  ['ephemeral', ephemeral],
  ['image', image],
];

const checkOf: ReadonlyMap<string, SourceCheck> = new Map(SOURCES);

/** The one source of a volume, if there is just one. */
function onlySource(volume: object): string | undefined {
  let only: string | undefined;
  for (const part in volume) {
    if (part === 'name' || !(volume as Record<string, unknown>)[part]) continue;
    if (only !== undefined || !checkOf.has(part)) return undefined;
    only = part;
  }
  return only;
}

export function validateVolumeSource(errors: FieldErrors, volume: object, field: string): void {
  const only = onlySource(volume);
  if (only !== undefined) {
    checkOf.get(only)!(errors, (volume as Record<string, unknown>)[only], `${field}.${only}`);
    return;
  }
  let found = false;
  for (const [kind, check] of SOURCES) {
    const source = (volume as Record<string, unknown>)[kind];
    if (source === undefined || source === null) continue;
    if (found) errors.push(forbiddenField(`${field}.${kind}`, 'may not specify more than 1 volume type'));
    else check(errors, source, `${field}.${kind}`);
    found = true;
  }
  if (!found) errors.push(requiredField(field, 'must specify a volume type'));
}

/** Checks the volumes of a pod; answers them by name. */
export function validateVolumes(errors: FieldErrors, volumes: readonly Volume[] | undefined, field: string): ReadonlyMap<string, Volume> {
  const found = new Map<string, Volume>();
  volumes?.forEach((volume, i) => {
    const at = `${field}[${i}]`;
    validateVolumeSource(errors, volume, at);
    const name = volume.name ?? '';
    if (name === '') errors.push(requiredField(`${at}.name`));
    else {
      addProblems(errors, `${at}.name`, name, isDns1123Label(name));
      if (found.has(name)) errors.push(duplicateField(`${at}.name`, name));
    }
    if (!found.has(name)) found.set(name, volume);
  });
  return found;
}
