type Json = Record<string, unknown>;

function steps(path: string): string[] {
  return [...path.matchAll(/\.([A-Za-z0-9_-]+)|\['((?:[^'\\]|\\.)*)'\]/g)].map((match) => match[1] ?? match[2]!);
}

/** What stands at a simple path: `.spec.replicas`, `.spec['x.y']`. */
export function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of steps(path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Json)[step];
  }
  return value;
}

/** A copy of the object with a value at a simple path. */
export function withValueAt<T extends object>(object: T, path: string, value: unknown): T {
  const set = (target: unknown, [step, ...rest]: readonly string[]): unknown => {
    if (step === undefined) return value;
    const base = typeof target === 'object' && target !== null ? (target as Json) : {};
    return { ...base, [step]: set(base[step], rest) };
  };
  return set(object, steps(path)) as T;
}
