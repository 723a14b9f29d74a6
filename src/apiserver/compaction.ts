import { CompactedError, StoreUnavailable, type Store } from '../etcd/store.ts';
import { sleep, type Task } from '../sim/wait.ts';

/** `--etcd-compaction-interval`. */
const INTERVAL_MS = 5 * 60_000;

/** Every five minutes forgets what was history five minutes before (storage/etcd3/compact.go). */
export function* compactPeriodically(store: Store): Task<never> {
  let revision = store.revision;
  for (;;) {
    yield* sleep(INTERVAL_MS);
    const upTo = revision;
    ({ revision } = store);
    try {
      yield* store.compact(upTo);
    } catch (error) {
      if (!(error instanceof CompactedError) && !(error instanceof StoreUnavailable)) throw error;
    }
  }
}
