import { definitionOf, groupVersionKind, type OpenApiSchema } from './definitions.ts';
import type { Served } from '../resource.ts';

/** The parameters of operations, as far as clients look at them: dryRun, fieldManager, fieldValidation. */
const WRITE = ['dryRun', 'fieldManager', 'fieldValidation'];
const LIST = [
  'allowWatchBookmarks',
  'continue',
  'fieldSelector',
  'labelSelector',
  'limit',
  'resourceVersion',
  'resourceVersionMatch',
  'sendInitialEvents',
  'timeoutSeconds',
  'watch',
];
const DELETE = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

interface Verb {
  readonly method: string;
  readonly action: string;
  readonly parameters: readonly string[];
  readonly onItem: boolean;
}

const VERBS: Readonly<Record<string, Verb>> = {
  list: { method: 'get', action: 'list', parameters: LIST, onItem: false },
  create: { method: 'post', action: 'post', parameters: WRITE, onItem: false },
  deletecollection: { method: 'delete', action: 'deletecollection', parameters: [...LIST, ...DELETE], onItem: false },
  get: { method: 'get', action: 'get', parameters: [], onItem: true },
  update: { method: 'put', action: 'put', parameters: WRITE, onItem: true },
  patch: { method: 'patch', action: 'patch', parameters: [...WRITE, 'force'], onItem: true },
  delete: { method: 'delete', action: 'delete', parameters: DELETE, onItem: true },
};

const NUMBERS = new Set(['limit', 'timeoutSeconds', 'gracePeriodSeconds']);
const BOOLEANS = new Set(['allowWatchBookmarks', 'force', 'orphanDependents', 'sendInitialEvents', 'watch']);

function typeOfParameter(name: string): string {
  return NUMBERS.has(name) ? 'integer' : BOOLEANS.has(name) ? 'boolean' : 'string';
}

function parameter(name: string, place: 'query' | 'path', isV3: boolean): object {
  const type = typeOfParameter(name);
  return {
    name,
    in: place,
    ...(place === 'path' && { required: true }),
    ...(isV3 ? { schema: { type, uniqueItems: true } } : { type, uniqueItems: true }),
  };
}

function basePath({ kind }: Served): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;
  return kind.namespaced ? `${root}/namespaces/{namespace}/${kind.resource}` : `${root}/${kind.resource}`;
}

function operation(served: Served, verb: Verb, prefix: string, isV3: boolean): OpenApiSchema {
  const { kind } = served;
  const schema = { $ref: `${prefix}${definitionOf(served)}` };
  return {
    operationId: `${verb.action}${kind.group ? kind.group.split('.')[0]![0]!.toUpperCase() + kind.group.split('.')[0]!.slice(1) : 'Core'}${kind.version[0]!.toUpperCase()}${kind.version.slice(1)}${kind.namespaced ? 'Namespaced' : ''}${kind.kind}`,
    parameters: verb.parameters.map((name) => parameter(name, 'query', isV3)),
    responses: { '200': isV3 ? { description: 'OK', content: { 'application/json': { schema } } } : { description: 'OK', schema } },
    'x-kubernetes-action': verb.action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind.apiVersion, kind.kind),
  };
}

/** The paths of one resource: its collection and its items. */
export function pathsOf(served: Served, prefix: string, isV3: boolean): Record<string, OpenApiSchema> {
  const { kind } = served;
  const collection: OpenApiSchema = {};
  const item: OpenApiSchema = {};
  for (const name of kind.verbs) {
    const verb = VERBS[name];
    if (verb) (verb.onItem ? item : collection)[verb.method] = operation(served, verb, prefix, isV3);
  }
  const within = kind.namespaced ? [parameter('namespace', 'path', isV3)] : [];
  const path = basePath(served);
  return {
    [path]: { ...collection, ...(within.length > 0 && { parameters: within }) },
    [`${path}/{name}`]: { ...item, parameters: [...within, parameter('name', 'path', isV3)] },
  };
}
