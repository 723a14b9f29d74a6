import samples from '../api/testdata/defaults.json' with { type: 'json' };
import { BUILTIN_KINDS, type Kind } from '../api/kind.ts';
import type { HttpRequest } from '../net/http.ts';
import type { Rng } from '../sim/rng.ts';

/** A request whose body is still a value, so that it can be changed before it is written. */
export interface Draft {
  method: string;
  path: string;
  query: [string, string][];
  headers: Record<string, string>;
  body: unknown;
}

interface Sample {
  readonly kind: Kind;
  readonly manifest: Readonly<Record<string, unknown>>;
}

const NAMESPACE = 'fuzz';

const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'Never' } };
const DEPLOYMENT = {
  kind: 'Deployment',
  metadata: { name: 'x' },
  spec: { selector: { matchLabels: { app: 'x' } }, template: { ...TEMPLATE, spec: { containers: TEMPLATE.spec.containers } } },
};
const AUTOSCALER = {
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'x' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' }, maxReplicas: 3 },
};
const CRON_JOB = {
  kind: 'CronJob',
  metadata: { name: 'x' },
  spec: { schedule: '* * * * *', jobTemplate: { spec: { template: TEMPLATE } } },
};

/** Beside the recorded ones. */
const MORE = [
  { name: 'batch/v1/Job', manifest: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { template: TEMPLATE } } },
  {
    name: 'v1/PersistentVolume',
    manifest: {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'x' },
      spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } },
    },
  },
  { name: 'autoscaling/v1/HorizontalPodAutoscaler', manifest: { apiVersion: 'autoscaling/v1', ...AUTOSCALER } },
];

/** Old versions, with where they are served. */
const OLD: readonly (readonly [string, object])[] = [
  ['/apis/extensions/v1beta1/namespaces/fuzz/deployments', { apiVersion: 'extensions/v1beta1', ...DEPLOYMENT }],
  ['/apis/apps/v1beta1/namespaces/fuzz/deployments', { apiVersion: 'apps/v1beta1', ...DEPLOYMENT }],
  ['/apis/apps/v1beta2/namespaces/fuzz/deployments', { apiVersion: 'apps/v1beta2', ...DEPLOYMENT }],
  ['/apis/batch/v1beta1/namespaces/fuzz/cronjobs', { apiVersion: 'batch/v1beta1', ...CRON_JOB }],
  ['/apis/autoscaling/v2beta2/namespaces/fuzz/horizontalpodautoscalers', { apiVersion: 'autoscaling/v2beta2', ...AUTOSCALER }],
];

/** A valid manifest of every kind that has one. */
export const SAMPLES: readonly Sample[] = [...samples, ...MORE].flatMap(({ name, manifest }) => {
  const at = name.lastIndexOf('/');
  const kind = [...BUILTIN_KINDS.values()].find(
    (each) => each.apiVersion === name.slice(0, at) && each.kind === name.slice(at + 1).split(' ')[0],
  );
  return kind?.verbs.includes('create') && kind.verbs.includes('get') ? [{ kind, manifest: manifest as Sample['manifest'] }] : [];
});

const REVIEWS: readonly (readonly [string, unknown])[] = [
  [
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    { spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: NAMESPACE } } },
  ],
  [
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    { spec: { user: 'jane', groups: ['a'], nonResourceAttributes: { path: '/healthz', verb: 'get' } } },
  ],
  ['/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: NAMESPACE } }],
  ['/apis/authentication.k8s.io/v1/tokenreviews', { spec: { token: 'abc' } }],
  ['/apis/authentication.k8s.io/v1/selfsubjectreviews', {}],
];

