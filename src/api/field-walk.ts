import { deepEqual } from '../base/equal.ts';
import { EMPTY, FieldSetBuilder, isEmptySet, type FieldSet } from './field-set.ts';
import { childShape, isLeaf, isNamedField, isObject, itemElement, shapeOfField, type FieldShape, type Json } from './field-shape.ts';

/** What differs between two values, as sets of paths. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const NO_CHANGE: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };

/** Compares two values field by field (structured-merge-diff typed.Compare). Shared parts cost nothing. */
export function compare(shape: FieldShape, before: unknown, after: unknown): Comparison {
  if (before === after) return NO_CHANGE;
  const walk = new CompareWalk();
  walk.visit(shape, before, after, true);
  return { added: walk.added.build(), modified: walk.modified.build(), removed: walk.removed.build() };
}

class CompareWalk {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  private readonly path: string[] = [];

  visit(shape: FieldShape, before: unknown, after: unknown, isRoot = false): void {
    if (before === after) return;
    const granular = !isEmptyValue(before, after) && (isGranular(shape, after) || isGranular(shape, before));
    if (!granular) return this.leaf(before, after);
    if (shape.kind === 'list') this.items(shape, asList(before), asList(after));
    else this.fields(shape, asObject(before), asObject(after));
    if (isRoot) return;
    if (before === undefined) this.added.insert(this.path);
    else if (after === undefined) this.removed.insert(this.path);
  }

  private leaf(before: unknown, after: unknown): void {
    if (before === undefined) this.added.insert(this.path);
    else if (after === undefined) this.removed.insert(this.path);
    else if (!deepEqual(before, after)) this.modified.insert(this.path);
  }

  private fields(shape: FieldShape, before: Json, after: Json): void {
    for (const name in after) this.child(shape, name, before[name], after[name]);
    for (const name in before) if (after[name] === undefined) this.child(shape, name, before[name], undefined);
  }

  private child(shape: FieldShape, name: string, before: unknown, after: unknown): void {
    if (before === after) return;
    this.path.push(`f:${name}`);
    this.visit(childShape(shape, name), before, after);
    this.path.pop();
  }

  private items(shape: FieldShape, before: readonly unknown[], after: readonly unknown[]): void {
    const old = indexItems(shape, before);
    const present = indexItems(shape, after);
    const inner = shapeOfField(shape.items);
    for (const [element, item] of present) this.item(inner, element, old.get(element), item);
    for (const [element, item] of old) if (!present.has(element)) this.item(inner, element, item, undefined);
  }

  private item(shape: FieldShape, element: string, before: unknown, after: unknown): void {
    if (before === after) return;
    this.path.push(element);
    this.visit(shape, before, after);
    this.path.pop();
  }
}

function isGranular(shape: FieldShape, value: unknown): boolean {
  return value !== undefined && value !== null && !isLeaf(shape, value);
}

/** Two values of which neither holds anything are compared as they are. */
function isEmptyValue(before: unknown, after: unknown): boolean {
  return holdsNothing(before) && holdsNothing(after);
}

function holdsNothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && isEmptySet(value as FieldSet);
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Items by what tells them apart; of those that cannot be told apart, the list of all. */
export function indexItems(shape: FieldShape, list: readonly unknown[]): Map<string, unknown> {
  const index = new Map<string, unknown>();
  for (const item of list) {
    const element = itemElement(shape, item);
    if (element === undefined) continue;
    index.set(element, index.has(element) ? [index.get(element), item] : item);
  }
  return index;
}

/** Every path of a value, as who applies it would own it (typed.ToFieldSet). */
export function fieldSetOf(shape: FieldShape, value: unknown): FieldSet {
  const set = new FieldSetBuilder();
  collect(shape, value, [], set);
  return set.build();
}

function collect(shape: FieldShape, value: unknown, path: string[], set: FieldSetBuilder): void {
  if (isLeaf(shape, value)) {
    if (path.length > 0 && (shape.kind !== 'list' || value !== null)) set.insert(path);
    return;
  }
  if (shape.kind === 'list') {
    for (const [element, item] of indexItems(shape, value as unknown[])) {
      path.push(element);
      collect(shapeOfField(shape.items), item, path, set);
      set.insert(path);
      path.pop();
    }
    return;
  }
  const object = value as Json;
  for (const name in object) {
    const inner = object[name];
    if (inner === undefined) continue;
    path.push(`f:${name}`);
    collect(childShape(shape, name), inner, path, set);
    if (inner === null || (isObject(inner) && holdsNothing(inner)) || !isNamedField(shape, name)) set.insert(path);
    path.pop();
  }
}

/**
 * The set with the fields of structs added that it only has children of (`spec` for `spec.replicas`),
 * so that they count as owned when it comes to removing (fieldpath.EnsureNamedFieldsAreMembers).
 */
export function withNamedFields(shape: FieldShape, set: FieldSet): FieldSet {
  const result: Record<string, FieldSet> = {};
  for (const element in set) {
    const node = set[element] as FieldSet;
    if (element === '.' || isEmptySet(node)) {
      result[element] = node;
      continue;
    }
    const isField = element.startsWith('f:');
    const inner = isField ? childShape(shape, element.slice(2)) : shapeOfField(shape.items);
    const children = withNamedFields(inner, node);
    result[element] = isField && isNamedField(shape, element.slice(2)) && !('.' in children) ? { '.': EMPTY, ...children } : children;
  }
  return result;
}
