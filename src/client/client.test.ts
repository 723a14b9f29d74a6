import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, EVENTS, LEASES, type ConfigMap } from '../api/kinds.ts';
import { testServer } from '../apiserver/testing.ts';
import { Kernel } from '../sim/kernel.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { EventWriter } from './event-recorder.ts';
import { acquireLeadership, keepLeadership } from './leader.ts';
import { SharedInformers } from './reflector.ts';
import { RateLimit } from './transport.ts';
import { KeyQueue } from './work-queue.ts';

const map = (name: string, data: Record<string, string> = {}): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'test' },
  data,
});

describe('a work queue', () => {
  it('works on a key once however often it was added, and again if it was added meanwhile', () => {
    const kernel = new Kernel(1);
    const queue = new KeyQueue(kernel);
    const seen: string[] = [];
    queue.run(kernel.root, 2, function* (key): Task<void> {
      seen.push(`${key}@${kernel.now}`);
      yield* sleep(10);
    });
    for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
    kernel.at(5, () => queue.add('a'));
    kernel.run({ untilMs: 1_000 });
    expect(seen).toEqual(['a@0', 'b@0', 'a@10']);
  });

  it('brings failed keys back after 5 ms, doubling, until one succeeds', () => {
    const kernel = new Kernel(1);
    const queue = new KeyQueue(kernel);
    const seen: number[] = [];
    queue.run(kernel.root, 1, function* (): Task<void> {
      seen.push(kernel.now);
      if (seen.length < 4) throw new Error('not yet');
    });
    queue.add('a');
    kernel.run({ untilMs: 1_000 });
    expect(seen).toEqual([0, 5, 15, 35]);
    expect(queue.retries('a')).toBe(0);
  });

  it('adds a delayed key at the earliest of its instants', () => {
    const kernel = new Kernel(1);
    const queue = new KeyQueue(kernel);
    const seen: number[] = [];
    queue.run(kernel.root, 1, function* (): Task<void> {
      seen.push(kernel.now);
    });
    queue.addAfter('a', 100);
    queue.addAfter('a', 30);
    queue.addAfter('a', 60);
    kernel.run({ untilMs: 1_000 });
    expect(seen).toEqual([30]);
  });
});

it('a rate limit lets a burst through at once and the rest at its pace', () => {
  const kernel = new Kernel(1);
  const limit = new RateLimit(kernel, 10, 2);
  const seen: number[] = [];
  for (let i = 0; i < 4; i++) {
    kernel.root.spawn(
      'client',
      (function* (): Task<void> {
        yield* limit.admit();
        seen.push(kernel.now);
      })(),
    );
  }
  kernel.run({ untilMs: 1_000 });
  expect(seen).toEqual([0, 0, 100, 200]);
});

describe('an informer', () => {
  it('lists, follows, keeps its indexes, and tells late comers what is there', () => {
    const { client, kernel, run, advance } = testServer({ namespace: 'test' });
    const informers = new SharedInformers(client, kernel.root.child('component'));
    const informer = informers.informer(CONFIG_MAPS, { namespace: 'test' });
    expect(informers.informer(CONFIG_MAPS, { namespace: 'test' })).toBe(informer);
    informer.addIndex('color', (object) => (object.data?.['color'] ? [object.data['color']] : []));
    const seen: string[] = [];
    informer.onChange({
      added: ({ metadata }) => seen.push(`+${metadata.name}`),
      updated: (_, { metadata }) => seen.push(`~${metadata.name}`),
      deleted: ({ metadata }) => seen.push(`-${metadata.name}`),
    });
    run(client.create(CONFIG_MAPS, map('a', { color: 'red' })));
    informers.start();
    run(informers.synced());
    run(client.create(CONFIG_MAPS, map('b', { color: 'red' })));
    run(client.update(CONFIG_MAPS, map('a', { color: 'blue' })));
    advance(10);
    expect(informer.byIndex('color', 'red').map(({ metadata }) => metadata.name)).toEqual(['b']);
    run(client.delete(CONFIG_MAPS, { namespace: 'test', name: 'b' }));
    advance(10);
    expect(seen).toEqual(['+a', '+b', '~a', '-b']);
    expect(informer.byIndex('color', 'red')).toEqual([]);
    const late: string[] = [];
    informer.onChange({ added: ({ metadata }) => late.push(metadata.name) });
    expect(late).toEqual(['a']);
  });
});

describe('an event recorder', () => {
  const setUp = () => {
    const server = testServer({ namespace: 'test' });
    const recorder = new EventWriter(server.kernel, server.kernel.root.child('component'), server.client, 'tester');
    const about = server.run(server.client.create(CONFIG_MAPS, map('a')));
    const events = () => {
      server.advance(1_000);
      return server.run(server.client.list(EVENTS, { namespace: 'test' })).items;
    };
    return { recorder, about, events };
  };

  it('counts an event that repeats', () => {
    const { recorder, about, events } = setUp();
    for (let i = 0; i < 3; i++) recorder.event(about, 'Warning', 'Failed', 'it broke');
    expect(events()).toMatchObject([{ reason: 'Failed', message: 'it broke', count: 3, involvedObject: { name: 'a', kind: 'ConfigMap' } }]);
  });

  it('combines similar events after ten and holds a noisy object back after 25', () => {
    const { recorder, about, events } = setUp();
    for (let i = 0; i < 40; i++) recorder.event(about, 'Normal', 'Tick', `tick ${i}`);
    const stored = events();
    expect(stored).toHaveLength(11);
    const combined = stored.find(({ message }) => message!.startsWith('(combined from similar events): '));
    expect(combined!.count).toBe(15);
  });
});

it('a second candidate leads once the first has not renewed for the lease duration', () => {
  const { client, kernel, run } = testServer({ namespace: 'test' });
  const lease = { namespace: 'test', name: 'some-component' };
  const terms: string[] = [];
  const candidate = (identity: string) => {
    const group = kernel.root.child(identity);
    group.spawn(
      'elect',
      (function* (): Task<void> {
        yield* acquireLeadership({ kernel, client, lease, identity });
        terms.push(`${identity}@${Math.round(kernel.now / 1000)}`);
        yield* keepLeadership({ kernel, client, lease, identity });
      })(),
    );
    return group;
  };
  const first = candidate('one');
  kernel.at(1_000, () => candidate('two'));
  kernel.at(60_000, () => first.kill());
  kernel.run({ untilMs: 120_000 });
  expect(terms[0]).toBe('one@0');
  const [, second] = terms;
  expect(Number(second!.split('@')[1])).toBeGreaterThanOrEqual(73);
  expect(Number(second!.split('@')[1])).toBeLessThanOrEqual(78);
  expect(run(client.get(LEASES, lease)).spec).toMatchObject({ holderIdentity: 'two', leaseTransitions: 1 });
});