const STRANGE: readonly unknown[] = [
  null,
  0,
  -1,
  1,
  3.5,
  1e30,
  2 ** 31,
  '',
  ' ',
  'x',
  'Ünïcode',
  'a'.repeat(300),
  '1',
  '-5',
  'true',
  true,
  false,
  [],
  {},
  [null],
  [{}],
  { a: 1 },
  '{{',
  '../..',
  '99999999999999999999',
  '10m',
  '1Gi',
  '25%',
  '2026-01-01T00:00:00Z',
];
const TYPES = [
  'application/json',
  'application/yaml',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
  'application/json; charset=utf-8',
  'application/vnd.kubernetes.protobuf',
  'text/plain',
  '',
  ';;',
  '*/*',
];
const ACCEPTS = [
  'application/json',
  '*/*',
  '',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
  'text/html',
  'application/json;as=Nothing;v=v9;g=x',
  ';q=,,=',
];
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  dryRun: ['All', 'None', '', 'all'],
  fieldManager: ['me', '', 'a'.repeat(129), '\u0000', 'ü'],
  fieldValidation: ['Strict', 'Warn', 'Ignore', 'strict', ''],
  force: ['true', 'false', 'maybe', ''],
  limit: ['1', '0', '-1', 'x', '99999999999999999999'],
  continue: ['x', 'eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0', ''],
  resourceVersion: ['0', '1', 'abc', '-1', '99999999', ''],
  resourceVersionMatch: ['Exact', 'NotOlderThan', 'Never', ''],
  labelSelector: ['a=b', 'a in (b,c)', '!a', 'a>1', '=', 'a in (', 'a==b,', 'ü=1', ','],
  fieldSelector: ['metadata.name=x', 'spec.nodeName=', 'status.phase!=Running', 'nope=1', '=', 'metadata.name', 'a\\'],
  watch: ['true', '1', 'false', 'maybe', ''],
  allowWatchBookmarks: ['true', 'x'],
  sendInitialEvents: ['true', 'false', 'x'],
  timeoutSeconds: ['1', '0', '-1', 'x', '99999999999'],
  gracePeriodSeconds: ['0', '1', '-1', 'x'],
  propagationPolicy: ['Orphan', 'Background', 'Foreground', 'orphan', ''],
  orphanDependents: ['true', 'x'],
  pretty: ['true', 'x'],
  includeObject: ['None', 'Object', 'Metadata', 'x'],
  container: ['c', 'none'],
  tailLines: ['1', '-1', 'x'],
  follow: ['false', 'x'],
  nope: ['1'],
};
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'BREW'];
const SEGMENTS = [
  '',
  'x',
  'pods',
  'status',
  'scale',
  'log',
  'exec',
  'proxy',
  'eviction',
  'binding',
  'token',
  'finalize',
  'namespaces',
  'watch',
  'v1',
  'v2',
  'apps',
  'api',
  'apis',
  '..',
  '%',
  'Ü',
  'a'.repeat(300),
  'nope',
];

export function collectionOf(kind: Kind): string {
  const root = kind.group ? `/apis/${kind.apiVersion}` : `/api/${kind.version}`;
  return kind.namespaced ? `${root}/namespaces/${NAMESPACE}/${kind.resource}` : `${root}/${kind.resource}`;
}

