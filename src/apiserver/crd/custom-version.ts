import { coerceEmbedded, readMeta } from '../../api/custom/embedded.ts';
import { comparePriority } from './version-priority.ts';
import { customBehaviour } from '../../api/custom/custom-behaviour.ts';
import { customType } from '../../api/custom/custom-type.ts';
import { duplicatesIn } from './duplicates.ts';
import { fillDefaults } from '../../api/custom/fill-defaults.ts';
import { prune, pruneNulls } from '../../api/custom/prune.ts';
import type { Behaviour } from '../../api/behaviour.ts';
import type { CustomResourceDefinition, DefinitionVersion } from '../../api/custom/definition-types.ts';
import type { DecodeOptions, Decoded } from '../../api/decode.ts';
import type { JsonSchema } from '../../api/custom/json-schema.ts';
import type { Kind } from '../../api/kind.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Resource, Served } from '../resource.ts';

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];
const ANYTHING: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function customKind(definition: CustomResourceDefinition, version: DefinitionVersion): Kind {
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

/** One version of a custom resource, served or not: objects may lie in the store in any of them. */
export interface CustomVersion {
  readonly kind: Kind;
  readonly version: DefinitionVersion;
  /** Of objects in this version. */
  readonly behaviour: Behaviour;
  readonly schema: JsonSchema;
  /** An object of any version in this one: conversion changes nothing but the name of the version, and what the schema does not know goes. */
  convert(object: KubeObject): KubeObject;
}

export function customVersion(definition: CustomResourceDefinition, version: DefinitionVersion): CustomVersion {
  const kind = customKind(definition, version);
  const schema = version.schema?.openAPIV3Schema ?? ANYTHING;
  const converted = new WeakMap<KubeObject, KubeObject>();
  return {
    kind,
    version,
    schema,
    behaviour: customBehaviour({ kind, version, schema }),
    convert(object) {
      let result = converted.get(object);
      if (!result) {
        const relabelled = object.apiVersion === kind.apiVersion ? object : { ...object, apiVersion: kind.apiVersion };
        converted.set(object, (result = fitted(relabelled, schema)));
      }
      return result;
    },
  };
}

/** The object without what its schema does not know, with defaults filled in. */
function fitted(object: KubeObject, schema: JsonSchema): KubeObject {
  return fillDefaults(pruneNulls(prune(object, schema, true).value, schema), schema) as KubeObject;
}

/** Reads an object as it was sent. Throws DecodeError. */
function decodeCustom(object: KubeObject, schema: JsonSchema, { duplicates }: DecodeOptions = {}): Decoded<KubeObject> {
  const meta = readMeta(object.metadata ?? {}, 'metadata');
  const pruned = prune({ ...object, metadata: meta.value }, schema, true);
  const unknown: string[] = [];
  const coerced = coerceEmbedded(pruneNulls(pruned.value, schema), schema, '', unknown);
  const repeated = duplicates && duplicates.size > 0 ? duplicatesIn(object, duplicates) : [];
  return {
    value: fillDefaults(coerced, schema) as KubeObject,
    faults: [...repeated, ...[...meta.unknown, ...pruned.unknown, ...unknown.sort()].map((path) => `unknown field "${path}"`)],
  };
}

/**
 * What writes in a version go by. Objects come and go in the storage version and are checked in the
 * version of the request.
 */
function writingIn({ behaviour, convert }: CustomVersion, storage: CustomVersion): Behaviour {
  if (storage.behaviour === behaviour) {
    return {
      ...behaviour,
      prepareForUpdate: (object, old, subresource, context) => behaviour.prepareForUpdate(object, convert(old), subresource, context),
    };
  }
  return {
    ...behaviour,
    prepareForUpdate: (object, old, subresource, context) => behaviour.prepareForUpdate(object, storage.convert(old), subresource, context),
    validate: (object) => behaviour.validate(convert(object)),
    validateUpdate: (object, old, subresource) => behaviour.validateUpdate(convert(object), convert(old), subresource),
  };
}

/** A version as it is served. */
export function servedVersion(
  definition: CustomResourceDefinition,
  custom: CustomVersion,
  storage: CustomVersion,
  resource: Resource,
): Served {
  const { kind, version, behaviour, schema } = custom;
  return {
    kind,
    resource,
    behaviour,
    writing: writingIn(custom, storage),
    type: undefined,
    decode: (object, options) => decodeCustom(object, schema, options),
    // Definitions change: what lies in the store may need defaults that it was written without.
    isStorageVersion: false,
    fromStorage: custom.convert,
    toStorage: storage.convert,
    scale: version.subresources?.scale,
    schema: version.schema?.openAPIV3Schema,
    managed: customType(schema),
    deprecation: deprecationOf(definition, custom),
  };
}

function deprecationOf({ spec }: CustomResourceDefinition, { kind, version }: CustomVersion): string | undefined {
  if (!version.deprecated) return undefined;
  if (version.deprecationWarning) return version.deprecationWarning;
  const [current] = spec.versions
    .filter(({ served, deprecated, name }) => served && !deprecated && comparePriority(name, version.name) < 0)
    .map(({ name }) => name)
    .sort(comparePriority);
  return `${kind.apiVersion} ${kind.kind} is deprecated${current ? `; use ${spec.group}/${current} ${kind.kind}` : ''}`;
}
