import { CompactedError, StoreUnavailable, type Store } from '../etcd/store.ts';
import type { StoreFeed } from './feed.ts';
import { sleep, type Task } from '../sim/wait.ts';

/** `--etcd-compaction-interval`. */
const INTERVAL_MS = 5 * 60_000;

/** Every five minutes forgets, in the store and the caches, what was history five minutes before (storage/etcd3/compact.go). */
export function* compactPeriodically(store: Store, feed: StoreFeed): Task<never> {
  let revision = store.revision;
  for (;;) {
    yield* sleep(INTERVAL_MS);
    const upTo = revision;
    ({ revision } = store);
    try {
      yield* store.compact(upTo);
      feed.forgetUpTo(upTo);
    } catch (error) {
      if (!(error instanceof CompactedError) && !(error instanceof StoreUnavailable)) throw error;
    }
  }
}
