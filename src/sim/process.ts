import { Future } from './sync.ts';
import type { Group } from './group.ts';
import type { Kernel } from './kernel.ts';
import type { Task, Wait, Waiter } from './wait.ts';

/** What joiners of a process that was killed are told. */
export class Killed extends Error {
  override name = 'Killed';
}

/**
 * A running {@link Task}. It belongs to a {@link Group} and ends by returning, by throwing or by
 * being killed, at which its `finally` blocks run (they must not wait).
 */
export class Process<T = unknown> implements Waiter {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly name: string;
  private readonly body: Task<T>;
  private waitingFor: Wait | undefined;
  private inbox: unknown;
  private inboxIsError = false;
  private state: 'waiting' | 'ready' | 'running' | 'ended' = 'waiting';
  private killRequested = false;
  private end: Future<T> | undefined;
  private endedWith: { value: T } | { error: unknown } | undefined;

  /** Use {@link Group.spawn}. */
  constructor(group: Group, name: string, body: Task<T>) {
    this.kernel = group.kernel;
    this.group = group;
    this.name = name;
    this.body = body;
  }

  get ended(): boolean {
    return this.state === 'ended';
  }

  resume(value: unknown): void {
    this.wake(value, false);
  }

  fail(error: unknown): void {
    this.wake(error, true);
  }

  /** Ends the process at once, wherever it waits. A process that kills itself ends at its next wait. */
  kill(): void {
    if (this.state === 'ended') return;
    if (this.state === 'running') {
      this.killRequested = true;
      return;
    }
    this.waitingFor?.disarm(this);
    this.waitingFor = undefined;
    this.state = 'running';
    try {
      this.body.return(undefined as never);
    } finally {
      this.finish({ error: new Killed(`process ${this.name} was killed`) });
    }
  }

  /** Waits for the end; returns the result, or throws what the process threw ({@link Killed} if it was killed). */
  *join(): Task<T> {
    return yield* this.completion().wait();
  }

  /** The end as a {@link Wait}, for `anyOf` and `withTimeout`. */
  completion(): Future<T> {
    if (!this.end) {
      this.end = new Future<T>();
      if (this.endedWith) this.tellEnd();
    }
    return this.end;
  }

  /** For the kernel: makes the process run at the present instant, first with `undefined`. */
  start(): void {
    this.wake(undefined, false);
  }

  /** For the kernel: runs the body up to its next wait. */
  advance(): void {
    if (this.state !== 'ready') return;
    this.state = 'running';
    const { inbox, inboxIsError } = this;
    this.inbox = undefined;
    try {
      const step = inboxIsError ? this.body.throw(inbox) : this.body.next(inbox);
      if (step.done) {
        this.finish({ value: step.value });
        return;
      }
      this.state = 'waiting';
      if (this.killRequested) {
        this.kill();
        return;
      }
      this.waitingFor = step.value;
      step.value.arm(this);
    } catch (error) {
      this.finish({ error });
    }
  }

  private wake(message: unknown, isError: boolean): void {
    if (this.state !== 'waiting') return;
    this.state = 'ready';
    this.waitingFor = undefined;
    this.inbox = message;
    this.inboxIsError = isError;
    this.kernel.makeReady(this);
  }

  private finish(outcome: { value: T } | { error: unknown }): void {
    this.state = 'ended';
    this.waitingFor = undefined;
    this.endedWith = outcome;
    this.group.forget(this);
    if (this.end) this.tellEnd();
    else if ('error' in outcome && !(outcome.error instanceof Killed)) this.kernel.reportCrash(this, outcome.error);
  }

  private tellEnd(): void {
    const outcome = this.endedWith!;
    if ('value' in outcome) this.end!.resolve(outcome.value);
    else this.end!.reject(outcome.error);
  }
}
