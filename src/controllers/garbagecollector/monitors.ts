import { objectKey, type KubeObject, type OwnerReference, type Stored } from '../../api/object.ts';
import { splitApiVersion, type Kind } from '../../api/kind.ts';
import { indexByOwner, OWNER_INDEX } from '../shared/ownership.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, customKind, storableKinds } from '../shared/kinds.ts';
import type { Informer, InformerFactory } from '../../client/informer.ts';

/** An object together with its kind. */
export interface Found {
  readonly kind: Kind;
  readonly object: Stored<KubeObject>;
}

export interface MonitorHandler {
  changed(kind: Kind, before: Stored<KubeObject> | undefined, after: Stored<KubeObject>): void;
  deleted(kind: Kind, object: Stored<KubeObject>): void;
}

/**
 * Watches every kind that can own or be owned. The graph is the informers' own indexes by owner uid,
 * so it costs no memory beyond them.
 */
export class Monitors {
  private readonly informers: InformerFactory;
  private readonly handler: MonitorHandler;
  private readonly byKind = new Map<string, Informer<KubeObject>>();

  constructor(informers: InformerFactory, handler: MonitorHandler) {
    this.informers = informers;
    this.handler = handler;
    for (const kind of storableKinds()) if (kind.kind !== 'Event') this.watch(kind);
    informers.informer(CUSTOM_RESOURCE_DEFINITIONS).onChange({
      added: (definition) => this.watchCustom(customKind(definition)),
      updated: (_before, definition) => this.watchCustom(customKind(definition)),
    });
  }

  /** The kind an owner reference speaks of, whatever its version. */
  kindOf(owner: OwnerReference): Kind | undefined {
    return this.byKind.get(kindKey(splitApiVersion(owner.apiVersion).group, owner.kind))?.kind;
  }

  /** The object of a kind by `namespace/name`, as the cache has it. */
  get(kind: Kind, key: string): Stored<KubeObject> | undefined {
    return this.byKind.get(kindKey(kind.group, kind.kind))?.get(key);
  }

  /** Everything that names `uid` as an owner. */
  dependentsOf(uid: string): Found[] {
    const found: Found[] = [];
    for (const informer of this.byKind.values()) {
      for (const object of informer.byIndex(OWNER_INDEX, uid)) found.push({ kind: informer.kind, object });
    }
    return found;
  }

  private watchCustom(kind: Kind | undefined): void {
    if (!kind || this.byKind.has(kindKey(kind.group, kind.kind))) return;
    this.watch(kind);
    this.informers.start();
  }

  private watch(kind: Kind): void {
    const informer = this.informers.informer<KubeObject>(kind);
    this.byKind.set(kindKey(kind.group, kind.kind), informer);
    indexByOwner(informer);
    informer.onChange({
      added: (object) => this.handler.changed(kind, undefined, object),
      updated: (before, after) => this.handler.changed(kind, before, after),
      deleted: (object) => this.handler.deleted(kind, object),
    });
  }
}

function kindKey(group: string, kind: string): string {
  return `${group}/${kind}`;
}

/** Where an owner is: in its dependent's namespace unless its kind has none. */
export function ownerKey(kind: Kind, owner: OwnerReference, namespace: string | undefined): string {
  return objectKey({ metadata: { name: owner.name, ...(kind.namespaced && namespace && { namespace }) } });
}
