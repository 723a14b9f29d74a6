import { BUILTIN_KINDS, type Kind } from '../api/kind.ts';
import { behaviourOf } from '../api/behaviours.ts';
import { DEPRECATIONS, OLD_VERSIONS, TWIN_VERSIONS, type OldVersion } from '../api/conversion.ts';
import { decode } from '../api/decode.ts';
import { Resource, type Resources } from './resource.ts';
import { policyFaults } from '../api/cel/policy.ts';
import { typeOf } from '../api/schema.ts';
import type { Behaviour } from '../api/behaviour.ts';
import type { FieldError } from '../api/status.ts';
import type { KubeObject } from '../api/object.ts';
import type { StoreFeed } from './feed.ts';

const twins = new Map(TWIN_VERSIONS.map((twin) => [placeOf(twin.kind), twin]));

const EXPRESSION_FAULTS: Readonly<Record<string, (object: KubeObject) => FieldError[]>> = {
  'admissionregistration.k8s.io/v1/validatingadmissionpolicies': policyFaults,
};

/** Kinds that hold expressions of CEL are checked for those, too. */
function chosenBehaviour(kind: Kind): Behaviour {
  const behaviour = behaviourOf(kind);
  const faults = EXPRESSION_FAULTS[placeOf(kind)];
  if (!faults) return behaviour;
  return {
    ...behaviour,
    validate: (object) => [...behaviour.validate(object), ...faults(object)],
    validateUpdate: (object, old, subresource) => [
      ...behaviour.validateUpdate(object, old, subresource),
      ...(subresource === '' && object.spec !== old.spec ? faults(object) : []),
    ],
  };
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
    const at = twins.get(place) ? placeOf(twins.get(place)!.stored) : place;
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
    const twin = twins.get(place);
    const type = typeOf(kind.apiVersion, kind.kind)!;
    resources.add({
      kind,
      resource,
      behaviour: isStorageVersion ? resource.behaviour : chosenBehaviour(kind),
      type,
      decode: (object, options) => decode<KubeObject>(type, object, options),
      isStorageVersion,
      fromStorage: twin ? twin.fromStored : identity,
      toStorage: twin ? twin.toStored : identity,
      deprecation: DEPRECATIONS[place],
    });
  }
  for (const old of OLD_VERSIONS) addOldVersion(resources, old, stored.get(placeOf(old.current))!);
}

/** Objects are upgraded as they are read; from there on they are what they would be in the current version. */
function addOldVersion(resources: Resources, { kind, current, warning, toCurrent, fromCurrent }: OldVersion, resource: Resource): void {
  const type = typeOf(current.apiVersion, current.kind)!;
  resources.add({
    kind,
    resource,
    behaviour: resource.behaviour,
    type,
    decode: (object, options) => decode<KubeObject>(type, object.apiVersion === current.apiVersion ? object : toCurrent(object), options),
    isStorageVersion: false,
    fromStorage: fromCurrent,
    toStorage: (object) => (object.apiVersion === current.apiVersion ? object : toCurrent(object)),
    isHidden: true,
    deprecation: warning,
  });
}

function placeOf(kind: Kind): string {
  return `${kind.apiVersion}/${kind.resource}`;
}