function patchOf(rng: Rng, manifest: Sample['manifest'], headers: Record<string, string>): unknown {
  switch (rng.int(0, 3)) {
    case 0:
      headers['content-type'] = 'application/merge-patch+json';
      return { ...manifest, metadata: { labels: { a: 'b' } } };
    case 1:
      headers['content-type'] = 'application/strategic-merge-patch+json';
      return { ...manifest, metadata: { annotations: { a: 'b' } } };
    case 2:
      headers['content-type'] = 'application/apply-patch+yaml';
      return manifest;
    default:
      headers['content-type'] = 'application/json-patch+json';
      return [
        { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
        { op: 'test', path: '/metadata/labels/a', value: 'b' },
        { op: 'copy', from: '/metadata/labels', path: '/metadata/annotations' },
      ];
  }
}

/** A request that a client might well send. */
export function validRequest(rng: Rng): Draft {
  const headers: Record<string, string> = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'fuzz' };
  if (rng.chance(1, 25)) {
    const [path, body] = rng.pick(REVIEWS);
    return { method: 'POST', path, query: [], headers, body };
  }
  if (rng.chance(1, 25)) {
    const [path, body] = rng.pick(OLD);
    return rng.chance(1, 2)
      ? { method: 'POST', path, query: [], headers, body }
      : { method: rng.pick(['PUT', 'GET', 'DELETE']), path: `${path}/x`, query: [], headers, body };
  }
  const { kind, manifest } = rng.pick(SAMPLES);
  const collection = collectionOf(kind);
  // Where a name means something, only one will do.
  const given = (manifest['metadata'] as { name: string }).name;
  const name = given === 'x' ? rng.pick(['one', 'two', 'three']) : given;
  const body = { ...manifest, metadata: { ...(manifest['metadata'] as object), name } };
  const one = `${collection}/${name}`;
  switch (rng.int(0, 11)) {
    case 0:
      return { method: 'GET', path: one, query: [], headers, body: undefined };
    case 1:
      return { method: 'GET', path: collection, query: rng.chance(1, 2) ? [['limit', '2']] : [], headers, body: undefined };
    case 2:
      return { method: 'GET', path: collection, query: [['watch', 'true']], headers, body: undefined };
    case 3:
      return {
        method: 'DELETE',
        path: one,
        query: [],
        headers,
        body: rng.chance(1, 2)
          ? undefined
          : { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', gracePeriodSeconds: 0 },
      };
    case 4:
      return { method: 'PUT', path: one, query: [], headers, body };
    case 5:
    case 6: {
      const patch = patchOf(rng, body, headers);
      const isApply = headers['content-type'] === 'application/apply-patch+yaml';
      return { method: 'PATCH', path: one, query: isApply ? [['fieldManager', rng.pick(['me', 'you'])]] : [], headers, body: patch };
    }
    case 7:
      return subresourceRequest(rng, kind, one, body, headers);
    default:
      return { method: 'POST', path: collection, query: [], headers, body };
  }
}

function subresourceRequest(rng: Rng, kind: Kind, one: string, body: object, headers: Record<string, string>): Draft {
  const names = Object.keys(kind.subresources);
  const subresource = names.length > 0 ? rng.pick(names) : 'status';
  const path = `${one}/${subresource}`;
  const metadata = { name: 'one' };
  switch (subresource) {
    case 'scale':
      return {
        method: 'PUT',
        path,
        query: [],
        headers,
        body: { kind: 'Scale', apiVersion: 'autoscaling/v1', metadata, spec: { replicas: 2 } },
      };
    case 'eviction':
      return { method: 'POST', path, query: [], headers, body: { kind: 'Eviction', apiVersion: 'policy/v1', metadata } };
    case 'binding':
      return {
        method: 'POST',
        path,
        query: [],
        headers,
        body: { kind: 'Binding', apiVersion: 'v1', metadata, target: { kind: 'Node', name: 'one' } },
      };
    case 'token':
      return {
        method: 'POST',
        path,
        query: [],
        headers,
        body: { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', spec: { audiences: ['a'], expirationSeconds: 600 } },
      };
    default:
      return {
        method: rng.pick(['PUT', 'GET', 'PATCH']),
        path,
        query: [],
        headers: { ...headers, 'content-type': 'application/merge-patch+json' },
        body,
      };
  }
}

/** Copies `value` with one thing changed, somewhere inside. */
function mutatedValue(rng: Rng, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || rng.chance(1, 12)) return rng.pick(STRANGE);
  if (Array.isArray(value)) {
    const copy = [...(value as unknown[])];
    const at = copy.length > 0 ? rng.int(0, copy.length - 1) : 0;
    switch (rng.int(0, 5)) {
      case 0:
        copy.push(copy.length > 0 ? copy[at] : rng.pick(STRANGE));
        return copy;
      case 1:
        copy.splice(at, 1);
        return copy;
      default:
        copy[at] = mutatedValue(rng, copy[at]);
        return copy;
    }
  }
  const copy: Record<string, unknown> = { ...(value as object) };
  const keys = Object.keys(copy);
  if (keys.length === 0 || rng.chance(1, 15)) {
    copy[
      rng.pick([
        'nope',
        'name',
        'spec',
        'items',
        '__proto__',
        '',
        'uid',
        'resourceVersion',
        'finalizers',
        'ownerReferences',
        'managedFields',
        '$patch',
        '$setElementOrder/containers',
        'generateName',
        'deletionTimestamp',
      ])
    ] = rng.pick(STRANGE);
    return copy;
  }
  const key = rng.pick(keys);
  if (rng.chance(1, 10)) delete copy[key];
  else copy[key] = mutatedValue(rng, copy[key]);
  return copy;
}

function mutatedText(rng: Rng, text: string): string {
  const at = rng.int(0, text.length);
  switch (rng.int(0, 4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + rng.pick(['"', '{', '}', ',', '\u0000', '\n', '\\', '\ud800', '1', '- a: b']) + text.slice(at);
    case 2:
      return text.slice(0, at) + text.slice(at + rng.int(1, 20));
    case 3:
      return rng.pick(['', 'null', '[]', '{}', '"x"', '1', '{"kind":1}', '{"a":1,"a":2}', '[[[[[[', 'a: b', '--- \n- x', '&a [*a]']);
    default:
      return text.replace(/"([a-z]+)":/i, '"$1":1,"$1":');
  }
}

/** The request as text, with up to three things changed. */
export function mutated(rng: Rng, draft: Draft): HttpRequest {
  const next: Draft = { ...draft, query: [...draft.query], headers: { ...draft.headers } };
  let text: string | undefined;
  const changes = rng.int(1, 3);
  for (let i = 0; i < changes; i++) {
    switch (rng.int(0, 9)) {
      case 0: {
        const name = rng.pick(Object.keys(PARAMETERS));
        next.query.push([name, rng.pick(PARAMETERS[name]!)]);
        break;
      }
      case 1:
        next.headers['content-type'] = rng.pick(TYPES);
        break;
      case 2:
        next.headers[rng.chance(1, 4) ? 'authorization' : 'accept'] = rng.pick(ACCEPTS);
        break;
      case 3:
        if (rng.chance(1, 3)) next.method = rng.pick(METHODS);
        else next.path = mutatedPath(rng, next.path);
        break;
      case 4:
        text = mutatedText(rng, text ?? (next.body === undefined ? '' : JSON.stringify(next.body)));
        break;
      default:
        next.body = mutatedValue(rng, next.body);
        break;
    }
  }
  const body = text ?? (next.body === undefined ? undefined : JSON.stringify(next.body));
  return { method: next.method, path: next.path, query: next.query, headers: next.headers, ...(body !== undefined && { body }) };
}

function mutatedPath(rng: Rng, path: string): string {
  const parts = path.split('/');
  const at = rng.int(1, parts.length - 1);
  if (rng.chance(1, 4)) parts.splice(at, 1);
  else if (rng.chance(1, 3)) parts.splice(at, 0, rng.pick(SEGMENTS));
  else parts[at] = rng.pick(SEGMENTS);
  return parts.join('/');
}
