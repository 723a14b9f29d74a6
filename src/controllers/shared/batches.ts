import type { Group } from '../../sim/group.ts';
import type { Process } from '../../sim/process.ts';
import type { Task } from '../../sim/wait.ts';

export interface BatchResult {
  /** How many calls succeeded. */
  readonly successes: number;
  /** How many were never made, because an earlier batch failed. */
  readonly skipped: number;
  readonly errors: readonly unknown[];
}

/** Calls `call` for 0..count-1 side by side; waits for all. Failures are returned, not thrown. */
export function* allAtOnce(group: Group, count: number, call: (index: number) => Task<void>): Task<readonly unknown[]> {
  if (count === 1) {
    const error = yield* outcomeOf(call(0));
    return error === undefined ? [] : [error];
  }
  const processes: Process<unknown>[] = [];
  for (let i = 0; i < count; i++) processes.push(group.spawn('batch', outcomeOf(call(i))));
  const errors: unknown[] = [];
  for (const process of processes) {
    const error = yield* process.join();
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

/**
 * Calls `call` for 0..count-1 in batches of 1, 2, 4, ... so that a cluster that refuses is asked
 * once and not `count` times (replica_set.go slowStartBatch). Stops after a batch with a failure.
 */
export function* slowStart(group: Group, count: number, call: (index: number) => Task<void>, firstBatch = 1): Task<BatchResult> {
  let next = 0;
  for (let size = Math.min(count, firstBatch); size > 0; size = Math.min(2 * size, count - next)) {
    const from = next;
    const errors = yield* allAtOnce(group, size, (index) => call(from + index));
    next += size;
    if (errors.length > 0) return { successes: next - errors.length, skipped: count - next, errors };
  }
  return { successes: next, skipped: 0, errors: [] };
}

function* outcomeOf(task: Task<void>): Task<unknown> {
  try {
    yield* task;
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
