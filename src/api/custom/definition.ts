import { builtin } from '../kind.ts';
import { decode, DecodeError, notHandled } from '../decode.ts';
import { badRequest } from '../status.ts';
import { typeNamed, type TypeSchema } from '../schema.ts';
import { isKnownFormat } from './formats.ts';
import { itemSchema, someSchema, type JsonSchema } from './json-schema.ts';
import { validateDefinition, validateDefinitionStatus, validateDefinitionUpdate } from './validate-definition.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { CustomResourceDefinition, DefinitionNames, DefinitionSpec, DefinitionStatus } from './definition-types.ts';

export const CUSTOM_RESOURCE_DEFINITIONS = builtin<CustomResourceDefinition>('apiextensions.k8s.io/v1', 'customresourcedefinitions');

const SCHEMA_TYPE = typeNamed('apiextensions/v1.JSONSchemaProps') as TypeSchema;

function withNames(names: DefinitionNames | undefined): DefinitionNames {
  const { plural = '', singular, shortNames, kind = '', listKind, categories } = names ?? ({} as DefinitionNames);
  return {
    plural,
    ...((singular || kind) && { singular: singular || kind.toLowerCase() }),
    ...(shortNames && { shortNames }),
    kind,
    ...((listKind || kind) && { listKind: listKind || `${kind}List` }),
    ...(categories && { categories }),
  };
}

/** A schema whose parts that have several forms are read, and whose properties are in order. Throws DecodeError. */
function canonicalSchema(schema: JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = { ...schema };
  for (const field of ['items', 'additionalProperties', 'additionalItems'] as const) {
    const value = copy[field];
    if (value === undefined) continue;
    if (value === null) delete copy[field];
    else if (field === 'items' && Array.isArray(value)) copy[field] = value.map(readSchema);
    else if (field !== 'items' && typeof value === 'boolean') continue;
    else if (field !== 'items' && typeof value !== 'object') throw new DecodeError('boolean or JSON schema expected');
    else if (typeof value !== 'object') delete copy[field];
    else copy[field] = readSchema(value);
  }
  for (const field of ['allOf', 'anyOf', 'oneOf'] as const) {
    const list = copy[field] as readonly JsonSchema[] | undefined;
    if (list) copy[field] = list.map(canonicalSchema);
  }
  for (const field of ['properties', 'patternProperties', 'definitions'] as const) {
    const map = copy[field] as Readonly<Record<string, JsonSchema>> | undefined;
    if (map)
      copy[field] = Object.fromEntries(
        Object.keys(map)
          .sort()
          .map((name) => [name, canonicalSchema(map[name] ?? {})]),
      );
  }
  if (copy.not) copy.not = canonicalSchema(copy.not as JsonSchema);
  for (const field of ['default', 'example'] as const) if (copy[field] === null) delete copy[field];
  return copy as JsonSchema;
}

function readSchema(value: unknown): JsonSchema {
  return canonicalSchema(decode<JsonSchema>(SCHEMA_TYPE, value).value);
}

const canonical = new WeakSet<object>();

/** Names, conversion and schemas in full. Throws BadRequest where a schema cannot be read. */
function withDefaults(definition: CustomResourceDefinition): CustomResourceDefinition {
  if (definition.spec && canonical.has(definition.spec)) return definition;
  const given = definition.spec ?? ({} as DefinitionSpec);
  const conversion = { ...given.conversion, strategy: given.conversion?.strategy || 'None' };
  const service = conversion.webhook?.clientConfig?.service;
  if (service && service.port === undefined)
    conversion.webhook = {
      ...conversion.webhook,
      clientConfig: { ...conversion.webhook!.clientConfig, service: { ...service, port: 443 } },
    };
  const { group = '', scope = '', names, versions, preserveUnknownFields } = given;
  try {
    const spec: DefinitionSpec = {
      group,
      names: withNames(names),
      scope,
      versions:
        versions &&
        versions.map((version) =>
          version.schema?.openAPIV3Schema
            ? { ...version, schema: { openAPIV3Schema: canonicalSchema(version.schema.openAPIV3Schema) } }
            : version,
        ),
      conversion,
      ...(preserveUnknownFields && { preserveUnknownFields }),
    };
    canonical.add(spec);
    return { ...definition, spec };
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(notHandled('CustomResourceDefinition', 'v1', error.message)) : error;
  }
}

function storageVersion({ spec }: CustomResourceDefinition): string | undefined {
  return spec.versions?.find(({ storage }) => storage)?.name;
}

const NO_NAMES: DefinitionNames = { plural: '', kind: '' };

function initialStatus(definition: CustomResourceDefinition): DefinitionStatus {
  const version = storageVersion(definition);
  return { conditions: null, acceptedNames: NO_NAMES, storedVersions: version === undefined ? null : [version] };
}

/** A version in which objects are stored from now on is remembered. */
function withStoredVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const version = storageVersion(definition);
  const stored = definition.status?.storedVersions ?? [];
  if (version === undefined || stored.includes(version)) return definition;
  return { ...definition, status: { ...(definition.status ?? initialStatus(definition)), storedVersions: [...stored, version] } };
}

function schemasOf(definition: CustomResourceDefinition): JsonSchema[] {
  return (definition.spec.versions ?? []).flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
}

function warningsOf(definition: CustomResourceDefinition): string[] {
  const formats: string[] = [];
  const lists = new Set<string>();
  const seen = new Set<string>();
  for (const schema of schemasOf(definition)) {
    someSchema(schema, (one) => {
      if (one.type === 'string' && one.format && !isKnownFormat(one.format) && !seen.has(one.format)) {
        seen.add(one.format);
        formats.push(`unrecognized format ${JSON.stringify(one.format)}`);
      }
      const itemType = one['x-kubernetes-list-type'] === 'set' ? itemSchema(one)?.type : undefined;
      if (itemType === 'object' || itemType === 'array')
        lists.add(
          `x-kubernetes-list-type: set for items of type ${JSON.stringify(itemType)} is not supported by server-side apply or CEL validation rules`,
        );
      return false;
    });
  }
  return [...formats, ...[...lists].sort()];
}

/** How custom resource definitions behave. */
export const definitionBehaviour: KindBehaviour<CustomResourceDefinition> = {
  kind: CUSTOM_RESOURCE_DEFINITIONS,
  counted: true,
  defaults: withDefaults,
  initialStatus,
  prepareForUpdate: withStoredVersion,
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
  validateStatusUpdate: validateDefinitionStatus,
  warnings(definition, old) {
    const before = old ? warningsOf(old) : [];
    return warningsOf(definition).filter((warning) => !before.includes(warning));
  },
  allowsUnconditionalUpdate: false,
};
