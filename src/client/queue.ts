import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';

/**
 * client-go's work queue: keys, not events. A key added several times before it is worked on is
 * worked on once; a key added while it is worked on comes again afterwards; no key is worked on
 * by two workers at once. Failed keys come back after 5 ms, doubling to 1000 s.
 */
export interface WorkQueue {
  readonly length: number;
  add(key: string): void;
  addAfter(key: string, delayMs: number): void;
  addRateLimited(key: string): void;
  forget(key: string): void;
  /** How often the key has been put back since the last forget. */
  retries(key: string): number;
  /**
   * Starts `workers` processes that take keys and run `reconcile`. A key whose reconcile throws is
   * put back with back-off (and reported to `onError`); one that returns is forgotten.
   */
  run(group: Group, workers: number, reconcile: (key: string) => Task<void>, onError?: (key: string, error: unknown) => void): void;
}
