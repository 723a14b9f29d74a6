import { quote } from '../base/quote.ts';
import { equalValues } from './equal.ts';
import {
  addProblems,
  forbiddenField,
  IMMUTABLE,
  invalidField,
  NOT_NEGATIVE,
  requiredField,
  tooLongField,
  type FieldErrors,
} from './field-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from './names.ts';
import type { ObjectMeta, OwnerReference } from './object.ts';

/*
 * What holds of the metadata of every kind (apimachinery pkg/api/validation/objectmeta.go, and
 * pkg/apis/core/validation for finalizers).
 */

/** All annotations of one object together may not be larger, in bytes. */
const ANNOTATIONS_LIMIT_BYTES = 256 * 1024;

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

export type NameProblems = (name: string, isPrefix: boolean) => readonly string[];

/** The prefix of a generated name may end in a dash: the text that follows makes it right. */
function unmasked(name: string, isPrefix: boolean): string {
  return isPrefix && name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

export const subdomainName: NameProblems = (name, isPrefix) => isDns1123Subdomain(unmasked(name, isPrefix));
export const labelName: NameProblems = (name, isPrefix) => isDns1123Label(unmasked(name, isPrefix));

/** Wraps a check of whole names so that it takes prefixes of generated names, too. */
export function nameChecker(check: (name: string) => readonly string[]): NameProblems {
  return (name, isPrefix) => check(unmasked(name, isPrefix));
}

/** Labels differ from pod to pod, so that remembering them would cost more than looking at them again. */
export function validateLabels(errors: FieldErrors, labels: Readonly<Record<string, string>> | undefined, field: string): void {
  if (!labels) return;
  let right = true;
  for (const key in labels) right &&= isQualifiedName(key).length === 0 && isLabelValue(labels[key] as string).length === 0;
  if (right) return;
  for (const key of Object.keys(labels).sort()) {
    addProblems(errors, field, key, isQualifiedName(key));
    addProblems(errors, field, labels[key], isLabelValue(labels[key] as string));
  }
}

export function validateAnnotations(errors: FieldErrors, annotations: Readonly<Record<string, string>> | undefined, field: string): void {
  if (!annotations) return;
  let total = 0;
  for (const key of Object.keys(annotations).sort()) {
    addProblems(errors, field, key, isQualifiedName(key.toLowerCase()));
    total += key.length + (annotations[key] as string).length;
  }
  if (total > ANNOTATIONS_LIMIT_BYTES) errors.push(tooLongField(field, ANNOTATIONS_LIMIT_BYTES));
}

function validateOwners(errors: FieldErrors, owners: readonly OwnerReference[], field: string): void {
  let controller: string | undefined;
  for (const owner of owners) {
    const slash = (owner.apiVersion ?? '').indexOf('/');
    if ((owner.apiVersion ?? '').slice(slash + 1) === '')
      errors.push(invalidField(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    for (const part of ['kind', 'name', 'uid'] as const) {
      if (!owner[part]) errors.push(invalidField(`${field}.${part}`, owner[part] ?? '', 'must not be empty'));
    }
    if (owner.kind === 'Event' && owner.apiVersion === 'v1') {
      errors.push(invalidField(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (!owner.controller) continue;
    if (controller !== undefined) {
      errors.push(
        invalidField(
          field,
          owners,
          `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name}`,
        ),
      );
    }
    controller = owner.name;
  }
}

function validateFinalizers(errors: FieldErrors, finalizers: readonly string[], field: string): void {
  for (const finalizer of finalizers) addProblems(errors, field, finalizer, isQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidField(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
}

/** Finalizers without a domain are Kubernetes' own few. `field` names the list or its item. */
export function validateFinalizerName(errors: FieldErrors, finalizer: string, field: string): void {
  if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
    errors.push(invalidField(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
}

/** Checks metadata on creation. `field` is `metadata`, or the path of a template's metadata. */
export function validateMeta(
  errors: FieldErrors,
  meta: ObjectMeta,
  namespaced: boolean,
  nameProblems: NameProblems,
  field = 'metadata',
): void {
  if (meta.generateName) addProblems(errors, `${field}.generateName`, meta.generateName, nameProblems(meta.generateName, true));
  if (!meta.name) errors.push(requiredField(`${field}.name`, 'name or generateName is required'));
  else addProblems(errors, `${field}.name`, meta.name, nameProblems(meta.name, false));
  if (namespaced) {
    if (!meta.namespace) errors.push(requiredField(`${field}.namespace`));
    else addProblems(errors, `${field}.namespace`, meta.namespace, isDns1123Label(meta.namespace));
  } else if (meta.namespace) errors.push(forbiddenField(`${field}.namespace`, 'not allowed on this type'));
  if (meta.generation !== undefined && meta.generation < 0) errors.push(invalidField(`${field}.generation`, meta.generation, NOT_NEGATIVE));
  validateLabels(errors, meta.labels, `${field}.labels`);
  validateAnnotations(errors, meta.annotations, `${field}.annotations`);
  if (meta.ownerReferences) validateOwners(errors, meta.ownerReferences, `${field}.ownerReferences`);
  if (meta.finalizers) validateFinalizers(errors, meta.finalizers, `${field}.finalizers`);
}

const IMMUTABLE_FIELDS = ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const;

/** Checks metadata on update. Parts that are the old ones need no look. */
export function validateMetaUpdate(errors: FieldErrors, meta: ObjectMeta, old: ObjectMeta, field = 'metadata'): void {
  if (meta === old) return;
  if (old.deletionTimestamp && meta.finalizers) {
    const added = meta.finalizers.filter((finalizer) => !old.finalizers?.includes(finalizer));
    if (added.length > 0) {
      const list = [...new Set(added)].sort().map(quote).join(', ');
      errors.push(
        forbiddenField(
          `${field}.finalizers`,
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
        ),
      );
    }
  }
  for (const part of IMMUTABLE_FIELDS) {
    if (meta[part] !== old[part] && (meta[part] || old[part])) errors.push(invalidField(`${field}.${part}`, meta[part] ?? null, IMMUTABLE));
  }
  if (meta.labels !== old.labels) validateLabels(errors, meta.labels, `${field}.labels`);
  if (meta.annotations !== old.annotations) validateAnnotations(errors, meta.annotations, `${field}.annotations`);
  if (meta.ownerReferences && !equalValues(meta.ownerReferences, old.ownerReferences)) {
    validateOwners(errors, meta.ownerReferences, `${field}.ownerReferences`);
  }
  if (meta.finalizers && !equalValues(meta.finalizers, old.finalizers)) {
    validateFinalizers(errors, meta.finalizers, `${field}.finalizers`);
  }
}
