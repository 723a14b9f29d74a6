import type { Task, Wait, Waiter } from './wait.ts';

/** A value that comes once: waiting returns it, or throws what `reject` was given. Usable as a {@link Wait}. */
export class Future<T> implements Wait {
  private state: 'open' | 'resolved' | 'rejected' = 'open';
  private outcome: unknown;
  private waiters: Waiter[] | undefined;

  get settled(): boolean {
    return this.state !== 'open';
  }

  resolve(value: T): void {
    this.settle('resolved', value);
  }

  reject(error: unknown): void {
    this.settle('rejected', error);
  }

  *wait(): Task<T> {
    if (this.state === 'resolved') return this.outcome as T;
    if (this.state === 'rejected') throw this.outcome;
    return (yield this) as T;
  }

  arm(waiter: Waiter): void {
    if (this.state !== 'open') this.tell(waiter);
    else if (this.waiters) this.waiters.push(waiter);
    else this.waiters = [waiter];
  }

  disarm(waiter: Waiter): void {
    const at = this.waiters?.indexOf(waiter) ?? -1;
    if (at >= 0) this.waiters!.splice(at, 1);
  }

  private settle(state: 'resolved' | 'rejected', outcome: unknown): void {
    if (this.state !== 'open') return;
    this.state = state;
    this.outcome = outcome;
    const { waiters } = this;
    this.waiters = undefined;
    waiters?.forEach((waiter) => this.tell(waiter));
  }

  private tell(waiter: Waiter): void {
    if (this.state === 'resolved') waiter.resume(this.outcome);
    else waiter.fail(this.outcome);
  }
}

/** What `receive` answers once a channel is closed and empty. */
export const CLOSED = Symbol('closed');

/** An unbounded queue of messages between processes. Each message goes to one receiver, in order. */
export class Channel<T> implements Wait {
  private readonly queue: T[] = [];
  private head = 0;
  private waiters: Waiter[] = [];
  private ended = false;

  get closed(): boolean {
    return this.ended;
  }

  get size(): number {
    return this.queue.length - this.head;
  }

  send(message: T): void {
    if (this.ended) return;
    const waiter = this.waiters.shift();
    if (waiter) waiter.resume(message);
    else this.queue.push(message);
  }

  /** Ends the channel; messages already sent are still received. */
  close(): void {
    if (this.ended) return;
    this.ended = true;
    const { waiters } = this;
    this.waiters = [];
    waiters.forEach((waiter) => waiter.resume(CLOSED));
  }

  *receive(): Task<T | typeof CLOSED> {
    if (this.size > 0) return this.take();
    if (this.ended) return CLOSED;
    return (yield this) as T | typeof CLOSED;
  }

  /** Takes what is there now without waiting. */
  drain(): T[] {
    const all = this.queue.slice(this.head);
    this.queue.length = this.head = 0;
    return all;
  }

  arm(waiter: Waiter): void {
    if (this.size > 0) waiter.resume(this.take());
    else if (this.ended) waiter.resume(CLOSED);
    else this.waiters.push(waiter);
  }

  disarm(waiter: Waiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at >= 0) this.waiters.splice(at, 1);
  }

  private take(): T {
    const message = this.queue[this.head] as T;
    this.queue[this.head++] = undefined as T;
    if (this.head > 64 && this.head * 2 > this.queue.length) {
      this.queue.splice(0, this.head);
      this.head = 0;
    } else if (this.head === this.queue.length) {
      this.queue.length = this.head = 0;
    }
    return message;
  }
}

/** Wakes everybody who waits at the moment of `notify`; remembers nothing. */
export class Condition implements Wait {
  private waiters: Waiter[] = [];

  notify(): void {
    if (this.waiters.length === 0) return;
    const { waiters } = this;
    this.waiters = [];
    waiters.forEach((waiter) => waiter.resume(undefined));
  }

  *wait(): Task<void> {
    yield this;
  }

  arm(waiter: Waiter): void {
    this.waiters.push(waiter);
  }

  disarm(waiter: Waiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at >= 0) this.waiters.splice(at, 1);
  }
}
