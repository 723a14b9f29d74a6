import { BUILTIN_KINDS } from '../../api/kind.ts';
import { ORIGINAL_NAME, type Generated } from './generators.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Kustomization } from './build.ts';

type Tree = Record<string, unknown>;

/** Everything a kustomization does to all of its objects: names, namespaces, labels, images, replicas. */
export function transformed(objects: readonly KubeObject[], kustomization: Kustomization): KubeObject[] {
  const { images = [], replicas = [] } = kustomization;
  let result = objects.map((object) => withReplicas(withImages(object, images), replicas));
  result = result.map((object) => withLabels(object, kustomization));
  result = result.map((object) => withAnnotations(object, kustomization.commonAnnotations));
  return withNames(result, objects, kustomization);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of a tree in which `change` has answered for each map; deepest first. */
function mapTrees(value: unknown, change: (tree: Tree, key: string) => Tree, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTrees(item, change, key));
  if (!isTree(value)) return value;
  const copy: Tree = {};
  for (const [name, inner] of Object.entries(value)) copy[name] = mapTrees(inner, change, name);
  return change(copy, key);
}

function withImages(object: KubeObject, images: NonNullable<Kustomization['images']>): KubeObject {
  if (images.length === 0) return object;
  return mapTrees(object, (tree, key) => {
    if ((key !== 'containers' && key !== 'initContainers') || typeof tree.image !== 'string') return tree;
    const [, name = '', rest = ''] = /^(.*?)((?::[^/:@]+)?(?:@.+)?)$/.exec(tree.image) ?? [];
    const image = images.find((one) => one.name === name);
    if (!image) return tree;
    const suffix = image.digest ? `@${image.digest}` : image.newTag ? `:${image.newTag}` : rest;
    return { ...tree, image: `${image.newName ?? name}${suffix}` };
  }) as KubeObject;
}

const SCALABLE = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet']);

function withReplicas(object: KubeObject, replicas: NonNullable<Kustomization['replicas']>): KubeObject {
  const entry = SCALABLE.has(object.kind ?? '') ? replicas.find(({ name }) => name === object.metadata?.name) : undefined;
  return entry ? { ...object, spec: { ...object.spec, replicas: entry.count } } : object;
}

function withLabels(object: KubeObject, { commonLabels, labels = [] }: Kustomization): KubeObject {
  let result = object;
  const all = [...labels, ...(commonLabels ? [{ pairs: commonLabels, includeSelectors: true, includeTemplates: true }] : [])];
  for (const { pairs, includeSelectors = false, includeTemplates = includeSelectors } of all) {
    result = { ...result, metadata: { ...result.metadata, labels: { ...result.metadata?.labels, ...pairs } } };
    if (includeTemplates || includeSelectors) result = { ...result, spec: labelledSpec(result, pairs, includeSelectors) };
    if (result.spec === undefined) delete result.spec;
  }
  return result;
}

function labelledSpec({ kind = '', spec }: KubeObject, pairs: Readonly<Record<string, string>>, selectors: boolean): unknown {
  if (!isTree(spec)) return spec;
  const copy: Tree = { ...spec };
  if (isTree(copy.template)) {
    const template = copy.template;
    const metadata = (template.metadata ?? {}) as Tree;
    copy.template = { ...template, metadata: { ...metadata, labels: { ...(metadata.labels as Tree), ...pairs } } };
  }
  if (selectors && (kind === 'Service' || kind === 'ReplicationController') && isTree(copy.selector))
    copy.selector = { ...copy.selector, ...pairs };
  else if (selectors && isTree(copy.selector) && isTree(copy.selector.matchLabels))
    copy.selector = { ...copy.selector, matchLabels: { ...copy.selector.matchLabels, ...pairs } };
  return copy;
}

function withAnnotations(object: KubeObject, annotations: Kustomization['commonAnnotations']): KubeObject {
  if (!annotations) return object;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, ...annotations } } };
}

const UNNAMED = new Set(['Namespace', 'CustomResourceDefinition', 'APIService']);
const CLUSTER_SCOPED = new Set(
  [...BUILTIN_KINDS.values()].filter(({ namespaced }) => !namespaced).map(({ apiVersion, kind }) => `${apiVersion}/${kind}`),
);

/** New names, and the same in whatever refers to them. */
function withNames(
  objects: readonly KubeObject[],
  originals: readonly KubeObject[],
  { namePrefix = '', nameSuffix = '', namespace }: Kustomization,
): KubeObject[] {
  const renamed = new Map<string, string>();
  const result = objects.map((object, at): KubeObject => {
    const before = object.metadata?.name ?? '';
    const original = (originals[at] as Generated)[ORIGINAL_NAME] ?? (originals[at]?.metadata?.name || before);
    const name = UNNAMED.has(object.kind ?? '') ? before : `${namePrefix}${before}${nameSuffix}`;
    if (name !== original) {
      renamed.set(`${object.kind}/${original}`, name);
      renamed.set(`${object.kind}/${before}`, name);
    }
    const inNamespace = namespace !== undefined && !CLUSTER_SCOPED.has(`${object.apiVersion}/${object.kind}`);
    return { ...object, metadata: { ...object.metadata, name, ...(inNamespace && { namespace }) } };
  });
  if (renamed.size === 0) return result;
  return result.map((object) => mapTrees(object, (tree, key) => withReferences(tree, key, renamed)) as KubeObject);
}

/** Fields that name another object, by the key of the map they stand in. */
const REFERENCES: Readonly<Record<string, readonly [field: string, kind: string]>> = {
  configMap: ['name', 'ConfigMap'],
  configMapRef: ['name', 'ConfigMap'],
  configMapKeyRef: ['name', 'ConfigMap'],
  secret: ['secretName', 'Secret'],
  secretRef: ['name', 'Secret'],
  secretKeyRef: ['name', 'Secret'],
  imagePullSecrets: ['name', 'Secret'],
  tls: ['secretName', 'Secret'],
  persistentVolumeClaim: ['claimName', 'PersistentVolumeClaim'],
  service: ['name', 'Service'],
};

function withReferences(tree: Tree, key: string, renamed: ReadonlyMap<string, string>): Tree {
  const reference = REFERENCES[key];
  const change = (field: string, kind: string): Tree => {
    const name = tree[field];
    const after = typeof name === 'string' ? renamed.get(`${kind}/${name}`) : undefined;
    return after === undefined ? tree : { ...tree, [field]: after };
  };
  if (reference) return change(...reference);
  if (key === 'scaleTargetRef' || key === 'roleRef' || (key === 'subjects' && tree.kind === 'ServiceAccount'))
    return change('name', String(tree.kind));
  if (typeof tree.serviceAccountName === 'string') return change('serviceAccountName', 'ServiceAccount');
  if (key === 'spec' && typeof tree.serviceName === 'string') return change('serviceName', 'Service');
  return tree;
}
