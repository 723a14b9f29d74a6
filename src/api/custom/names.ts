import { equalValues } from '../equal.ts';
import { conditionOf, withCondition, type CustomResourceDefinition, type DefinitionCondition, type DefinitionNames, type DefinitionStatus } from './definition-types.ts';

/**
 * The status of a definition after its names were compared with those that others of its group have
 * taken; undefined when nothing changes (apiextensions-apiserver controller/status).
 */
export function acceptNames(definition: CustomResourceDefinition, all: readonly CustomResourceDefinition[], now: string): DefinitionStatus | undefined {
  const { names } = definition.spec;
  const status = definition.status!;
  if (equalValues(names, status.acceptedNames)) return undefined;
  const taken = takenNames(definition.spec.group, all);
  const { accepted, condition } = compared(names, status.acceptedNames, taken);
  const old = conditionOf(definition, 'NamesAccepted');
  if (equalValues(accepted, status.acceptedNames) && old && old.status === condition.status && old.reason === condition.reason && old.message === condition.message) return undefined;
  let conditions = withCondition(status.conditions ?? [], condition, now);
  conditions = withCondition(conditions, establishing(conditionOf(definition, 'Established'), condition.status === 'True'), now);
  return { ...status, conditions, acceptedNames: accepted };
}

/** The status of a definition whose resources are served from now on; undefined when it is no news. */
export function establish(definition: CustomResourceDefinition, now: string): DefinitionStatus | undefined {
  const status = definition.status!;
  if (conditionOf(definition, 'NamesAccepted')?.status !== 'True' || conditionOf(definition, 'Established')?.status === 'True') return undefined;
  const condition = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' };
  return { ...status, conditions: withCondition(status.conditions ?? [], condition, now) };
}

interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenNames(group: string, all: readonly CustomResourceDefinition[]): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { spec, status } of all) {
    if (spec.group !== group || !status) continue;
    const { plural, singular, shortNames = [], kind, listKind } = status.acceptedNames;
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name);
    for (const name of [kind, listKind]) if (name) kinds.add(name);
  }
  return { resources, kinds };
}

function compared(wanted: DefinitionNames, old: DefinitionNames, taken: Taken): { accepted: DefinitionNames; condition: DefinitionCondition } {
  let condition: DefinitionCondition = { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const conflict = (reason: string, names: readonly string[]) => {
    const texts = names.map((name) => `${JSON.stringify(name)} is already in use`);
    const message = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
    condition = { type: 'NamesAccepted', status: 'False', reason, message };
  };
  const choose = (name: string | undefined, present: string | undefined, used: ReadonlySet<string>, reason: string): string | undefined => {
    if (name === present || !name || !used.has(name)) return name;
    conflict(reason, [name]);
    return present;
  };
  const plural = choose(wanted.plural, old.plural, taken.resources, 'PluralConflict') ?? '';
  const singular = choose(wanted.singular, old.singular, taken.resources, 'SingularConflict');
  let shortNames = old.shortNames;
  const refused = (wanted.shortNames ?? []).filter((name) => !old.shortNames?.includes(name) && taken.resources.has(name));
  if (refused.length > 0) conflict('ShortNamesConflict', refused);
  else shortNames = wanted.shortNames;
  const kind = choose(wanted.kind, old.kind, taken.kinds, 'KindConflict') ?? '';
  const listKind = choose(wanted.listKind, old.listKind, taken.kinds, 'ListKindConflict');
  const { categories } = wanted;
  const accepted = { plural, ...(singular && { singular }), ...(shortNames?.length && { shortNames }), kind, ...(listKind && { listKind }), ...(categories?.length && { categories }) };
  return { accepted: accepted as DefinitionNames, condition };
}

function establishing(old: DefinitionCondition | undefined, accepted: boolean): DefinitionCondition {
  if (old?.status === 'True') return old;
  if (accepted) return { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' };
  return old ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}
