/**
 * Constant sub-objects of statuses, shared between the pods of all nodes. A pool only saves memory:
 * it may forget at any time, and what it holds is immutable.
 */
export class Pool<T> {
  private readonly items = new Map<string, T>();
  private readonly capacity: number;

  constructor(capacity = 512) {
    this.capacity = capacity;
  }

  /** The shared object for a key that says all that is in it. */
  get(key: string, make: () => T): T {
    let item = this.items.get(key);
    if (item === undefined) {
      if (this.items.size >= this.capacity) this.items.clear();
      item = make();
      this.items.set(key, item);
    }
    return item;
  }
}

/** Whether two plain JSON values are equal; a field that is null counts as one that is left out. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (a ?? undefined) === (b ?? undefined)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  for (const key in left) if (!sameValue(left[key], right[key])) return false;
  for (const key in right) if (left[key] === undefined && (right[key] ?? undefined) !== undefined) return false;
  return true;
}
