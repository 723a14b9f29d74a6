import { addProblems, invalidField, requiredField, unsupportedField, type FieldErrors } from '../../field-errors.ts';
import { isConfigMapKey, isEnvVarName, isQualifiedName, isRelaxedEnvVarName } from '../../names.ts';
import type { EnvFromSource, EnvVar, EnvVarSource, ObjectFieldSelector, ResourceFieldSelector } from 'kubernetes-types/core/v1';

/* Environment variables, and the fields of a pod that they and volumes may name. */

const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
export const VOLUME_FIELDS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const POD_FIELDS = new Set([...ENV_FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase', 'spec.host']);

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

/** `metadata.labels['a']` → path and subscript. */
function splitSubscript(path: string): { path: string; subscript: string } | undefined {
  const match = /^([^[]+)\['([^']*)'\]$/.exec(path);
  return match ? { path: match[1] as string, subscript: match[2] as string } : undefined;
}

/** A field of the pod itself, as the downward API names it (validateObjectFieldSelector). */
export function validateFieldReference(
  errors: FieldErrors,
  reference: ObjectFieldSelector,
  allowed: readonly string[],
  field: string,
): void {
  if (!reference.apiVersion) {
    errors.push(requiredField(`${field}.apiVersion`));
    return;
  }
  if (!reference.fieldPath) {
    errors.push(requiredField(`${field}.fieldPath`));
    return;
  }
  const subscripted = splitSubscript(reference.fieldPath);
  const known = subscripted
    ? subscripted.path === 'metadata.labels' || subscripted.path === 'metadata.annotations'
    : POD_FIELDS.has(reference.fieldPath);
  if (reference.apiVersion !== 'v1' || !known) {
    const why =
      reference.apiVersion !== 'v1'
        ? `unsupported pod version: ${reference.apiVersion}`
        : `field label not supported: ${reference.fieldPath}`;
    errors.push(invalidField(`${field}.fieldPath`, reference.fieldPath, `error converting fieldPath: ${why}`));
    return;
  }
  if (subscripted) {
    const { path, subscript } = subscripted;
    addProblems(errors, field, subscript, isQualifiedName(path === 'metadata.annotations' ? subscript.toLowerCase() : subscript));
  } else if (!allowed.includes(reference.fieldPath)) errors.push(unsupportedField(`${field}.fieldPath`, reference.fieldPath, allowed));
}

/** A request or limit of a container; volumes must say of which. */
export function validateResourceReference(errors: FieldErrors, reference: ResourceFieldSelector, field: string, ofVolume: boolean): void {
  if (ofVolume && !reference.containerName) errors.push(requiredField(`${field}.containerName`));
  else if (!reference.resource) errors.push(requiredField(`${field}.resource`));
  else if (!RESOURCES.includes(reference.resource) && !/^(requests|limits)\.hugepages-/.test(reference.resource)) {
    errors.push(unsupportedField(`${field}.resource`, reference.resource, RESOURCES));
  }
}

function validateKeyReference(errors: FieldErrors, reference: { name?: string; key: string }, field: string): void {
  if (!reference.name) errors.push(requiredField(`${field}.name`));
  if (!reference.key) errors.push(requiredField(`${field}.key`));
  else addProblems(errors, `${field}.key`, reference.key, isConfigMapKey(reference.key));
}

function validateSource(errors: FieldErrors, variable: EnvVar, source: EnvVarSource, field: string): void {
  let count = 0;
  if (source.fieldRef) {
    count++;
    validateFieldReference(errors, source.fieldRef, ENV_FIELDS, `${field}.fieldRef`);
  }
  if (source.resourceFieldRef) {
    count++;
    validateResourceReference(errors, source.resourceFieldRef, `${field}.resourceFieldRef`, false);
  }
  if (source.configMapKeyRef) {
    count++;
    validateKeyReference(errors, source.configMapKeyRef, `${field}.configMapKeyRef`);
  }
  if (source.secretKeyRef) {
    count++;
    validateKeyReference(errors, source.secretKeyRef, `${field}.secretKeyRef`);
  }
  if (count === 0) {
    errors.push(
      invalidField(field, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'),
    );
  } else if (variable.value) {
    errors.push(invalidField(field, '', 'may not be specified when `value` is not empty'));
  } else if (count > 1) errors.push(invalidField(field, '', 'may not have more than one field specified at a time'));
}

const checked = new WeakSet<readonly EnvVar[]>();

/** Pods share their variables with the template they are made from, so faultless lists are remembered. */
export function validateEnv(errors: FieldErrors, env: readonly EnvVar[], field: string): void {
  if (checked.has(env)) return;
  const before = errors.length;
  env.forEach((variable, i) => {
    if (!variable.name) errors.push(requiredField(`${field}[${i}].name`));
    else addProblems(errors, `${field}[${i}].name`, variable.name, isRelaxedEnvVarName(variable.name));
    if (variable.valueFrom) validateSource(errors, variable, variable.valueFrom, `${field}[${i}].valueFrom`);
  });
  if (errors.length === before) checked.add(env);
}

export function validateEnvFrom(errors: FieldErrors, sources: readonly EnvFromSource[], field: string): void {
  sources.forEach((source, i) => {
    const at = `${field}[${i}]`;
    if (source.prefix) addProblems(errors, `${at}.prefix`, source.prefix, isEnvVarName(source.prefix));
    let count = 0;
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      if (!source[kind]) continue;
      count++;
      if (!source[kind].name) errors.push(requiredField(`${at}.${kind}.name`));
    }
    if (count === 0) errors.push(invalidField(at, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1) errors.push(invalidField(at, '', 'may not have more than one field specified at a time'));
  });
}
