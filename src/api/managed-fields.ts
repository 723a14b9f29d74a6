import { deepEqual } from '../base/equal.ts';
import { decode } from './decode.ts';
import { difference, EMPTY, FieldSetBuilder, isEmptySet, union, without, type FieldSet } from './field-set.ts';
import { rootShape } from './field-shape.ts';
import { compare } from './field-walk.ts';
import type { KubeObject, ManagedFieldsEntry } from './object.ts';
import type { TypeSchema } from './schema.ts';

/*
 * Who owns which fields of an object (apimachinery util/managedfields).
 *
 * Tracking costs a comparison a write, which structural sharing keeps to what changed, and a set of
 * paths an object, which is not little. So an object is tracked from its creation only if its creator
 * asks for it (people and their tools); objects that components of the simulation make stay without
 * managed fields, and writes to such objects are not tracked. This is Kubernetes' own rule for objects
 * older than tracking: their first apply gives everything they hold to `before-first-apply`, and from
 * then on they are tracked. Events, leases, endpoints and the pods of controllers thus cost nothing.
 */

/** Who writes, and how. */
export interface Writer {
  readonly manager: string;
  /** The version in which the object was sent: `apps/v1`. */
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
  /** RFC 3339. */
  readonly time: string;
}

/** One manager's fields. */
export interface Owner {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** More managers that updated than these are put together as one. */
const MOST_UPDATERS = 10;
const ANCIENT = 'ancient-changes';

/** Fields that nobody owns. */
export const STRIPPED: FieldSet = fieldPaths(
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['metadata', name],
  ),
);

/** A set of paths given by field names. */
export function fieldPaths(...paths: readonly (readonly string[])[]): FieldSet {
  const set = new FieldSetBuilder();
  for (const path of paths) set.insert(path.map((name) => `f:${name}`));
  return set.build();
}

/** Reads `metadata.managedFields`. Entries that make no sense are left out. */
export function readOwners(object: KubeObject): Owner[] {
  const entries = object.metadata?.managedFields ?? [];
  const owners: Owner[] = [];
  for (const entry of entries) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') continue;
    owners.push({
      manager: entry.manager ?? '',
      operation: entry.operation,
      apiVersion: entry.apiVersion ?? '',
      subresource: entry.subresource ?? '',
      time: entry.time,
      fields: (entry.fieldsV1 ?? EMPTY) as FieldSet,
    });
  }
  return owners;
}

/** Owners as `metadata.managedFields`, in Kubernetes' order; undefined when there are none. */
export function writeOwners(owners: readonly Owner[]): ManagedFieldsEntry[] | undefined {
  const entries = owners.filter(({ fields }) => !isEmptySet(fields)).sort(compareOwners);
  if (entries.length === 0) return undefined;
  return entries.map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    manager,
    operation,
    apiVersion,
    ...(time !== undefined && { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource && { subresource }),
  }));
}

function compareOwners(a: Owner, b: Owner): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The object with owners in place of its managed fields. */
export function withOwners<T extends KubeObject>(object: T, owners: readonly Owner[]): T {
  const entries = writeOwners(owners);
  const { managedFields, ...rest } = object.metadata ?? {};
  if (entries === undefined && managedFields === undefined) return object;
  return { ...object, metadata: entries ? { ...rest, managedFields: entries } : rest };
}

export interface TrackOptions {
  /** Track a new object. Left out, new objects are not tracked. */
  readonly trackNew?: boolean;
  /** Paths that a write cannot change (`status` for the object itself), with all below them, so that it does not come to own them. */
  readonly ignored?: FieldSet;
}

/**
 * The object to store after a create, update or patch, with its managed fields brought up to date
 * (FieldManager.Update). Call it with the object as sent and defaulted, before admission.
 *
 * @param live the stored object; undefined for a create
 * @param next the new one; its own managed fields count if it brings some, and none (`[]` or `[{}]`) end the tracking
 */
