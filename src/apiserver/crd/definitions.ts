import { Condition } from '../../sim/sync.ts';
import { customKind, customVersion } from './custom-version.ts';
import { deleteObject } from '../verbs/delete.ts';
import { Finished } from '../objects.ts';
import { hasCondition, namedStatus, withCondition } from './naming.ts';
import { internalCall } from '../internal-call.ts';
import { isApiError } from '../../api/status.ts';
import { Resource, type Served } from '../resource.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import type { CustomResourceDefinition, DefinitionVersion } from '../../api/custom/definition-types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ServerContext } from '../server-context.ts';

export const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const CLEANUP_RETRY_MS = 500;

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
    const enqueue = (name: string): void => {
      this.pending.add(name);
      this.arrival.notify();
    };
    cache.watch(
      {},
      {
        notify: ({ before, after }) => {
          const { name = '' } = (after ?? before)!.metadata!;
          // What is served follows at once; statuses and clearing up take writes and come later.
          this.follow(name, after as CustomResourceDefinition | undefined);
          enqueue(name);
        },
        lost: () => {
          for (const definition of cache.list()) enqueue(definition.metadata!.name!);
        },
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
    for (const definition of this.definitions.cache.list()) {
      this.follow(definition.metadata!.name!, definition as CustomResourceDefinition);
      this.pending.add(definition.metadata!.name!);
    }
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
    if (!namedStatus(definition, all, this.server.kernel.timestamp())) return;
    yield* this.update(name, (current) => {
      const status = namedStatus(current, all, this.server.kernel.timestamp());
      return status ? { ...current, status } : current;
    });
  }

  private *update(name: string, change: (current: CustomResourceDefinition) => KubeObject | Finished): Task<void> {
    try {
      yield* this.server.objects.update(this.definitions, '', name, function* (current) {
        return change(current as CustomResourceDefinition);
      });
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
  }

  /** Serves the versions of a definition, or stops serving it. */
  private follow(name: string, definition: CustomResourceDefinition | undefined): void {
    const before = this.registered.get(name);
    if (!definition || !hasCondition(definition, 'Established')) {
      if (before) this.unregister(name, before);
      return;
    }
    if (
      before &&
      before.definition.spec === definition.spec &&
      before.definition.status?.acceptedNames === definition.status?.acceptedNames
    )
      return;
    this.register(name, definition, before);
  }

  private register(name: string, definition: CustomResourceDefinition, before: Registration | undefined): void {
    const { resources } = this.server;
    const { versions } = definition.spec;
    const storage = customVersion(
      definition,
      versions.find((version) => version.storage)!,
    );
    let resource = before?.resource;
    if (resource) resource.behaviour = storage.behaviour;
    else {
      resource = new Resource(storage.kind, storage.behaviour);
      this.server.feed.attach(resource.name, resource.cache);
      this.server.group.spawn(`load ${name}`, this.load(resource));
    }
    for (const served of before?.served ?? []) resources.remove(served);
    const served = versions
      .filter((version) => version.served)
      .map((version) => servedVersion(definition, version, resource!, storage.kind.apiVersion));
    for (const one of served) resources.add(one);
    resources.addStored(resource);
    this.registered.set(name, { definition, resource, served });
  }

  /** What the store holds already, when a server starts or a definition comes back. */
  private *load(resource: Resource): Task<void> {
    const { items, revision } = yield* this.server.store.range(resource.prefix);
    if (items.length > 0)
      resource.cache.reset(
        items.map((kv) => [kv.key, kv.value as KubeObject] as const),
        revision,
      );
  }

  private unregister(name: string, { resource, served }: Registration): void {
    for (const one of served) this.server.resources.remove(one);
    this.server.resources.removeStored(resource);
    this.server.feed.detach(resource.name);
    this.registered.delete(name);
  }

  /** Deletes all objects of a definition that goes, then lets it go (pkg/controller/finalizer/crd_finalizer.go). */
  private *clear(name: string): Task<void> {
    const { server } = this;
    const registration = this.registered.get(name);
    if (registration) {
      const { resource } = registration;
      const { group, version, resource: plural } = resource.kind;
      for (;;) {
        yield* server.feed.fresh();
        const left = resource.cache.list();
        if (left.length === 0) break;
        for (const object of left) {
          if (object.metadata!.deletionTimestamp) continue;
          const { namespace = '', name: objectName = '' } = object.metadata!;
          const call = internalCall({ verb: 'delete', group, version, resource: plural, namespace, name: objectName });
          yield* ignoringNotFound(deleteObject(server, call, resource, namespace, objectName, { dryRun: false }));
        }
        yield* sleep(CLEANUP_RETRY_MS);
      }
    }
    const now = server.kernel.timestamp();
    yield* this.update(name, (current) => {
      const { finalizers: present = [], ...metadata } = current.metadata!;
      const finalizers = present.filter((finalizer) => finalizer !== CLEANUP);
      const conditions = withCondition(
        current.status?.conditions ?? [],
        { type: 'Terminating', status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' },
        now,
      );
      const next = {
        ...current,
        metadata: { ...metadata, ...(finalizers.length > 0 && { finalizers }) },
        status: { ...current.status, conditions },
      };
      return finalizers.length > 0 ? next : new Finished(next);
    });
    this.clearing.delete(name);
  }
}

function* ignoringNotFound(task: Task<unknown>): Task<void> {
  try {
    yield* task;
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

function servedVersion(definition: CustomResourceDefinition, version: DefinitionVersion, resource: Resource, storedAs: string): Served {
  const { kind, behaviour, decode } = customVersion(definition, version);
  const relabel =
    (apiVersion: string) =>
    (object: KubeObject): KubeObject =>
      object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  return {
    kind,
    resource,
    behaviour,
    writing: behaviour,
    type: undefined,
    decode,
    isStorageVersion: kind.apiVersion === storedAs,
    fromStorage: relabel(kind.apiVersion),
    toStorage: relabel(storedAs),
    scale: version.subresources?.scale,
    schema: version.schema?.openAPIV3Schema,
    deprecation: deprecationOf(definition, version),
  };
}

function deprecationOf(definition: CustomResourceDefinition, version: DefinitionVersion): string | undefined {
  if (!version.deprecated) return undefined;
  if (version.deprecationWarning) return version.deprecationWarning;
  const { apiVersion, kind } = customKind(definition, version);
  const current = definition.spec.versions
    .filter((other) => other.served && !other.deprecated)
    .map(({ name }) => name)
    .sort(comparePriority)
    .find((name) => comparePriority(name, version.name) < 0);
  return `${apiVersion} ${kind} is deprecated${current ? `; use ${definition.spec.group}/${current} ${kind}` : ''}`;
}

/** v2, v1, v1beta2, v1beta1, v1alpha1, then others by name (apimachinery version.CompareKubeAwareVersionStrings). */
export function comparePriority(a: string, b: string): number {
  const read = (name: string): [number, number, number] | undefined => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
    return match ? [match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0, Number(match[1]), Number(match[3] ?? 0)] : undefined;
  };
  const left = read(a);
  const right = read(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return right[i]! - left[i]!;
  return 0;
}
