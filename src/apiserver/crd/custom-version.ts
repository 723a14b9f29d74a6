import { coerceEmbedded, readMeta, validateEmbedded } from '../../api/custom/embedded.ts';
import { deepEqual } from '../../base/equal.ts';
import { evaluateRules, holdsRules } from '../../api/cel/rules.ts';
import { fillDefaults } from '../../api/custom/fill-defaults.ts';
import { invalidField } from '../../api/field-errors.ts';
import { printerColumns, printerRow } from './printer-columns.ts';
import { prune, pruneNulls } from '../../api/custom/prune.ts';
import { subdomainName, validateMeta, validateMetaUpdate } from '../../api/object-meta.ts';
import { validateListTypes } from '../../api/custom/list-types.ts';
import { validateValue } from '../../api/custom/validate-value.ts';
import { valueAt } from './field-value.ts';
import type { Behaviour } from '../../api/behaviour.ts';
import type { CustomResourceDefinition, DefinitionVersion } from '../../api/custom/definition-types.ts';
import type { DecodeOptions, Decoded } from '../../api/decode.ts';
import type { FieldError } from '../../api/status.ts';
import type { JsonSchema } from '../../api/custom/json-schema.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];
const ANYTHING: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
/** After errors of these kinds rules are not evaluated: they could not make sense of the object. */
const BLOCKING = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']);

/** One version of a custom resource: its kind, how its objects are read, and how they behave. */
export interface CustomVersion {
  readonly kind: Kind;
  readonly behaviour: Behaviour;
  decode(object: KubeObject, options?: DecodeOptions): Decoded<KubeObject>;
}

export function customKind(definition: CustomResourceDefinition, version: DefinitionVersion): Kind {
  const { group, scope } = definition.spec;
  const names = definition.status?.acceptedNames.kind ? definition.status.acceptedNames : definition.spec.names;
  return {
    group,
    version: version.name,
    apiVersion: `${group}/${version.name}`,
    kind: names.kind,
    resource: names.plural,
    singular: names.singular ?? '',
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    verbs: VERBS,
    subresources: {
      ...(version.subresources?.status && { status: { kind: names.kind, verbs: PART_VERBS } }),
      ...(version.subresources?.scale && { scale: { kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: PART_VERBS } }),
    },
  };
}

/** Everything about one version of a definition that is established. */
export function customVersion(definition: CustomResourceDefinition, version: DefinitionVersion): CustomVersion {
  const kind = customKind(definition, version);
  const schema = version.schema?.openAPIV3Schema ?? ANYTHING;
  return { kind, behaviour: customBehaviour(kind, version, schema), decode: (object, options) => decodeCustom(object, schema, options) };
}

/** Throws DecodeError. */
function decodeCustom(object: KubeObject, schema: JsonSchema, options: DecodeOptions = {}): Decoded<KubeObject> {
  const unknown: string[] = [];
  const meta = readMeta(object.metadata ?? {}, 'metadata', options.duplicates);
  const coerced = coerceEmbedded({ ...object, metadata: meta.value }, schema, '', unknown);
  const pruned = prune(coerced, schema, true);
  const paths = [...pruned.unknown, ...meta.unknown, ...unknown];
  return { value: pruned.value as KubeObject, faults: paths.map((path) => `unknown field ${JSON.stringify(path)}`) };
}

