import { isEmptySet, type FieldSet } from './field-set.ts';
import { childShape, isLeaf, isObject, itemElement, shapeOfField, type FieldShape, type Json } from './field-shape.ts';
import { indexItems } from './field-walk.ts';

/** Lays an applied configuration over a live value: the configuration wins where both have something (typed.Merge). */
export function mergeApplied(shape: FieldShape, live: unknown, applied: unknown): unknown {
  if (applied === undefined || live === applied) return live;
  if (live === undefined || live === null || isLeaf(shape, applied) || isLeaf(shape, live)) return applied;
  if (shape.kind === 'list') return mergeItems(shape, live as unknown[], applied as unknown[]);
  const object = live as Json;
  let result: Json | undefined;
  for (const [name, value] of Object.entries(applied as Json)) {
    const merged = mergeApplied(childShape(shape, name), object[name], value);
    if (merged !== object[name]) (result ??= { ...object })[name] = merged;
  }
  return result ?? live;
}

/**
 * Merges lists whose items are told apart: in the order of the configuration, with items that only the
 * live list has where they stood before the next one that both have.
 */
function mergeItems(shape: FieldShape, live: readonly unknown[], applied: readonly unknown[]): unknown[] {
  const old = indexItems(shape, live);
  const wanted = indexItems(shape, applied);
  const inner = shapeOfField(shape.items);
  const liveElements = live.map((item) => itemElement(shape, item) ?? '');
  const result: unknown[] = [];
  let next = 0;
  for (const [element, item] of wanted) {
    const place = old.has(element) ? liveElements.indexOf(element) : -1;
    while (next < place) {
      if (!wanted.has(liveElements[next] as string)) result.push(live[next]);
      next++;
    }
    result.push(old.has(element) ? mergeApplied(inner, old.get(element), item) : item);
    next = Math.max(next, place + 1);
  }
  for (; next < live.length; next++) if (!wanted.has(liveElements[next] as string)) result.push(live[next]);
  const same = result.length === live.length && result.every((item, i) => item === live[i]);
  return same ? (live as unknown[]) : result;
}

/** A value without the paths of a set (typed.RemoveItems). Maps and lists of which nothing is left are gone too. */
export function removeFields(shape: FieldShape, value: unknown, set: FieldSet): unknown {
  if (isEmptySet(set) || value === null || value === undefined || isLeaf(shape, value)) return value;
  if (shape.kind === 'list') {
    const inner = shapeOfField(shape.items);
    const kept = (value as unknown[])
      .map((item) => removed(inner, item, set[itemElement(shape, item) ?? '']))
      .filter((item) => item !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  const kept: Json = {};
  let any = false;
  for (const [name, inner] of Object.entries(value as Json)) {
    const rest = removed(childShape(shape, name), inner, set[`f:${name}`]);
    if (rest === undefined) continue;
    kept[name] = rest;
    any = true;
  }
  return any ? kept : undefined;
}

/** What is left of a field or item; undefined if it is in the set itself. */
function removed(shape: FieldShape, value: unknown, node: FieldSet | undefined): unknown {
  if (node === undefined) return value;
  if ('.' in node || isEmptySet(node)) return undefined;
  return removeFields(shape, value, node);
}

/**
 * What is wrong with a configuration as a value of its type (typed.AsTyped), in the server's words;
 * undefined if nothing is.
 */
export function shapeFault(shape: FieldShape, value: unknown): string | undefined {
  const faults: string[] = [];
  check(shape, value, '', faults);
  if (faults.length === 0) return undefined;
  return faults.length === 1 ? faults[0] : `errors:\n${faults.map((fault) => `  ${fault}`).join('\n')}`;
}

function check(shape: FieldShape, value: unknown, path: string, faults: string[]): void {
  if (value === null || value === undefined || shape.kind === 'free') return;
  const fault = kindFault(shape, value);
  if (fault) {
    faults.push(`${path}: ${fault}`);
    return;
  }
  if (Array.isArray(value)) checkItems(shape, value, path, faults);
  else if (isObject(value)) {
    for (const [name, inner] of Object.entries(value)) {
      if (shape.fields && !shape.fields.has(name) && shape.expects === 'map' && isClosed(shape))
        faults.push(`${path}.${name}: field not declared in schema`);
      else check(childShape(shape, name), inner, `${path}.${name}`, faults);
    }
  }
}

/** Whether a struct's fields are all known. Only the outermost of a custom resource is open. */
function isClosed({ fields }: FieldShape): boolean {
  return !(fields?.size === 1 && fields.has('metadata'));
}

function checkItems(shape: FieldShape, list: readonly unknown[], path: string, faults: string[]): void {
  const seen = new Set<string>();
  list.forEach((item, i) => {
    if (shape.kind !== 'list') return check(shapeOfField(shape.items), item, `${path}[${i}]`, faults);
    const element = itemElement(shape, item);
    if (element === undefined) {
      faults.push(
        `${path}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(shape.keys[0])} (and doesn't have default value)`,
      );
      return;
    }
    const name = elementName(element);
    if (seen.has(element)) faults.push(`${path}: duplicate entries for key ${name}`);
    seen.add(element);
    check(shapeOfField(shape.items), item, `${path}${name}`, faults);
  });
}

function elementName(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('v:')) return `[=${text}]`;
  const keys = JSON.parse(text) as Json;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}]`;
}

function kindFault(shape: FieldShape, value: unknown): string | undefined {
  const got = `got &value.valueUnstructured{Value:${goLiteral(value)}}`;
  switch (shape.expects) {
    case 'map':
      return isObject(value) ? undefined : `expected map, ${got}`;
    case 'list':
      return Array.isArray(value) ? undefined : `expected list, ${got}`;
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, ${got}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, ${got}`;
    case 'numeric':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), ${got}`;
    default:
      return undefined;
  }
}

function goLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goLiteral).join(', ')}}`;
  if (isObject(value)) {
    const entries = Object.keys(value).sort();
    return `map[string]interface {}{${entries.map((key) => `${JSON.stringify(key)}:${goLiteral(value[key])}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}
