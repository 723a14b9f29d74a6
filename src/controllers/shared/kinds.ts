import { API_GROUPS, BUILTIN_KINDS, builtin, type Kind } from '../../api/kind.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole } from 'kubernetes-types/rbac/v1';
import type { StorageClass } from 'kubernetes-types/storage/v1';

export type { ClusterRole, HorizontalPodAutoscaler, PodDisruptionBudget, StorageClass };

export const POD_DISRUPTION_BUDGETS = builtin<PodDisruptionBudget>('policy/v1', 'poddisruptionbudgets');
export const HORIZONTAL_POD_AUTOSCALERS = builtin<HorizontalPodAutoscaler>('autoscaling/v2', 'horizontalpodautoscalers');
export const CLUSTER_ROLES = builtin<ClusterRole>('rbac.authorization.k8s.io/v1', 'clusterroles');
export const STORAGE_CLASSES = builtin<StorageClass>('storage.k8s.io/v1', 'storageclasses');

/** A CustomResourceDefinition as far as controllers read it. */
export interface CustomResourceDefinition extends KubeObject {
  spec?: {
    group: string;
    scope: 'Namespaced' | 'Cluster';
    names: { plural: string; singular?: string; kind: string; shortNames?: string[]; categories?: string[] };
    versions: { name: string; served: boolean; storage: boolean }[];
  };
}

export const CUSTOM_RESOURCE_DEFINITIONS = builtin<CustomResourceDefinition>('apiextensions.k8s.io/v1', 'customresourcedefinitions');

/** Built-in kinds in their groups' preferred version, whose objects can be listed, watched and deleted; events once, in the core group. */
export function storableKinds(): Kind[] {
  const preferred = new Map(API_GROUPS.map((group) => [group.name, group.preferredVersion]));
  const kinds: Kind[] = [];
  for (const kind of BUILTIN_KINDS.values()) {
    if (preferred.has(kind.group) && preferred.get(kind.group) !== kind.version) continue;
    if (kind.group === 'events.k8s.io') continue;
    if (['list', 'watch', 'delete'].every((verb) => kind.verbs.includes(verb))) kinds.push(kind);
  }
  return kinds;
}

/** The kind that a definition defines, in the version it stores; undefined while it serves none. */
export function customKind(definition: Stored<CustomResourceDefinition>): Kind | undefined {
  const { spec } = definition;
  const version = spec?.versions.find((each) => each.storage && each.served) ?? spec?.versions.find((each) => each.served);
  if (!spec || !version) return undefined;
  return {
    group: spec.group,
    version: version.name,
    apiVersion: `${spec.group}/${version.name}`,
    kind: spec.names.kind,
    resource: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === 'Namespaced',
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    subresources: {},
  };
}
