import { Condition } from '../sim/sync.ts';
import type { Group } from '../sim/group.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Task } from '../sim/wait.ts';
import type { WorkQueue } from './queue.ts';

/** Back-off of failed keys: workqueue.DefaultTypedControllerRateLimiter's per-item part. */
const FIRST_BACKOFF_MS = 5;
const LONGEST_BACKOFF_MS = 1_000_000;

/** client-go's util/workqueue: dirty and processing sets around a queue of keys. */
export class KeyQueue implements WorkQueue {
  private readonly kernel: Kernel;
  /** Keys that wait to be worked on, in order. */
  private readonly waiting = new Set<string>();
  private readonly processing = new Set<string>();
  /** Keys that were added while they were worked on. */
  private readonly again = new Set<string>();
  private readonly failures = new Map<string, number>();
  /** Keys to be added later, with the earliest instant. */
  private readonly delayed = new Map<string, { dueMs: number; cancel: () => void }>();
  private readonly arrival = new Condition();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  get length(): number {
    return this.waiting.size;
  }

  add(key: string): void {
    if (this.processing.has(key)) this.again.add(key);
    else if (!this.waiting.has(key)) {
      this.waiting.add(key);
      this.arrival.notify();
    }
  }

  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.kernel.now + delayMs;
    const pending = this.delayed.get(key);
    if (pending) {
      if (pending.dueMs <= dueMs) return;
      pending.cancel();
    }
    const timer = this.kernel.after(delayMs, () => {
      this.delayed.delete(key);
      this.add(key);
    });
    this.delayed.set(key, { dueMs, cancel: () => timer.cancel() });
  }

  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(FIRST_BACKOFF_MS * 2 ** failures, LONGEST_BACKOFF_MS));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  retries(key: string): number {
    return this.failures.get(key) ?? 0;
  }

  run(group: Group, workers: number, reconcile: (key: string) => Task<void>, onError?: (key: string, error: unknown) => void): void {
    for (let i = 0; i < workers; i++) group.spawn('worker', this.work(reconcile, onError));
    group.onKill(() => {
      for (const pending of this.delayed.values()) pending.cancel();
      this.delayed.clear();
    });
  }

  private *work(reconcile: (key: string) => Task<void>, onError?: (key: string, error: unknown) => void): Task<void> {
    for (;;) {
      const key = this.take();
      if (key === undefined) {
        yield* this.arrival.wait();
        continue;
      }
      try {
        yield* reconcile(key);
        this.forget(key);
      } catch (error) {
        onError?.(key, error);
        this.addRateLimited(key);
      } finally {
        this.done(key);
      }
    }
  }

  private take(): string | undefined {
    for (const key of this.waiting) {
      this.waiting.delete(key);
      this.processing.add(key);
      return key;
    }
    return undefined;
  }

  private done(key: string): void {
    this.processing.delete(key);
    if (this.again.delete(key)) this.add(key);
  }
}