function customBehaviour(kind: Kind, version: DefinitionVersion, schema: JsonSchema): Behaviour {
  const hasStatus = version.subresources?.status !== undefined;
  const fields = (version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.replace(/^\./, ''), (object: KubeObject) => textAt(object, jsonPath)] as const);
  return {
    kind,
    hasStatus,
    defaults: (object) => fillDefaults(pruneNulls(object, schema), schema) as KubeObject,
    prepareForCreate: (object) => withGeneration(hasStatus ? without(object, 'status') : object, 1),
    prepareForUpdate(object, old, subresource) {
      if (subresource === 'status') return statusUpdate(object, old);
      const kept = hasStatus && subresource === '' ? withStatusOf(object, old) : object;
      const generation = old.metadata?.generation ?? 0;
      return withGeneration(kept, contentChanged(kept, old, hasStatus) ? generation + 1 : generation);
    },
    validate: (object) => validateCustom(object, undefined, kind, version, schema),
    validateUpdate: (object, old) => validateCustom(object, old, kind, version, schema),
    warnings: () => [],
    selectableFields: Object.fromEntries(fields),
    indexedFields: [],
    gracePeriodSeconds: () => undefined,
    defaultPropagation: 'Background',
    returnsDeleted: false,
    allowsCreateOnUpdate: false,
    allowsUnconditionalUpdate: false,
    columns: printerColumns(version),
    row: (object, context) => printerRow(object, version, context),
  };
}

function textAt(object: KubeObject, jsonPath: string): string {
  const value = valueAt(object, jsonPath);
  return value === undefined || value === null ? '' : String(value);
}

function without(object: KubeObject, field: string): KubeObject {
  if (!(field in object)) return object;
  const copy = { ...object };
  delete copy[field];
  return copy;
}

function withGeneration(object: KubeObject, generation: number): KubeObject {
  return object.metadata?.generation === generation ? object : { ...object, metadata: { ...object.metadata, generation } };
}

function withStatusOf(object: KubeObject, old: KubeObject): KubeObject {
  return old.status === undefined ? without(object, 'status') : { ...object, status: old.status };
}

/** Only the status changes, and who manages it. */
function statusUpdate(object: KubeObject, old: KubeObject): KubeObject {
  const { managedFields: _old, ...metadata } = old.metadata!;
  const managedFields = object.metadata?.managedFields;
  const kept = { ...old, metadata: { ...metadata, ...(managedFields && { managedFields }) } };
  return object.status === undefined ? without(kept, 'status') : { ...kept, status: object.status };
}

function contentChanged(object: KubeObject, old: KubeObject, hasStatus: boolean): boolean {
  const content = ({ metadata: _metadata, apiVersion: _version, kind: _kind, status, ...rest }: KubeObject) => (hasStatus ? rest : { ...rest, status });
  return !deepEqual(content(object), content(old));
}

/** registry/customresource/strategy.go Validate and ValidateUpdate. */
function validateCustom(object: KubeObject, old: KubeObject | undefined, kind: Kind, version: DefinitionVersion, schema: JsonSchema): FieldError[] {
  const errors: FieldError[] = [];
  if (old) validateMetaUpdate(errors, object.metadata ?? {}, old.metadata ?? {});
  else validateMeta(errors, object.metadata ?? {}, kind.namespaced, subdomainName);
  errors.push(...validateValue('', object, schema, old));
  errors.push(...scaleErrors(object, version));
  validateEmbedded('', object, schema, errors);
  validateListTypes('', object, schema, errors);
  if (!holdsRules(schema)) return errors;
  if (errors.some(({ reason }) => BLOCKING.has(reason))) {
    const detail = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [...errors, { reason: 'FieldValueInvalid', field: '<nil>', message: `Invalid value: null: ${detail}` }];
  }
  return [...errors, ...evaluateRules('', object, schema, old, true)];
}

function scaleErrors(object: KubeObject, { subresources }: DefinitionVersion): FieldError[] {
  const scale = subresources?.scale;
  if (!scale) return [];
  const errors: FieldError[] = [];
  for (const path of [scale.specReplicasPath, scale.statusReplicasPath]) {
    const value = valueAt(object, path);
    if (typeof value === 'number' && value < 0) errors.push(invalidField(path, value, 'should be a non-negative integer'));
    if (typeof value === 'number' && value > 2 ** 31 - 1) errors.push(invalidField(path, value, 'should be less than or equal to 2147483647'));
  }
  return errors;
}
