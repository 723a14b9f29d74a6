import { deepEqual } from '../../base/equal.ts';
import { evaluateRules, holdsRules } from '../cel/rules.ts';
import { invalidField, type FieldErrors } from '../field-errors.ts';
import { isQualifiedName } from '../names.ts';
import { subdomainName, validateMeta, validateMetaUpdate } from '../object-meta.ts';
import { withField, withFieldOf, withoutField } from '../share.ts';
import { customTable, selectableValue } from './columns.ts';
import { validateEmbedded } from './embedded.ts';
import { validateListTypes } from './list-types.ts';
import { validateScale } from './scale.ts';
import { validateValue } from './validate-value.ts';
import { propertySchema, type JsonSchema } from './json-schema.ts';
import type { Behaviour, Subresource } from '../behaviour.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { FieldError } from '../status.ts';
import type { DefinitionVersion } from './definition-types.ts';

/** What a version of a custom resource says of its objects; `schema` is structural. */
export interface CustomKind {
  readonly kind: Kind;
  readonly version: DefinitionVersion;
  readonly schema: JsonSchema;
}

/** Errors that keep rules from being checked at all. */
const BLOCKING = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const UNCHECKED = invalidField(
  '<nil>',
  null,
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
);

/**
 * How objects of one version of a custom resource behave; they are given in that version, with
 * defaults filled in and unknown fields pruned (apiextensions-apiserver registry/customresource).
 */
export function customBehaviour(custom: CustomKind): Behaviour {
  const { kind, version } = custom;
  const hasStatus = version.subresources?.status !== undefined;
  const { columns, row } = customTable(version.additionalPrinterColumns);
  const selectable = (version.selectableFields ?? []).map(
    ({ jsonPath }) => [jsonPath.replace(/^\./, ''), selectableValue(jsonPath)] as const,
  );
  return {
    kind,
    hasStatus,
    defaults: (object) => object,
    prepareForCreate: (object) => prepareForCreate(object, hasStatus),
    prepareForUpdate: (object, old, subresource) => prepareForUpdate(object, old, subresource, hasStatus),
    validate: (object) => validate(custom, object),
    validateUpdate: (object, old, subresource) => validateUpdate(custom, object, old, subresource),
    warnings: finalizerWarnings,
    selectableFields: Object.fromEntries(selectable),
    indexedFields: [],
    gracePeriodSeconds: () => undefined,
    defaultPropagation: 'Background',
    returnsDeleted: false,
    allowsCreateOnUpdate: false,
    allowsUnconditionalUpdate: false,
    columns,
    row,
  };
}

function prepareForCreate(given: KubeObject, hasStatus: boolean): KubeObject {
  const object = hasStatus ? withoutField(given, 'status') : given;
  return object.metadata?.generation === 1 ? object : { ...object, metadata: { ...object.metadata, generation: 1 } };
}

function prepareForUpdate(given: KubeObject, old: KubeObject, subresource: Subresource, hasStatus: boolean): KubeObject {
  if (subresource === 'status') {
    // Nothing but the status changes, and who manages its fields.
    const object = withFieldOf(old, 'status', given);
    const { managedFields } = given.metadata ?? {};
    return managedFields === old.metadata?.managedFields
      ? object
      : { ...object, metadata: withFieldOf(old.metadata!, 'managedFields', given.metadata!) };
  }
  const object = hasStatus ? withFieldOf(given, 'status', old) : given;
  const { metadata: _metadata, ...content } = object;
  const { metadata: oldMetadata, ...oldContent } = old;
  if (deepEqual(content, oldContent)) return object;
  return { ...object, metadata: withField(object.metadata ?? {}, 'generation', (oldMetadata?.generation ?? 0) + 1) };
}

function validateType({ kind }: CustomKind, object: KubeObject): FieldError[] {
  const errors: FieldErrors = [];
  if (object.kind !== kind.kind) errors.push(invalidField('kind', object.kind ?? '', `must be ${kind.kind}`));
  if (object.apiVersion !== kind.apiVersion) errors.push(invalidField('apiVersion', object.apiVersion ?? '', `must be ${kind.apiVersion}`));
  return errors;
}

function validate(custom: CustomKind, object: KubeObject): FieldError[] {
  const errors = validateType(custom, object);
  if (errors.length > 0) return errors;
  const { kind, version, schema } = custom;
  validateMeta(errors, object.metadata ?? {}, kind.namespaced, subdomainName);
  errors.push(...validateValue('', object, schema));
  if (version.subresources?.scale) validateScale(object, version.subresources.scale, errors, ['spec', 'status']);
  validateEmbedded('', object, schema, errors);
  validateListTypes('', object, schema, errors);
  addRuleErrors(schema, object, undefined, errors);
  return errors;
}

function validateUpdate(custom: CustomKind, object: KubeObject, old: KubeObject, subresource: Subresource): FieldError[] {
  const errors = validateType(custom, object);
  if (errors.length > 0) return errors;
  const { version, schema } = custom;
  const { scale } = version.subresources ?? {};
  validateMetaUpdate(errors, object.metadata ?? {}, old.metadata ?? {});
  if (subresource === 'status') {
    const status = propertySchema(schema, 'status');
    if (object.status !== undefined && status) errors.push(...validateValue('status', object.status, status, old.status));
    if (scale) validateScale(object, scale, errors, ['status']);
  } else {
    errors.push(...validateValue('', object, schema, old));
    if (scale) validateScale(object, scale, errors, ['spec', 'status']);
    validateEmbedded('', object, schema, errors);
  }
  const oldErrors: FieldErrors = [];
  validateListTypes('', old, schema, oldErrors);
  if (oldErrors.length === 0) validateListTypes('', object, schema, errors);
  addRuleErrors(schema, object, old, errors);
  return errors;
}

/** The rules of the schema, unless what they would look at is wrong in itself. */
function addRuleErrors(schema: JsonSchema, object: KubeObject, old: KubeObject | undefined, errors: FieldErrors): void {
  if (!holdsRules(schema)) return;
  if (errors.some(({ reason }) => BLOCKING.has(reason))) errors.push(UNCHECKED);
  else errors.push(...evaluateRules('', object, schema, old, true));
}

const STANDARD_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

/** Finalizers that do not say whose they are. */
function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): readonly string[] {
  const warnings: string[] = [];
  const before = old?.metadata?.finalizers ?? [];
  for (const finalizer of [...(object.metadata?.finalizers ?? [])].sort()) {
    if (before.includes(finalizer)) continue;
    const shown = `metadata.finalizers: ${JSON.stringify(finalizer)}`;
    for (const problem of isQualifiedName(finalizer)) warnings.push(`${shown}: ${problem}`);
    if (finalizer.includes('/') || STANDARD_FINALIZERS.has(finalizer)) continue;
    const path = finalizer.includes('.') ? ' including a path (/)' : '';
    warnings.push(`${shown}: prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`);
  }
  return warnings;
}
