import { describe, expect, it } from 'vitest';
import { Kernel } from './kernel.ts';
import { CLOSED, Channel, Future } from './sync.ts';
import { anyOf, hang, sleep, withTimeout, type Task } from './wait.ts';

function finish(kernel: Kernel): void {
  kernel.run({ untilMs: Infinity });
}

describe('kernel', () => {
  it('runs events by due time, then by the order in which they were made', () => {
    const kernel = new Kernel(1);
    const seen: string[] = [];
    kernel.at(5, () => seen.push('b'));
    kernel.at(1, () => seen.push('a'));
    kernel.at(5, () => seen.push('c'));
    finish(kernel);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(kernel.now).toBe(5);
  });

  it('keeps (due, sequence) order between timers and processes that become ready', () => {
    const kernel = new Kernel(1);
    const seen: string[] = [];
    const later = new Future<void>();
    kernel.root.spawn(
      'p',
      (function* (): Task<void> {
        yield* later.wait();
        seen.push('process');
      })(),
    );
    kernel.at(1, () => {
      later.resolve();
      kernel.after(0, () => seen.push('after'));
    });
    kernel.at(1, () => seen.push('second'));
    finish(kernel);
    expect(seen).toEqual(['second', 'process', 'after']);
  });

  it('passes values and errors to those who wait', () => {
    const kernel = new Kernel(1);
    const results: unknown[] = [];
    const good = new Future<number>();
    const bad = new Future<number>();
    kernel.root.spawn(
      'p',
      (function* (): Task<void> {
        results.push(yield* good.wait());
        try {
          yield* bad.wait();
        } catch (error) {
          results.push(error);
        }
        results.push(
          yield* kernel.root
            .spawn(
              'child',
              (function* (): Task<string> {
                yield* sleep(3);
                return 'child';
              })(),
            )
            .join(),
        );
      })(),
    );
    kernel.at(1, () => good.resolve(42));
    kernel.at(2, () => bad.reject('broken'));
    finish(kernel);
    expect(results).toEqual([42, 'broken', 'child']);
  });

  it('lets the first of several waits win and disarms the rest', () => {
    const kernel = new Kernel(1);
    const never = new Future<number>();
    const results: unknown[] = [];
    const channel = new Channel<string>();
    kernel.root.spawn(
      'p',
      (function* (): Task<void> {
        results.push(yield* withTimeout<number>(10, never));
        results.push(yield* anyOf([never, channel]));
        channel.send('kept');
        results.push(yield* channel.receive());
        channel.close();
        results.push(yield* channel.receive());
      })(),
    );
    kernel.at(20, () => channel.send('hello'));
    finish(kernel);
    expect(results).toEqual([{ timedOut: true }, { index: 1, value: 'hello' }, 'kept', CLOSED]);
  });

  it('kills a group with all below it, running finally blocks', () => {
    const kernel = new Kernel(1);
    const seen: string[] = [];
    const machine = kernel.root.child('machine');
    const body = function* (name: string): Task<void> {
      try {
        yield* hang();
      } finally {
        seen.push(name);
      }
    };
    machine.spawn('a', body('a'));
    machine.child('unit').spawn('b', body('b'));
    machine.onKill(() => seen.push('closed'));
    kernel.at(1, () => machine.kill());
    finish(kernel);
    expect(seen).toEqual(['b', 'a', 'closed']);
  });

  it('reports a crash that nobody joins', () => {
    const kernel = new Kernel(1);
    kernel.root.spawn(
      'p',
      (function* (): Task<void> {
        throw new Error('boom');
      })(),
    );
    expect(() => finish(kernel)).toThrow(/root\/p crashed.*boom/);
  });

  it('has the same trace for the same seed whatever the slices', () => {
    const history = (seed: number, slice: number): string => {
      const kernel = new Kernel(seed);
      const rng = kernel.rng.fork('load');
      for (let i = 0; i < 20; i++) {
        kernel.root.spawn(
          `p${i}`,
          (function* (): Task<void> {
            for (let n = 0; n < 50; n++) yield* sleep(rng.int(0, 30));
          })(),
        );
      }
      while (!kernel.run({ untilMs: 1000, maxEvents: slice }).done);
      return `${kernel.trace} ${kernel.events}`;
    };
    expect(history(7, 1)).toBe(history(7, 997));
    expect(history(7, 13)).toBe(history(7, Infinity));
    expect(history(7, 13)).not.toBe(history(8, 13));
  });
});
