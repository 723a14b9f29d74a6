import { BUILTIN_KINDS } from '../../api/kind.ts';
import { deepEqual } from '../../base/equal.ts';
import type {
  CustomResourceDefinition,
  DefinitionCondition,
  DefinitionNames,
  DefinitionStatus,
} from '../../api/custom/definition-types.ts';

const NO_NAMES: DefinitionNames = { plural: '', kind: '' };

interface Taken {
  /** Plural, singular and short names. */
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

/** The names that others of the same group have been granted. */
function takenNames(definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const kind of BUILTIN_KINDS.values()) {
    if (kind.group !== definition.spec.group) continue;
    for (const name of [kind.resource, kind.singular, ...kind.shortNames]) resources.add(name);
    kinds.add(kind.kind).add(`${kind.kind}List`);
  }
  for (const other of all) {
    if (other.metadata!.name === definition.metadata!.name || other.spec.group !== definition.spec.group) continue;
    const { plural, singular, shortNames, kind, listKind } = other.status?.acceptedNames ?? NO_NAMES;
    for (const name of [plural, singular, ...(shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [kind, listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

interface Naming {
  readonly accepted: DefinitionNames;
  /** Undefined: all names are accepted. */
  readonly conflict: { readonly reason: string; readonly message: string } | undefined;
}

/** Which of the names a definition asks for it gets (apiextensions-apiserver pkg/controller/status/naming_controller.go). */
function nameOf(definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): Naming {
  const { names } = definition.spec;
  const before = definition.status?.acceptedNames ?? NO_NAMES;
  const taken = takenNames(definition, all);
  let conflict: Naming['conflict'];
  const free = (name: string | undefined, set: ReadonlySet<string>, reason: string): boolean => {
    if (!name || !set.has(name)) return true;
    conflict = { reason, message: `${JSON.stringify(name)} is already in use` };
    return false;
  };
  const accepted = {
    plural: free(names.plural, taken.resources, 'PluralConflict') ? names.plural : before.plural,
    singular: free(names.singular, taken.resources, 'SingularConflict') ? names.singular : before.singular,
    ...(names.shortNames && {
      shortNames: names.shortNames.every((name) => free(name, taken.resources, 'ShortNamesConflict'))
        ? names.shortNames
        : before.shortNames,
    }),
    kind: free(names.kind, taken.kinds, 'KindConflict') ? names.kind : before.kind,
    listKind: free(names.listKind, taken.kinds, 'ListKindConflict') ? names.listKind : before.listKind,
    ...(names.categories && { categories: names.categories }),
  };
  return { accepted: accepted as DefinitionNames, conflict };
}

/** Conditions with one set; its time changes with its status only. */
export function withCondition(
  conditions: readonly DefinitionCondition[],
  condition: DefinitionCondition,
  now: string,
): DefinitionCondition[] {
  const known = conditions.find(({ type }) => type === condition.type);
  const time = known && known.status === condition.status ? known.lastTransitionTime : now;
  const { type, status, reason, message } = condition;
  const written = { type, status, lastTransitionTime: time, reason, message };
  return known ? conditions.map((one) => (one === known ? written : one)) : [...conditions, written];
}

export function hasCondition(definition: CustomResourceDefinition, type: string): boolean {
  return (definition.status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

/** The status of a definition once its names have been looked at; undefined if it is right already. */
export function namedStatus(
  definition: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
  now: string,
): DefinitionStatus | undefined {
  const { accepted, conflict } = nameOf(definition, all);
  const before = definition.status ?? { conditions: null, acceptedNames: NO_NAMES, storedVersions: null };
  let conditions = withCondition(
    before.conditions ?? [],
    conflict
      ? { type: 'NamesAccepted', status: 'False', ...conflict }
      : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
    now,
  );
  if (!hasCondition(definition, 'Established')) {
    conditions = withCondition(
      conditions,
      conflict
        ? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
        : { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' },
      now,
    );
  }
  const status = { ...before, conditions, acceptedNames: accepted };
  return deepEqual(status, before) ? undefined : status;
}
