import { expect, it } from 'vitest';
import { EVENTS } from '../api/kinds.ts';
import { testServer } from './testing.ts';
import type { Task } from '../sim/wait.ts';

const MINUTE_MS = 60_000;

it('forgets events an hour after they were last written', () => {
  const { client, run, advance } = testServer({ namespace: 'shop' });
  const event = (name: string) => ({
    metadata: { name, namespace: 'shop' },
    involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web' },
    reason: 'Started',
    message: 'm',
    type: 'Normal',
  });
  const names = () =>
    run(
      (function* (): Task<(string | undefined)[]> {
        return (yield* client.list(EVENTS, { namespace: 'shop' })).items.map(({ metadata }) => metadata.name);
      })(),
    );
  run(client.create(EVENTS, event('old')));
  run(client.create(EVENTS, event('repeated')));
  advance(30 * MINUTE_MS);
  run(
    (function* (): Task<void> {
      const present = yield* client.get(EVENTS, { namespace: 'shop', name: 'repeated' });
      yield* client.update(EVENTS, { ...present, count: 2 });
    })(),
  );
  advance(29 * MINUTE_MS);
  expect(names()).toEqual(['old', 'repeated']);
  advance(3 * MINUTE_MS);
  expect(names()).toEqual(['repeated']);
  advance(30 * MINUTE_MS);
  expect(names()).toEqual([]);
});
