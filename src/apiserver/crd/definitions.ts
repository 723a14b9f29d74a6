import { Condition } from '../../sim/sync.ts';
import { CLEANUP, DEFINITIONS } from './identity.ts';
import { comparePriority } from './version-priority.ts';
import { customVersion, servedVersion } from './custom-version.ts';
import { clearObjects } from './clear-objects.ts';
import { hasCondition, namedStatus } from './naming.ts';
import { ApiError, isApiError } from '../../api/status.ts';
import { Resource, type Served } from '../resource.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { StoreUnavailable } from '../../etcd/store.ts';
import type { CustomResourceDefinition } from '../../api/custom/definition-types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ServerContext } from '../server-context.ts';

const RETRY_MS = 1_000;

interface Registration {
  readonly definition: CustomResourceDefinition;
  readonly resource: Resource;
  readonly served: readonly Served[];
}

/** Serves custom resources as their definitions say, grants names, and clears up when a definition goes. */
export class Definitions {
  private readonly server: ServerContext;
  private readonly registered = new Map<string, Registration>();
  private readonly pending = new Set<string>();
  private readonly arrival = new Condition();
  private readonly clearing = new Set<string>();

  constructor(server: ServerContext) {
    this.server = server;
    const { cache } = this.definitions;
    cache.watch(
      {},
      {
        notify: ({ before, after }) => {
          const { name = '' } = (after ?? before)!.metadata!;
          // What is served follows at once; statuses and clearing up take writes and come later.
          this.follow(name, after as CustomResourceDefinition | undefined);
          // Names that became free, or were granted, concern the others of the group.
          for (const other of cache.list())
            if (other.spec?.group === (after ?? before)!.spec?.group) this.pending.add(other.metadata!.name!);
          this.arrival.notify();
        },
        lost: () => this.readAll(),
      },
    );
  }

  /** Groups of custom resources with the versions that are served, the preferred one first. */
  groups(): { group: string; versions: string[] }[] {
    const groups = new Map<string, Set<string>>();
    for (const { served } of this.registered.values()) {
      for (const { kind } of served) {
        let versions = groups.get(kind.group);
        if (!versions) groups.set(kind.group, (versions = new Set()));
        versions.add(kind.version);
      }
    }
    return [...groups].map(([group, versions]) => ({ group, versions: [...versions].sort(comparePriority) }));
  }

  /** The process that grants names and clears up. */
  *run(): Task<never> {
    yield* this.server.feed.ready();
    for (;;) {
      for (const name of this.pending) {
        this.pending.delete(name);
        yield* this.reconcile(name);
      }
      yield* this.arrival.wait();
    }
  }

  private get definitions(): Resource {
    return this.server.resources.byName(DEFINITIONS)!;
  }

  /** After the cache was filled anew: when the server starts, or when it has lost its place in history. */
  private readAll(): void {
    const present = new Set<string>();
    for (const definition of this.definitions.cache.list()) {
      const { name = '' } = definition.metadata!;
      present.add(name);
      this.follow(name, definition as CustomResourceDefinition);
      this.pending.add(name);
    }
    for (const name of [...this.registered.keys()]) if (!present.has(name)) this.follow(name, undefined);
    this.arrival.notify();
  }

  /** Brings the status of a definition up to date, or clears up behind it. Comes back to it when the store is away. */
  private *reconcile(name: string): Task<void> {
    const definition = this.definitions.cache.get(name) as CustomResourceDefinition | undefined;
    if (!definition) return;
    if (definition.metadata!.deletionTimestamp) {
      if (definition.metadata!.finalizers?.includes(CLEANUP) && !this.clearing.has(name)) {
        this.clearing.add(name);
        this.server.group.spawn(`clear ${name}`, this.clear(name));
      }
      return;
    }
    const all = this.definitions.cache.list() as CustomResourceDefinition[];
    const { kernel, objects } = this.server;
    if (!namedStatus(definition, all, kernel.timestamp())) return;
    try {
      yield* objects.update(this.definitions, '', name, function* (current): Task<KubeObject> {
        const status = namedStatus(current as CustomResourceDefinition, all, kernel.timestamp());
        return status ? { ...current, status } : current;
      });
    } catch (error) {
      yield* this.later(name, error);
    }
  }

  private *later(name: string, error: unknown): Task<void> {
    if (isApiError(error, 'NotFound')) return;
    if (!(error instanceof StoreUnavailable)) throw error;
    yield* sleep(RETRY_MS);
    this.pending.add(name);
  }

  private *clear(name: string): Task<void> {
    try {
      yield* clearObjects(this.server, this.definitions, name, this.registered.get(name)?.resource);
    } catch (error) {
      yield* this.later(name, error);
    } finally {
      this.clearing.delete(name);
      this.arrival.notify();
    }
  }

  /** Serves the versions of a definition, or stops serving it. */
  private follow(name: string, definition: CustomResourceDefinition | undefined): void {
    const before = this.registered.get(name);
    if (!definition || !hasCondition(definition, 'Established')) {
      if (before) this.unregister(name, before);
      return;
    }
    const isSame =
      before?.definition.spec === definition.spec && before.definition.status?.acceptedNames === definition.status?.acceptedNames;
    if (before && isSame && before.definition.metadata!.deletionTimestamp === definition.metadata!.deletionTimestamp) return;
    this.register(name, definition, before);
  }

  private register(name: string, definition: CustomResourceDefinition, before: Registration | undefined): void {
    const { resources, feed } = this.server;
    const versions = definition.spec.versions.map((version) => customVersion(definition, version));
    const storage = versions.find(({ version }) => version.storage)!;
    const selectableFields = Object.assign(
      {},
      ...versions.map(({ behaviour }) => behaviour.selectableFields),
    ) as typeof storage.behaviour.selectableFields;
    const behaviour = { ...storage.behaviour, selectableFields };
    const resource = before?.resource ?? new Resource(storage.kind, behaviour);
    resource.behaviour = behaviour;
    if (!before) feed.attach(resource.name, resource.cache);
    resource.hooks = definition.metadata!.deletionTimestamp ? { beginCreate: refuseCreation } : {};
    for (const served of before?.served ?? []) resources.remove(served);
    const served = versions.filter(({ version }) => version.served).map((custom) => servedVersion(definition, custom, storage, resource));
    for (const one of served) resources.add(one);
    resources.addStored(resource);
    this.registered.set(name, { definition, resource, served });
  }

  private unregister(name: string, { resource, served }: Registration): void {
    for (const one of served) this.server.resources.remove(one);
    this.server.resources.removeStored(resource);
    const left = resource.cache
      .list()
      .map((object) => [resource.storeKey(object.metadata!.namespace ?? '', object.metadata!.name!), object] as const);
    this.server.feed.detach(resource.name, left);
    this.registered.delete(name);
  }
}

function* refuseCreation(): Task<never> {
  throw new ApiError(405, 'MethodNotAllowed', 'create not allowed while custom resource definition is terminating', {});
}
