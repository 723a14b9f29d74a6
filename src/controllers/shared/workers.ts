import { sleep } from '../../sim/wait.ts';
import type { Task } from '../../sim/wait.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { ControllerContext } from '../context.ts';

/** Starts `workers` processes on a queue once all informers have synced. Failures go to the journal and back to the queue. */
export function startWorkers(
  context: ControllerContext,
  name: string,
  queue: WorkQueue,
  workers: number,
  reconcile: (key: string) => Task<void>,
): void {
  const begin = function* (): Task<void> {
    yield* context.informers.synced();
    queue.run(context.group, workers, reconcile, (key, error) =>
      context.log(`"Unhandled Error" err="${name}: error syncing ${key}: ${messageOf(error)}"`),
    );
  };
  context.group.spawn(`${name}-start`, begin());
}

/** Calls `body` once all informers have synced and then every `periodMs`, until the group is killed. */
export function startPeriodic(context: ControllerContext, name: string, periodMs: number, body: () => Task<void>): void {
  const loop = function* (): Task<void> {
    yield* context.informers.synced();
    for (;;) {
      try {
        yield* body();
      } catch (error) {
        context.log(`"Unhandled Error" err="${name}: ${messageOf(error)}"`);
      }
      yield* sleep(periodMs);
    }
  };
  context.group.spawn(name, loop());
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A flag that is a Go duration (`50s`, `1m30s`, `5m0s`), in milliseconds. */
export function durationFlag(context: ControllerContext, name: string, defaultMs: number): number {
  const text = context.flag(name);
  if (text === undefined) return defaultMs;
  const parsed = parseGoDuration(text);
  if (parsed !== undefined) return parsed;
  context.log(`invalid value "${text}" for --${name}: not a duration like 50s; using ${defaultMs}ms`);
  return defaultMs;
}

/** A flag that is a number. */
export function numberFlag(context: ControllerContext, name: string, fallback: number): number {
  const text = context.flag(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  context.log(`invalid value "${text}" for --${name}: not a number; using ${fallback}`);
  return fallback;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, ns: 0.000001 };

/** Milliseconds of a Go duration text, or undefined when it is none. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|us|ns|h|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const part of text.matchAll(/(\d+(?:\.\d+)?)(ms|us|ns|h|m|s)/g)) total += Number(part[1]) * UNIT_MS[part[2]!]!;
  return total;
}
