import { copyOf, copyWith, copyWithout } from '../base/copy.ts';

/*
 * Copies along the changed path. Every function here answers its argument itself when nothing
 * changes, so that unchanged objects stay shared and `===` tells that nothing was done.
 */

/** Adds those fields of `defaults` that `object` lacks (absent or null). */
export function withDefaults<T extends object>(object: T, defaults: Partial<T>): T {
  let copy: T | undefined;
  for (const field in defaults) {
    if (object[field] === undefined || object[field] === null) (copy ??= copyOf(object))[field] = defaults[field] as T[typeof field];
  }
  return copy ?? object;
}

/** `object` with `field` set to `value`. */
export function withField<T extends object, K extends keyof T>(object: T, field: K, value: T[K]): T {
  return object[field] === value ? object : copyWith(object, field, value);
}

/** `object` without `field`. */
export function withoutField<T extends object>(object: T, field: keyof T): T {
  return field in object ? copyWithout(object, field) : object;
}

/** `object` with `field` as `other` has it, absent where `other` lacks it. */
export function withFieldOf<T extends object>(object: T, field: keyof T, other: T): T {
  if (object[field] === other[field]) return object;
  return other[field] === undefined ? withoutField(object, field) : copyWith(object, field, other[field]);
}

/** `object` with `field` changed by `change`, unless it is absent or null. */
export function changeField<T extends object, K extends keyof T>(object: T, field: K, change: (value: NonNullable<T[K]>) => T[K]): T {
  const value = object[field];
  return value === undefined || value === null ? object : withField(object, field, change(value as NonNullable<T[K]>));
}

/** `list` with each item changed by `change`. */
export function mapShared<T>(list: readonly T[], change: (item: T) => T): T[] {
  let copy: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const changed = change(list[i] as T);
    if (changed !== list[i]) (copy ??= list.slice())[i] = changed;
  }
  return copy ?? (list as T[]);
}

/** `object` with each item of the list in `field` changed by `change`. */
export function changeItems<T extends object, K extends keyof T>(
  object: T,
  field: K,
  change: (item: NonNullable<T[K]> extends readonly (infer I)[] ? I : never) => NonNullable<T[K]> extends readonly (infer I)[] ? I : never,
): T {
  const list = object[field];
  return Array.isArray(list) ? withField(object, field, mapShared(list, change as (item: unknown) => unknown) as T[K]) : object;
}
