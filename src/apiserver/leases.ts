import type { Kernel } from '../sim/kernel.ts';
import type { Store } from '../etcd/store.ts';
import type { Task } from '../sim/wait.ts';

/** How long a lease takes in more keys (storage/etcd3/lease_manager.go). */
const REUSE_MS = 60_000;
const KEYS_AT_MOST = 1_000;

/** Leases of the store for objects that live a limited time; objects written within a minute share one. */
export class Leases {
  private readonly kernel: Kernel;
  private readonly store: Store;
  private readonly lifetimeMs: number;
  private current: { readonly id: number; readonly lastMs: number; keys: number } | undefined;

  constructor(kernel: Kernel, store: Store, lifetimeMs: number) {
    this.kernel = kernel;
    this.store = store;
    this.lifetimeMs = lifetimeMs;
  }

  /** A lease that lasts for the lifetime, and a little more, of an object written now. */
  *take(): Task<number> {
    const present = this.current;
    if (present && this.kernel.now <= present.lastMs && present.keys < KEYS_AT_MOST) {
      present.keys++;
      return present.id;
    }
    const lastMs = this.kernel.now + REUSE_MS;
    const id = yield* this.store.grantLease(this.lifetimeMs + REUSE_MS);
    this.current = { id, lastMs, keys: 1 };
    return id;
  }
}
