/** Whether objects that enter a store or a cache are frozen. On in development and tests, off for speed elsewhere. */
let enabled = false;

export function enableFreezing(on: boolean): void {
  enabled = on;
}

/**
 * Deep-freezes a tree of plain values when freezing is enabled, so that whoever changes a shared
 * object fails at the place of the change. Frozen subtrees are taken as frozen to the leaves.
 */
export function freeze<T>(value: T): T {
  if (enabled) deepFreeze(value);
  return value;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}
