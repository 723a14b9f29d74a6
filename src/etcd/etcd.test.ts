import { describe, expect, it } from 'vitest';
import { Kernel } from '../sim/kernel.ts';
import { CLOSED } from '../sim/sync.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { EtcdMember } from './member.ts';
import { Mvcc } from './mvcc.ts';
import { CompactedError, StoreUnavailable, type StoreEvent } from './store.ts';

function keysOf(items: readonly { key: string; value: unknown }[]): string {
  return items.map(({ key, value }) => `${key}=${value}`).join(' ');
}

function put(data: Mvcc, key: string, value: unknown): number {
  return data.apply([], [{ put: key, value }]).result.revision;
}

describe('mvcc', () => {
  it('numbers revisions by transaction and keeps create, mod and version of a key', () => {
    const data = new Mvcc();
    expect(put(data, '/a', 1)).toBe(2);
    const { result } = data.apply(
      [{ key: '/a', modRevision: 2 }],
      [
        { put: '/a', value: (revision: number) => revision },
        { put: '/b', value: 0 },
      ],
    );
    expect(result.written).toMatchObject([
      { key: '/a', value: 3, createRevision: 2, modRevision: 3, version: 2 },
      { key: '/b', value: 0, createRevision: 3, modRevision: 3, version: 1 },
    ]);
  });

  it('changes nothing when a comparison fails and answers the present state', () => {
    const data = new Mvcc();
    put(data, '/a', 'old');
    const { result, events } = data.apply([{ key: '/a', modRevision: 0 }], [{ put: '/a', value: 'new' }]);
    expect(result).toMatchObject({ succeeded: false, revision: 2, present: [{ value: 'old' }] });
    expect(events).toEqual([]);
    expect(data.get('/a')?.value).toBe('old');
  });

  it('reads ranges in key order, at any revision since the compaction, with limit and start', () => {
    const data = new Mvcc();
    put(data, '/pods/b', 1);
    const early = put(data, '/pods/a', 1);
    put(data, '/podsx', 1);
    put(data, '/pods/b', 2);
    data.apply([], [{ remove: '/pods/a' }]);
    put(data, '/pods/c', 1);
    expect(keysOf(data.range('/pods/').items)).toBe('/pods/b=2 /pods/c=1');
    expect(keysOf(data.range('/pods/', { revision: early }).items)).toBe('/pods/a=1 /pods/b=1');
    expect(data.range('/pods/', { limit: 1 })).toMatchObject({ more: true, count: 2 });
    expect(keysOf(data.range('/pods/', { from: '/pods/b\0' }).items)).toBe('/pods/c=1');
    expect(data.get('/pods/b', early)?.value).toBe(1);
  });

  it('refuses what was compacted and what is yet to come', () => {
    const data = new Mvcc();
    const first = put(data, '/a', 1);
    put(data, '/a', 2);
    put(data, '/a', 3);
    data.compact(first + 1);
    expect(() => data.range('/a', { revision: first })).toThrow(CompactedError);
    expect(data.get('/a', first + 1)?.value).toBe(2);
    expect(() => data.eventsSince('/a', first)).toThrow('required revision has been compacted');
    expect(() => data.range('/a', { revision: 99 })).toThrow('future revision');
    expect(() => data.compact(first)).toThrow(CompactedError);
    expect(data.eventsSince('/a', first + 2)).toHaveLength(1);
  });
});

function withMember(body: (member: EtcdMember, kernel: Kernel) => Task<void>): void {
  const kernel = new Kernel(1);
  const member = new EtcdMember(kernel);
  member.start(kernel.root.child('etcd'));
  kernel.root.spawn('test', body(member, kernel));
  kernel.run({ untilMs: 3_600_000 });
}

describe('etcd member', () => {
  it('commits proposals later, in order, and tells watches from a revision on', () => {
    const seen: string[] = [];
    withMember(function* (member, kernel) {
      yield* member.txn([], [{ put: '/pods/a', value: 1 }]);
      expect(kernel.now).toBeGreaterThan(0);
      const watch = yield* member.watch('/pods/', member.revision);
      kernel.root.spawn(
        'writer',
        (function* (): Task<void> {
          yield* member.txn([], [{ put: '/pods/b', value: 1 }]);
          yield* member.txn([], [{ put: '/nodes/n', value: 1 }]);
          yield* member.txn([], [{ remove: '/pods/a' }]);
        })(),
      );
      while (seen.length < 3) {
        const batch = yield* watch.events.receive();
        if (batch === CLOSED) break;
        for (const event of batch as StoreEvent[]) seen.push(`${event.type} ${event.kv.key}@${event.kv.modRevision}`);
      }
    });
    expect(seen).toEqual(['PUT /pods/a@2', 'PUT /pods/b@3', 'DELETE /pods/a@5']);
  });

  it('keeps its data over a stop, fails what had not committed, and closes watches', () => {
    const kernel = new Kernel(1);
    const member = new EtcdMember(kernel);
    const group = kernel.root.child('etcd');
    member.start(group);
    const seen: string[] = [];
    kernel.root.spawn(
      'test',
      (function* (): Task<void> {
        yield* member.txn([], [{ put: '/a', value: 'kept' }]);
        const watch = yield* member.watch('/', 1);
        kernel.after(1, () => group.kill());
        try {
          yield* member.txn([], [{ put: '/b', value: 'lost' }]);
        } catch (error) {
          seen.push((error as Error).name);
        }
        watch.events.drain();
        seen.push(String((yield* watch.events.receive()) === CLOSED), watch.failure!.name);
        kernel.after(60_000, () => member.start(group));
        try {
          yield* member.get('/a');
        } catch (error) {
          seen.push((error as Error).message);
        }
        yield* sleep(60_000);
        seen.push(String((yield* member.get('/a'))?.value), String((yield* member.get('/b'))?.value));
      })(),
    );
    kernel.run({ untilMs: 600_000 });
    expect(seen).toEqual([StoreUnavailable.name, 'true', 'StoreUnavailable', 'etcdserver: request timed out', 'kept', 'undefined']);
  });

  it('removes the keys of a lease that is not kept alive', () => {
    withMember(function* (member) {
      const lease = yield* member.grantLease(10_000);
      yield* member.txn([], [{ put: '/events/e', value: 1, lease }]);
      yield* sleep(8_000);
      yield* member.keepAlive(lease);
      yield* sleep(8_000);
      expect((yield* member.get('/events/e'))?.value).toBe(1);
      yield* sleep(3_000);
      expect(yield* member.get('/events/e')).toBeUndefined();
    });
  });
});
