import { groupResource, type Kind } from '../api/kind.ts';
import { REGISTRY } from './feed.ts';
import { WatchCache } from './watch-cache.ts';
import type { ResourceHooks } from './hooks.ts';
import type { KubeObject } from '../api/object.ts';
import type { TypeSchema } from '../api/schema.ts';
import type { Behaviour } from '../api/behaviour.ts';

/** A stored resource: one place in the store, one cache, one behaviour, served in one version or more. */
export class Resource {
  /** The kind in its storage version. */
  readonly kind: Kind;
  /** `pods`, `deployments.apps`. */
  readonly name: string;
  /** `/registry/deployments.apps/`. */
  readonly prefix: string;
  readonly behaviour: Behaviour;
  readonly cache: WatchCache;
  /** Set while the server is built. */
  hooks: ResourceHooks = {};

  constructor(kind: Kind, behaviour: Behaviour) {
    this.kind = kind;
    this.name = groupResource(kind);
    this.prefix = `${REGISTRY}${this.name}/`;
    this.behaviour = behaviour;
    this.cache = new WatchCache(Object.fromEntries(behaviour.indexedFields.map((field) => [field, behaviour.selectableFields[field]!])));
  }

  get group(): string {
    return this.kind.group;
  }

  get resource(): string {
    return this.kind.resource;
  }

  get namespaced(): boolean {
    return this.kind.namespaced;
  }

  /** `namespace/name`, or the bare name: the key in the cache. */
  cacheKey(namespace: string, name: string): string {
    return this.kind.namespaced ? `${namespace}/${name}` : name;
  }

  storeKey(namespace: string, name: string): string {
    return this.prefix + this.cacheKey(namespace, name);
  }
}

/** A resource as one version serves it. */
export interface Served {
  readonly kind: Kind;
  readonly resource: Resource;
  /** Of the kind in this version: its columns and rows. */
  readonly behaviour: Behaviour;
  /** Undefined for custom resources. */
  readonly type: TypeSchema | undefined;
  /** Whether it is the storage version: conversions are the identity. */
  readonly isStorageVersion: boolean;
  fromStorage(object: KubeObject): KubeObject;
  toStorage(object: KubeObject): KubeObject;
  /** Makes a body that was sent in an old version one of the current version, before it is decoded. */
  upgrade?(object: KubeObject): KubeObject;
  /** Sent as a Warning with every answer. */
  readonly deprecation?: string;
}

/** Everything served, by place. */
export class Resources {
  private readonly served = new Map<string, Served>();
  private readonly stored = new Map<string, Resource>();

  add(served: Served): void {
    const { group, version, resource } = served.kind;
    this.served.set(`${group}/${version}/${resource}`, served);
    this.stored.set(served.resource.name, served.resource);
  }

  remove(served: Served): void {
    const { group, version, resource } = served.kind;
    this.served.delete(`${group}/${version}/${resource}`);
  }

  find(group: string, version: string, resource: string): Served | undefined {
    return this.served.get(`${group}/${version}/${resource}`);
  }

  /** By `deployments.apps`. */
  byName(groupResourceName: string): Resource | undefined {
    return this.stored.get(groupResourceName);
  }

  all(): IterableIterator<Served> {
    return this.served.values();
  }
}
