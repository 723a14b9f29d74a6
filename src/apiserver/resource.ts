import { groupResource, type Kind } from '../api/kind.ts';
import { REGISTRY } from './feed.ts';
import { WatchCache } from './watch-cache.ts';
import type { DecodeOptions, Decoded } from '../api/decode.ts';
import type { ResourceHooks } from './hooks.ts';
import type { KubeObject } from '../api/object.ts';
import type { JsonSchema } from '../api/custom/json-schema.ts';
import type { ScalePaths } from '../api/custom/definition-types.ts';
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
  /** Of a custom resource it changes with its definition. */
  behaviour: Behaviour;
  readonly cache: WatchCache;
  /** Set while the server is built. */
  hooks: ResourceHooks = {};

  constructor(kind: Kind, behaviour: Behaviour) {
    this.kind = kind;
    this.name = groupResource(kind);
    this.prefix = `${REGISTRY}${this.name}/`;
    this.behaviour = behaviour;
    this.cache = new WatchCache(
      Object.fromEntries(behaviour.indexedFields.map((field) => [field, behaviour.selectableFields[field]!])),
      this.prefix,
    );
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
  /** Reads a body as an object of the kind, in canonical form; of a version that is only kept for old manifests, as one of the current version. Throws DecodeError. */
  decode(object: KubeObject, options?: DecodeOptions): Decoded<KubeObject>;
  /** Where versions differ in more than their form, as those of custom resources do: what writes in this version go by. */
  readonly writing?: Behaviour;
  /** Set for custom resources: where their numbers of replicas stand. */
  readonly scale?: ScalePaths;
  /** Whether it is the storage version: conversions are the identity. */
  readonly isStorageVersion: boolean;
  fromStorage(object: KubeObject): KubeObject;
  toStorage(object: KubeObject): KubeObject;
  /** How field managers see the objects of a custom resource. */
  readonly managed?: TypeSchema;
  /** The schema of a custom resource in this version. */
  readonly schema?: JsonSchema;
  /** Served for old manifests, and not named by discovery. */
  readonly isHidden?: boolean;
  /** Sent as a Warning with every answer. */
  readonly deprecation?: string;
}

/** What writes in a version go by. */
export function writing(served: Served): Behaviour {
  return served.writing ?? served.resource.behaviour;
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

  /** Makes a resource known by its name, for custom ones without a served version. */
  addStored(resource: Resource): void {
    this.stored.set(resource.name, resource);
  }

  removeStored(resource: Resource): void {
    this.stored.delete(resource.name);
  }

  /** Whether anything is served in a version of a group. */
  hasVersion(group: string, version: string): boolean {
    for (const { kind } of this.served.values()) if (kind.group === group && kind.version === version) return true;
    return false;
  }

  /** By `deployments.apps`. */
  byName(groupResourceName: string): Resource | undefined {
    return this.stored.get(groupResourceName);
  }

  all(): IterableIterator<Served> {
    return this.served.values();
  }
}
