/**
 * A set of paths in the form in which `managedFields` shows it (FieldsV1): `f:name` for fields,
 * `k:{...}` for items of lists told apart by keys, `v:...` for items of sets, and `.` for the path
 * itself where it has children in the set too. A path without children is `{}`. The outermost set
 * holds no path itself: there `{}` is the empty set. Sets are immutable and share their parts.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const EMPTY: FieldSet = Object.freeze({});
const SELF = '.';

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the path of a node itself is in the set. */
function isMember(node: FieldSet): boolean {
  return SELF in node || isEmptySet(node);
}

/** A node of a path that is in the set or not, with children; undefined if there is nothing in it. */
function nodeOf(member: boolean, children: Record<string, FieldSet>): FieldSet | undefined {
  if (isEmptySet(children)) return member ? EMPTY : undefined;
  return member ? { [SELF]: EMPTY, ...children } : children;
}

/** What is in `a` or in `b`. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const result: Record<string, FieldSet> = { ...a };
  for (const element in b) {
    const other = b[element] as FieldSet;
    const own = a[element];
    result[element] = own === undefined || element === SELF ? other : unionNodes(own, other);
  }
  return result;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const result = union(a, b);
  return isMember(a) || isMember(b) ? (isEmptySet(result) || SELF in result ? result : { [SELF]: EMPTY, ...result }) : result;
}

/** What is in `a` and not in `b`. A path goes without its children, and they without it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && !inB, true) ?? EMPTY;
}

/** What is in `a` and neither in `b` nor below a path in `b`. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  const result: Record<string, FieldSet> = {};
  for (const element in a) {
    const own = a[element] as FieldSet;
    const other = element === SELF ? undefined : b[element];
    if (other === undefined) result[element] = own;
    else if (!isMember(other)) {
      const rest = without(own, other);
      if (!isEmptySet(rest) || isEmptySet(own)) result[element] = rest;
    }
  }
  return isEmptySet(result) ? EMPTY : result;
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, (inA, inB) => inA && inB, false) ?? EMPTY;
}

/** Keeps members as `keep` says; what only `a` has is kept whole if `keepOwn`. */
function combine(a: FieldSet, b: FieldSet, keep: (inA: boolean, inB: boolean) => boolean, keepOwn: boolean): FieldSet | undefined {
  const result: Record<string, FieldSet> = {};
  let same = true;
  for (const element in a) {
    if (element === SELF) continue;
    const own = a[element] as FieldSet;
    const other = b[element];
    let kept: FieldSet | undefined;
    if (other === undefined) kept = keepOwn ? own : undefined;
    else {
      const children = combine(own, other, keep, keepOwn) ?? EMPTY;
      kept = nodeOf(keep(isMember(own), isMember(other)), children as Record<string, FieldSet>);
      if (kept !== undefined && isEmptySet(kept) && isEmptySet(own)) kept = own;
    }
    if (kept !== own) same = false;
    if (kept !== undefined) result[element] = kept;
  }
  if (same && !(SELF in a)) return a;
  return isEmptySet(result) ? undefined : result;
}

/** Builds a set path by path. */
export class FieldSetBuilder {
  private readonly root: MutableNode = { member: false, children: undefined };

  insert(path: readonly string[]): void {
    let node = this.root;
    for (const element of path) {
      node.children ??= new Map();
      let child = node.children.get(element);
      if (!child) node.children.set(element, (child = { member: false, children: undefined }));
      node = child;
    }
    node.member = true;
  }

  build(): FieldSet {
    const children = freezeChildren(this.root);
    return isEmptySet(children) ? EMPTY : children;
  }
}

interface MutableNode {
  member: boolean;
  children: Map<string, MutableNode> | undefined;
}

function freezeChildren(node: MutableNode): Record<string, FieldSet> {
  const children: Record<string, FieldSet> = {};
  for (const [element, child] of node.children ?? []) {
    const built = nodeOf(child.member, freezeChildren(child));
    if (built) children[element] = built;
  }
  return children;
}

/** Whether a path is in a set. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node = set;
  for (const element of path) {
    const child = node[element];
    if (child === undefined) return false;
    node = child;
  }
  return isMember(node);
}

/** All paths of a set: an element before its children, elements in order. */
export function pathsOf(set: FieldSet): string[][] {
  const paths: string[][] = [];
  const visit = (node: FieldSet, path: readonly string[]): void => {
    for (const element of Object.keys(node).sort(compareElements)) {
      if (element === SELF) continue;
      const child = node[element] as FieldSet;
      const here = [...path, element];
      if (isMember(child)) paths.push(here);
      visit(child, here);
    }
  };
  visit(set, []);
  return paths;
}

/** Fields before items by key, these before items by value, these before items by index. */
function compareElements(a: string, b: string): number {
  const kinds = 'fkvi';
  const byKind = kinds.indexOf(a[0] as string) - kinds.indexOf(b[0] as string);
  return byKind !== 0 ? byKind : a < b ? -1 : a > b ? 1 : 0;
}

/** `.spec.containers[name="c"].image`: how messages write a path. */
export function printPath(path: readonly string[]): string {
  return path.map(printElement).join('');
}

function printElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  if (element.startsWith('i:')) return `[${text}]`;
  const keys = JSON.parse(text) as Record<string, unknown>;
  const parts = Object.keys(keys).map((key) => `${key}=${JSON.stringify(keys[key])}`);
  return `[${parts.join(',')}]`;
}
