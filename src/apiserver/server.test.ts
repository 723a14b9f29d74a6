import { beforeAll, describe, expect, it } from 'vitest';
import { enableFreezing } from '../base/freeze.ts';
import { CONFIG_MAPS, NAMESPACES, NODES, PODS, type ConfigMap, type Pod } from '../api/kinds.ts';
import { CLOSED } from '../sim/sync.ts';
import { isApiError } from '../api/status.ts';
import { testServer } from './testing.ts';
import type { Client, Watch } from '../client/client.ts';
import type { Task } from '../sim/wait.ts';

const pod = (name: string, extra: object = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
  ...extra,
});
const at = (name: string) => ({ namespace: 'shop', name });

function* failure(task: Task<unknown>): Task<string> {
  try {
    yield* task;
  } catch (error) {
    if (isApiError(error)) return `${error.code} ${error.reason}: ${error.message}`;
    throw error;
  }
  return 'succeeded';
}

function* events<T extends { metadata: { name: string } }>(watch: Watch<T>, count: number): Task<string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const event = yield* watch.next();
    if (event === CLOSED) return [...seen, 'CLOSED'];
    seen.push(`${event.type} ${event.object.metadata.name}`);
  }
  return seen;
}

describe('the API server inside the simulation', () => {
  beforeAll(() => enableFreezing(true));

  it('creates, reads, replaces and deletes', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    const map: ConfigMap = { metadata: { name: 'a', namespace: 'shop' }, data: { k: 'v' } };
    run(
      (function* (): Task<void> {
        const made = yield* client.create(CONFIG_MAPS, map);
        expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
        const got = yield* client.get(CONFIG_MAPS, at('a'));
        expect(got).toBe(made);
        const changed = yield* client.update(CONFIG_MAPS, { ...got, data: { k: 'w' } });
        expect(Number(changed.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
        expect(yield* failure(client.update(CONFIG_MAPS, { ...got, data: { k: 'x' } }))).toMatch(
          /^409 Conflict: Operation cannot be fulfilled on configmaps "a": the object has been modified/,
        );
        yield* client.delete(CONFIG_MAPS, at('a'));
        expect(yield* failure(client.get(CONFIG_MAPS, at('a')))).toBe('404 NotFound: configmaps "a" not found');
      })(),
    );
  });

  it('refuses objects in namespaces that do not exist', () => {
    const { client, run } = testServer();
    expect(run(failure(client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'nowhere' } })))).toBe(
      '404 NotFound: namespaces "nowhere" not found',
    );
  });

  it('an update that changes nothing writes nothing', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    const made = run(client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop' }, data: { k: 'v' } }));
    const again = run(client.update(CONFIG_MAPS, { ...made, data: { k: 'v' } }));
    expect(again.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it('binds pods, and watchers by node see them come', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    run(
      (function* (): Task<void> {
        const watch = yield* client.watch(PODS, { fieldSelector: 'spec.nodeName=n1' });
        yield* client.create(PODS, pod('a', { metadata: { name: 'a', namespace: 'shop' } }));
        yield* client.createSub(PODS, at('a'), 'binding', { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n1' } });
        expect(yield* events(watch, 1)).toEqual(['ADDED a']);
        const bound = yield* client.get(PODS, at('a'));
        expect(bound.spec?.nodeName).toBe('n1');
        expect(bound.status?.conditions?.[0]).toMatchObject({ type: 'PodScheduled', status: 'True' });
        expect(
          yield* failure(client.createSub(PODS, at('a'), 'binding', { metadata: { name: 'a' }, target: { kind: 'Node', name: 'n2' } })),
        ).toMatch(/pod a is already assigned to node "n1"/);
        const onNode = yield* client.list(PODS, { fieldSelector: 'spec.nodeName=n1' });
        expect(onNode.items.map((item) => item.metadata.name)).toEqual(['a']);
      })(),
    );
  });

  it('turns an update that leaves the selector into a deletion', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    run(
      (function* (): Task<void> {
        const made = yield* client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop', labels: { app: 'web' } } });
        const watch = yield* client.watch(CONFIG_MAPS, { namespace: 'shop', labelSelector: 'app=web' });
        yield* client.update(CONFIG_MAPS, { ...made, metadata: { ...made.metadata, labels: { app: 'db' } } });
        yield* client.patch(CONFIG_MAPS, at('a'), 'merge', { metadata: { labels: { app: 'web' } } });
        yield* client.patch(CONFIG_MAPS, at('a'), 'merge', { data: { k: 'v' } });
        expect(yield* events(watch, 4)).toEqual(['ADDED a', 'DELETED a', 'ADDED a', 'MODIFIED a']);
      })(),
    );
  });

  it('watches from a version see exactly what came after it', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    run(
      (function* (): Task<void> {
        yield* client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop' } });
        const list = yield* client.list(CONFIG_MAPS, { namespace: 'shop' });
        yield* client.create(CONFIG_MAPS, { metadata: { name: 'b', namespace: 'shop' } });
        const watch = yield* client.watch(CONFIG_MAPS, { namespace: 'shop', resourceVersion: list.metadata.resourceVersion });
        yield* client.delete(CONFIG_MAPS, at('a'));
        expect(yield* events(watch, 2)).toEqual(['ADDED b', 'DELETED a']);
      })(),
    );
  });

  it('deletes unscheduled pods at once and gives scheduled ones grace', () => {
    const { client, run, kernel } = testServer({ namespace: 'shop' });
    run(
      (function* (): Task<void> {
        const watch = yield* client.watch(PODS, { namespace: 'shop' });
        yield* client.create(
          PODS,
          pod('a', {
            metadata: { name: 'a', namespace: 'shop' },
            spec: { terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'nginx' }] },
          }),
        );
        yield* client.delete(PODS, at('a'));
        expect(yield* events(watch, 3)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
        yield* client.create(
          PODS,
          pod('b', {
            metadata: { name: 'b', namespace: 'shop' },
            spec: { nodeName: 'n1', terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'nginx' }] },
          }),
        );
        yield* client.delete(PODS, at('b'));
        const dying = yield* client.get(PODS, at('b'));
        expect(dying.metadata.deletionGracePeriodSeconds).toBe(30);
        expect(Date.parse(dying.metadata.deletionTimestamp!) - kernel.epochMs()).toBeGreaterThan(28_000);
        yield* client.delete(PODS, at('b'), { gracePeriodSeconds: 0 });
        expect(yield* failure(client.get(PODS, at('b')))).toMatch(/^404/);
      })(),
    );
  });

  it('keeps objects with finalizers until the last is taken away', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    run(
      (function* (): Task<void> {
        yield* client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop', finalizers: ['x.io/y'] } });
        yield* client.delete(CONFIG_MAPS, at('a'));
        const held = yield* client.get(CONFIG_MAPS, at('a'));
        expect(held.metadata.deletionTimestamp).toBeDefined();
        yield* client.update(CONFIG_MAPS, { ...held, metadata: { ...held.metadata, finalizers: [] } });
        expect(yield* failure(client.get(CONFIG_MAPS, at('a')))).toMatch(/^404/);
      })(),
    );
  });

  it('adds finalizers for foreground and orphan deletion', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    const finalizersAfter = (propagationPolicy: 'Foreground' | 'Orphan') =>
      run(
        (function* (): Task<unknown> {
          const name = propagationPolicy.toLowerCase();
          yield* client.create(CONFIG_MAPS, { metadata: { name, namespace: 'shop' } });
          const left = yield* client.delete(CONFIG_MAPS, at(name), { propagationPolicy });
          return left.metadata?.finalizers;
        })(),
      );
    expect(finalizersAfter('Foreground')).toEqual(['foregroundDeletion']);
    expect(finalizersAfter('Orphan')).toEqual(['orphan']);
  });

  it('terminates namespaces in two steps', () => {
    const { client, run } = testServer({ namespace: 'shop' });
    run(
      (function* (client: Client): Task<void> {
        const ending = yield* client.delete(NAMESPACES, { name: 'shop' });
        expect(ending.status.phase).toBe('Terminating');
        expect(yield* failure(client.create(CONFIG_MAPS, { metadata: { name: 'a', namespace: 'shop' } }))).toMatch(
          /because it is being terminated/,
        );
        yield* client.update(NAMESPACES, { ...(ending as any), spec: {} }, { subresource: 'finalize' } as never);
        expect(yield* failure(client.get(NAMESPACES, { name: 'shop' }))).toMatch(/^404/);
      })(client),
    );
  });

  it('updates status without touching the spec, and the spec without touching status', () => {
    const { client, run } = testServer();
    run(
      (function* (): Task<void> {
        const node = yield* client.create(NODES, { metadata: { name: 'n1' }, spec: { podCIDR: '10.1.0.0/24' } });
        const withStatus = yield* client.updateStatus(NODES, { ...node, spec: {}, status: { nodeInfo: undefined, phase: 'x' } });
        expect(withStatus.spec).toEqual(node.spec);
        const updated = yield* client.update(NODES, { ...withStatus, spec: { ...node.spec, unschedulable: true }, status: {} });
        expect(updated.status?.phase).toBe('x');
        expect(updated.spec?.unschedulable).toBe(true);
      })(),
    );
  });
});
