import { expect, it } from 'vitest';
import { CONFIG_MAPS } from '../api/kinds.ts';
import { CLOSED } from '../sim/sync.ts';
import { testServer } from './testing.ts';
import type { Task } from '../sim/wait.ts';

it('replays to a watch of a namespace only what it missed there', () => {
  const { client, run } = testServer({ namespace: 'shop' });
  run(
    (function* (): Task<void> {
      const first = yield* client.create(CONFIG_MAPS, { metadata: { name: 'first', namespace: 'shop' } });
      yield* client.create(CONFIG_MAPS, { metadata: { name: 'elsewhere', namespace: 'kube-system' } });
      yield* client.create(CONFIG_MAPS, { metadata: { name: 'second', namespace: 'shop' } });
      const watch = yield* client.watch(CONFIG_MAPS, { namespace: 'shop', resourceVersion: first.metadata.resourceVersion });
      const event = yield* watch.next();
      expect(event === CLOSED ? 'CLOSED' : event.object.metadata.name).toBe('second');
    })(),
  );
});
