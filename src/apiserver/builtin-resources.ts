import { BUILTIN_KINDS, type Kind } from '../api/kind.ts';
import { behaviourOf } from '../api/behaviours.ts';
import { genericBehaviour } from './generic-behaviour.ts';
import { Resource, type Resources } from './resource.ts';
import { typeOf } from '../api/schema.ts';
import type { Behaviour } from '../api/behaviour.ts';
import type { StoreFeed } from './feed.ts';

/** Where the objects of another group are stored: `events.k8s.io` shares the events of the core group. */
const SHARED_STORAGE: Readonly<Record<string, string>> = {
  'events.k8s.io/v1/events': 'v1/events',
  'autoscaling/v1/horizontalpodautoscalers': 'autoscaling/v2/horizontalpodautoscalers',
};

/** Kinds that are served and warned of. */
const DEPRECATED: Readonly<Record<string, string>> = {
  'v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

const LOOSELY_NAMED = /^(rbac\.authorization|apiregistration)\.k8s\.io$/;

/** Until every kind has a behaviour of its own. */
function chosenBehaviour(kind: Kind): Behaviour {
  const own = behaviourOf(kind);
  const isOwn = !LOOSELY_NAMED.test(kind.group) || own.validate({ metadata: { name: 'a:b.', namespace: 'c' } }).every((error) => error.field !== 'metadata.name');
  return isOwn ? own : genericBehaviour(kind);
}

function identity<T>(value: T): T {
  return value;
}

/** Whether objects of a kind are stored, as opposed to reviews and bindings. */
export function isStored(kind: Kind): boolean {
  return kind.verbs.includes('create') && kind.verbs.includes('list');
}

/** Serves every built-in kind that is stored. */
export function addBuiltins(resources: Resources, feed: StoreFeed): void {
  const stored = new Map<string, Resource>();
  const storageOf = (place: string, kind: Kind): Resource => {
    const at = SHARED_STORAGE[place] ?? place;
    let resource = stored.get(at);
    if (!resource) {
      const storageKind = BUILTIN_KINDS.get(at) ?? kind;
      stored.set(at, (resource = new Resource(storageKind, chosenBehaviour(storageKind))));
      feed.attach(resource.name, resource.cache);
    }
    return resource;
  };
  for (const [place, kind] of BUILTIN_KINDS) {
    if (!isStored(kind)) continue;
    const resource = storageOf(place, kind);
    const isStorageVersion = resource.kind === kind;
    const relabel = (apiVersion: string) => (object: any) => ({ ...object, apiVersion });
    resources.add({
      kind,
      resource,
      behaviour: isStorageVersion ? resource.behaviour : chosenBehaviour(kind),
      type: typeOf(kind.apiVersion, kind.kind),
      isStorageVersion,
      fromStorage: isStorageVersion ? identity : relabel(kind.apiVersion),
      toStorage: isStorageVersion ? identity : relabel(resource.kind.apiVersion),
      deprecation: DEPRECATED[place],
    });
  }
}
