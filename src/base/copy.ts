/** A copy may still be written to. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A shallow copy of a plain object. For objects of many shapes at one place in the code: a spread there
 * gives, in V8, every copy a hidden class of its own, which costs more than the copy itself.
 */
export function copyOf<T extends object>(source: T): Mutable<T> {
  const copy: Record<string, unknown> = {};
  for (const key in source) {
    if (key === '__proto__') define(copy, key, source[key]);
    else copy[key] = source[key];
  }
  return copy as Mutable<T>;
}

/** The same with one field left out. */
export function copyWithout<T extends object>(source: T, field: keyof T): T {
  const copy: Record<string, unknown> = {};
  for (const key in source) {
    if ((key as keyof T) === field) continue;
    if (key === '__proto__') define(copy, key, source[key]);
    else copy[key] = source[key];
  }
  return copy as T;
}

/** The same with one field set to a value. */
export function copyWith<T extends object, K extends keyof T>(source: T, field: K, value: T[K]): T {
  const copy = copyOf(source);
  copy[field] = value;
  return copy;
}

/** An own property of this name, which an assignment would take for the prototype. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
