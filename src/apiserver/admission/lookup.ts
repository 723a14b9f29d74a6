import type { KubeObject } from '../../api/object.ts';
import type { Resources } from '../resource.ts';

/** What admission plugins know of other objects: the caches, as their informers would. */
export interface Lookup {
  get(groupResource: string, namespace: string, name: string): KubeObject | undefined;
  list(groupResource: string, namespace?: string): KubeObject[];
}

export function cacheLookup(resources: Resources): Lookup {
  return {
    get(groupResource, namespace, name) {
      const resource = resources.byName(groupResource);
      return resource?.cache.get(resource.cacheKey(namespace, name));
    },
    list: (groupResource, namespace) => resources.byName(groupResource)?.cache.list(namespace) ?? [],
  };
}
