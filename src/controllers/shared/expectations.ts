import type { Kernel } from '../../sim/kernel.ts';

interface Expected {
  adds: number;
  readonly deletions: Set<string>;
  readonly sinceMs: number;
}

/** After this long a controller stops waiting for what it expected to see. */
const EXPECTATIONS_TIMEOUT_MS = 5 * 60_000;

/**
 * What a controller has done and not yet seen in its cache, by key, so that it does not do it twice
 * (controller_utils.go UIDTrackingControllerExpectations).
 */
export class Expectations {
  private readonly kernel: Kernel;
  private readonly byKey = new Map<string, Expected>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Whether everything expected has been seen, or was expected too long ago. */
  satisfied(key: string): boolean {
    const expected = this.byKey.get(key);
    if (!expected) return true;
    return (expected.adds <= 0 && expected.deletions.size === 0) || this.kernel.now - expected.sinceMs > EXPECTATIONS_TIMEOUT_MS;
  }

  expectCreations(key: string, adds: number): void {
    this.byKey.set(key, { adds, deletions: new Set(), sinceMs: this.kernel.now });
  }

  expectDeletions(key: string, names: readonly string[]): void {
    this.byKey.set(key, { adds: 0, deletions: new Set(names), sinceMs: this.kernel.now });
  }

  /** Expects creations and deletions at once (daemon sets, jobs). */
  expect(key: string, adds: number, names: readonly string[]): void {
    this.byKey.set(key, { adds, deletions: new Set(names), sinceMs: this.kernel.now });
  }

  /** A creation was seen, or will not happen. */
  creationObserved(key: string, count = 1): void {
    const expected = this.byKey.get(key);
    if (expected && expected.adds > 0) expected.adds -= count;
  }

  /** A deletion was seen, or will not happen. */
  deletionObserved(key: string, name: string): void {
    this.byKey.get(key)?.deletions.delete(name);
  }

  forget(key: string): void {
    this.byKey.delete(key);
  }
}
