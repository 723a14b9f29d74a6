import type { EndpointSlice } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

/** Remembers the generations of slices as written, to know when a cache lags behind (endpointslice_tracker.go). */
export class SliceTracker {
  private readonly byService = new Map<string, Map<string, number>>();

  /** Whether `slices`, as a cache shows them, lack something that was written. */
  isStale(key: string, slices: readonly Stored<EndpointSlice>[]): boolean {
    const known = this.byService.get(key);
    if (!known) return false;
    const shown = new Map(slices.map((slice) => [slice.metadata.uid, slice.metadata.generation ?? 0]));
    for (const [uid, generation] of known) if (generation > (shown.get(uid) ?? -1)) return true;
    return false;
  }

  written(key: string, slice: Stored<EndpointSlice>): void {
    let known = this.byService.get(key);
    if (!known) this.byService.set(key, (known = new Map()));
    known.set(slice.metadata.uid, slice.metadata.generation ?? 0);
  }

  removed(key: string, slice: Stored<EndpointSlice>): void {
    this.byService.get(key)?.delete(slice.metadata.uid);
  }

  /** A slice vanished by another's hand, or its deletion has come back. True when it was not expected. */
  vanished(key: string, slice: Stored<EndpointSlice>): boolean {
    return this.byService.get(key)?.delete(slice.metadata.uid) ?? false;
  }

  /** Whether a slice as seen differs from what was written last. */
  differs(key: string, slice: Stored<EndpointSlice>): boolean {
    const generation = this.byService.get(key)?.get(slice.metadata.uid);
    return generation === undefined || generation < (slice.metadata.generation ?? 0);
  }

  forget(key: string): void {
    this.byService.delete(key);
  }
}
