import facts from '../../api/facts/schema.json' with { type: 'json' };
import type { JsonSchema } from '../../api/custom/json-schema.ts';
import type { Served } from '../resource.ts';

interface RawField {
  readonly type?: string;
  readonly format?: string;
  readonly ref?: string;
  readonly required?: boolean;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly items?: RawField;
  readonly map?: RawField;
  readonly oneOf?: readonly string[];
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  readonly mapType?: string;
}

interface RawType extends RawField {
  readonly fields?: Readonly<Record<string, RawField>>;
  readonly gvk?: readonly string[];
}

const TYPES = facts as unknown as Readonly<Record<string, RawType>>;

/** A schema of OpenAPI, v2 or v3. */
export type OpenApiSchema = Record<string, any>;

const PACKAGES: Readonly<Record<string, string>> = {
  'meta/v1': 'io.k8s.apimachinery.pkg.apis.meta.v1',
  resource: 'io.k8s.apimachinery.pkg.api.resource',
  intstr: 'io.k8s.apimachinery.pkg.util.intstr',
  runtime: 'io.k8s.apimachinery.pkg.runtime',
  'apiextensions/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
};

/** `core/v1.Pod` → `io.k8s.api.core.v1.Pod` */
export function definitionName(type: string): string {
  const dot = type.indexOf('.');
  const from = type.slice(0, dot);
  return `${PACKAGES[from] ?? `io.k8s.api.${from.replace('/', '.')}`}.${type.slice(dot + 1)}`;
}

interface Style {
  /** `#/definitions/` or `#/components/schemas/`. */
  readonly prefix: string;
  readonly isV3: boolean;
}

export const V2: Style = { prefix: '#/definitions/', isV3: false };
export const V3: Style = { prefix: '#/components/schemas/', isV3: true };

function fieldSchema(field: RawField, style: Style): OpenApiSchema {
  const schema: OpenApiSchema = {};
  if (field.ref) {
    const reference = `${style.prefix}${definitionName(field.ref)}`;
    if (style.isV3 && field.default !== undefined) schema.allOf = [{ $ref: reference }];
    else schema.$ref = reference;
  }
  if (field.type) schema.type = field.type;
  if (field.format) schema.format = field.format;
  if (field.enum) schema.enum = [...field.enum];
  if (style.isV3 && field.default !== undefined) schema.default = field.default;
  if (field.items) schema.items = fieldSchema(field.items, style);
  if (field.map) schema.additionalProperties = fieldSchema(field.map, style);
  if (field.oneOf) {
    if (style.isV3) schema.oneOf = field.oneOf.map((type) => ({ type }));
    else schema.type = 'string';
  }
  if (field.patchStrategy) schema['x-kubernetes-patch-strategy'] = field.patchStrategy;
  if (field.patchMergeKey) schema['x-kubernetes-patch-merge-key'] = field.patchMergeKey;
  if (field.listType) schema['x-kubernetes-list-type'] = field.listType;
  if (field.listMapKeys) schema['x-kubernetes-list-map-keys'] = [...field.listMapKeys];
  if (field.mapType) schema['x-kubernetes-map-type'] = field.mapType;
  return schema;
}

/** Kinds that every group version has: `meta/v1.DeleteOptions`, `meta/v1.WatchEvent`, `meta/v1.Status`. */
function groupVersionKinds(type: string, raw: RawType, places: readonly string[]): object[] {
  const kind = type.slice(type.indexOf('.') + 1);
  return (raw.gvk ?? []).flatMap((place) => {
    const versions = place === '*' ? places : [place.slice(0, place.lastIndexOf('/'))];
    return versions.map((version) => groupVersionKind(version, kind));
  });
}

export function groupVersionKind(apiVersion: string, kind: string): object {
  const slash = apiVersion.indexOf('/');
  return { group: slash < 0 ? '' : apiVersion.slice(0, slash), kind, version: apiVersion.slice(slash + 1) };
}

function typeSchema(type: string, raw: RawType, style: Style, places: readonly string[]): OpenApiSchema {
  const schema = fieldSchema(raw, style);
  if (raw.fields) {
    const fields = Object.entries(raw.fields);
    schema.type = 'object';
    if (fields.length > 0) schema.properties = Object.fromEntries(fields.map(([name, field]) => [name, fieldSchema(field, style)]));
    const required = fields.filter(([, field]) => field.required).map(([name]) => name);
    if (required.length > 0) schema.required = required;
  }
  const kinds = groupVersionKinds(type, raw, places);
  if (kinds.length > 0) schema['x-kubernetes-group-version-kind'] = kinds;
  return schema;
}

/** Every built-in type; `places` are the group versions served. */
export function builtinDefinitions(style: Style, places: readonly string[]): Record<string, OpenApiSchema> {
  return Object.fromEntries(Object.entries(TYPES).map(([type, raw]) => [definitionName(type), typeSchema(type, raw, style, places)]));
}

/** The definitions that a definition refers to, itself included. */
export function reachable(
  all: Readonly<Record<string, OpenApiSchema>>,
  roots: readonly string[],
  style: Style,
): Record<string, OpenApiSchema> {
  const found: Record<string, OpenApiSchema> = {};
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (key === '$ref' && typeof inner === 'string') add(inner.slice(style.prefix.length));
        else visit(inner);
      }
    }
  };
  const add = (name: string): void => {
    if (found[name] || !all[name]) return;
    found[name] = all[name];
    visit(all[name]);
  };
  roots.forEach(add);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The name of a kind's definition: of custom resources the group turned around, as `com.example.v1.Widget`. */
export function definitionOf({ kind, type }: Served): string {
  if (type) return definitionName(type.name);
  return `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`;
}

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The definition of a custom resource, from the schema of its version. */
export function customDefinition({ kind, schema }: Served, style: Style): OpenApiSchema {
  const root = (schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }) as JsonSchema;
  const published = style.isV3 ? root : withoutV3(root);
  return {
    ...published,
    type: 'object',
    properties: {
      ...(published.properties as object | undefined),
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: style.isV3 ? { allOf: [{ $ref: `${style.prefix}${META}` }] } : { $ref: `${style.prefix}${META}` },
    },
    'x-kubernetes-group-version-kind': [groupVersionKind(kind.apiVersion, kind.kind)],
  };
}

const V3_ONLY = new Set(['oneOf', 'anyOf', 'not', 'nullable', 'default']);

/** What OpenAPI v2 cannot say is left out. */
function withoutV3(schema: JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (V3_ONLY.has(key)) continue;
    if (key === 'properties')
      copy[key] = Object.fromEntries(Object.entries(value as Record<string, JsonSchema>).map(([name, inner]) => [name, withoutV3(inner)]));
    else if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object' && !Array.isArray(value))
      copy[key] = withoutV3(value as JsonSchema);
    else copy[key] = value;
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] && !schema.properties) delete copy.type;
  return copy as JsonSchema;
}