export function trackUpdate<T extends KubeObject>(
  type: TypeSchema | undefined,
  live: KubeObject | undefined,
  next: T,
  writer: Writer,
  options: TrackOptions = {},
): T {
  const { trackNew = false, ignored = EMPTY } = options;
  const given = next.metadata?.managedFields;
  if (writer.subresource === '' && given && isReset(given)) return withOwners(next, []);
  const own = writer.subresource === '' && given && given !== live?.metadata?.managedFields ? readOwners(next) : [];
  const owners = own.length > 0 ? own : live ? readOwners(live) : [];
  if (owners.length === 0 && (live !== undefined || !trackNew)) return given === undefined ? next : withOwners(next, []);
  return withOwners(next, ownersAfterUpdate(type, live, next, owners, writer, ignored));
}

function isReset(entries: readonly ManagedFieldsEntry[]): boolean {
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] as object).length === 0);
}

/** Owners after an update: the writer owns what it added or changed, nobody owns what it removed. */
export function ownersAfterUpdate(
  type: TypeSchema | undefined,
  live: KubeObject | undefined,
  next: KubeObject,
  owners: readonly Owner[],
  writer: Writer,
  ignored: FieldSet,
): Owner[] {
  const shape = rootShape(type);
  const before = live ?? emptyObject(type);
  const { added, modified, removed } = compare(shape, withoutManagedFields(before), withoutManagedFields(next));
  const changed = without(union(added, modified), ignored);
  const gone = without(removed, ignored);
  const kept = owners.map((owner) => ({ ...owner, fields: difference(difference(owner.fields, changed), gone) }));
  const mine = difference(changed, STRIPPED);
  if (isEmptySet(mine)) return capUpdaters(kept.filter(({ fields }) => !isEmptySet(fields)));
  const at = kept.findIndex((owner) => isUpdateOf(owner, writer));
  const fields = at < 0 ? mine : union(mine, (kept[at] as Owner).fields);
  const entry: Owner = { ...writer, operation: 'Update', fields };
  const others = kept.filter((owner, i) => i !== at && !isEmptySet(owner.fields));
  return capUpdaters([...others, entry]);
}

function isUpdateOf(owner: Owner, { manager, apiVersion, subresource }: Writer): boolean {
  return owner.operation === 'Update' && owner.manager === manager && owner.apiVersion === apiVersion && owner.subresource === subresource;
}

/** What Go writes for an object nobody has filled in. */
export function emptyObject(type: TypeSchema | undefined): KubeObject {
  return type ? decode<KubeObject>(type, {}).value : { metadata: {} };
}

/** The object as it is compared: its managed fields are no part of it. */
export function withoutManagedFields(object: KubeObject): KubeObject {
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Puts the oldest updaters of each version together, so that no more than ten are left. */
function capUpdaters(owners: Owner[]): Owner[] {
  const updaters = owners.filter(({ operation }) => operation === 'Update');
  if (updaters.length <= MOST_UPDATERS) return owners;
  updaters.sort((a, b) => compareText(a.time ?? '', b.time ?? '') || compareText(a.manager, b.manager));
  const merged = new Map<string, Owner>();
  const dropped = new Set<Owner>();
  for (const owner of updaters) {
    if (updaters.length - dropped.size + merged.size <= MOST_UPDATERS) break;
    const present =
      merged.get(owner.apiVersion) ??
      owners.find((other) => other.manager === ANCIENT && other.apiVersion === owner.apiVersion && other !== owner);
    const fields = present ? union(owner.fields, present.fields) : owner.fields;
    if (present && !merged.has(owner.apiVersion)) dropped.add(present);
    merged.set(owner.apiVersion, {
      manager: ANCIENT,
      operation: 'Update',
      apiVersion: owner.apiVersion,
      subresource: '',
      time: owner.time,
      fields,
    });
    dropped.add(owner);
  }
  return [...owners.filter((owner) => !dropped.has(owner)), ...merged.values()];
}

/** Whether two objects differ in nothing but the times of their managed fields: then nothing needs to be stored. */
export function sameButForTimes(a: KubeObject, b: KubeObject): boolean {
  const before = a.metadata?.managedFields;
  const after = b.metadata?.managedFields;
  if (before === after) return deepEqual(a, b);
  if (!before || !after || before.length !== after.length) return false;
  const timeless = (entries: readonly ManagedFieldsEntry[]) => entries.map(({ time: _time, ...rest }) => rest);
  return deepEqual(timeless(before), timeless(after)) && deepEqual(withoutManagedFields(a), withoutManagedFields(b));
}
