import { testServer, type TestServer } from '../apiserver/testing.ts';
import { EVENTS, NAMESPACES, PODS, SERVICE_ACCOUNTS, type Pod } from '../api/kinds.ts';
import { controllerOf, type KubeObject, type Stored } from '../api/object.ts';
import { isApiError } from '../api/status.ts';
import { sleep, type Task } from '../sim/wait.ts';
import { startControllerManager } from './manager.ts';
import type { Kind } from '../api/kind.ts';
import type { Group } from '../sim/group.ts';
import type { Controller } from './context.ts';

export interface ControllerFixture extends TestServer {
  /** What the manager wrote to its journal. */
  readonly journal: string[];
  /** Where the manager lives. */
  readonly group: Group;
  start(): void;
  create<T extends KubeObject>(kind: Kind<T>, object: T): Stored<T>;
  get<T extends KubeObject>(kind: Kind<T>, name: string, namespace?: string): Stored<T> | undefined;
  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): Stored<T>[];
  patch<T extends KubeObject>(kind: Kind<T>, name: string, patch: unknown, namespace?: string): Stored<T>;
  /** `reason message` of the events about objects of a kind, in the order in which they were written. */
  events(kind: string, namespace?: string): string[];
}

export interface FixtureOptions {
  readonly controllers: readonly Controller[];
  readonly flags?: Readonly<Record<string, string>>;
  /** A stand-in for scheduler and kubelets: pods become Running and Ready after this long, deleted ones vanish after this long. */
  readonly readyAfterMs?: number;
  /** Whether a pod may become ready. */
  readonly mayRun?: (pod: Stored<Pod>) => boolean;
}

/** An API server with controllers in virtual time, in the namespace `default`. */
export function controllerFixture(options: FixtureOptions): ControllerFixture {
  const server = testServer();
  const { kernel, client, run } = server;
  ensureNamespace(server);
  const journal: string[] = [];
  const group = kernel.root.child('manager');
  const at = (name: string, namespace: string) => (namespace ? { namespace, name } : { name });
  if (options.readyAfterMs !== undefined) {
    kernel.root.spawn('kubelets', runPods(server, options.readyAfterMs, options.mayRun ?? (() => true)));
  }
  return {
    ...server,
    journal,
    group,
    start: () =>
      startControllerManager({
        kernel,
        group,
        client,
        identity: 'master-1_test',
        flags: { 'leader-elect': 'false', ...options.flags },
        rng: kernel.rng.fork('manager'),
        log: (line) => journal.push(line),
        controllers: options.controllers,
      }),
    create: (kind, object) => run(client.create(kind, object)),
    get: (kind, name, namespace = 'default') => run(find(server, kind, at(name, kind.namespaced ? namespace : ''))),
    list: (kind, namespace = 'default') => run(client.list(kind, kind.namespaced ? { namespace } : {})).items,
    patch: (kind, name, patch, namespace = 'default') =>
      run(client.patch(kind, at(name, kind.namespaced ? namespace : ''), 'merge', patch)),
    events: (kind, namespace = 'default') => {
      const events = run(client.list(EVENTS, { namespace })).items;
      const about = events.filter((event) => event.involvedObject.kind === kind);
      return about
        .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
        .map((event) => `${event.reason} ${event.message}`);
    },
  };
}

function ensureNamespace({ client, run }: TestServer): void {
  const make = function* (): Task<void> {
    for (const kind of ['namespaces', 'serviceaccounts'] as const) {
      try {
        if (kind === 'namespaces') yield* client.create(NAMESPACES, { metadata: { name: 'default' } });
        else yield* client.create(SERVICE_ACCOUNTS, { metadata: { name: 'default', namespace: 'default' } });
      } catch (error) {
        if (!isApiError(error, 'AlreadyExists')) throw error;
      }
    }
  };
  run(make());
}

function* find<T extends KubeObject>(
  { client }: TestServer,
  kind: Kind<T>,
  at: { name: string; namespace?: string },
): Task<Stored<T> | undefined> {
  try {
    return yield* client.get(kind, at);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function* runPods(server: TestServer, readyAfterMs: number, mayRun: (pod: Stored<Pod>) => boolean): Task<void> {
  const { client, kernel } = server;
  const watch = yield* client.watch(PODS);
  const seen = new Set<string>();
  for (;;) {
    const event = yield* watch.next();
    if (typeof event === 'symbol') return;
    const { uid, deletionTimestamp } = event.object.metadata;
    const key = `${uid}${deletionTimestamp ? ' gone' : ''}`;
    if (event.type === 'DELETED' || seen.has(key)) continue;
    seen.add(key);
    if (deletionTimestamp !== undefined || mayRun(event.object)) kernel.root.spawn('pod', move(server, event.object, readyAfterMs));
  }
}

let addresses = 0;

function* move({ client, kernel }: TestServer, pod: Stored<Pod>, afterMs: number): Task<void> {
  yield* sleep(afterMs);
  const at = { namespace: pod.metadata.namespace!, name: pod.metadata.name };
  try {
    if (pod.metadata.deletionTimestamp !== undefined) {
      yield* client.delete(PODS, at, { gracePeriodSeconds: 0 });
      return;
    }
    const address = ++addresses;
    if (!pod.spec?.nodeName) {
      yield* client.createSub(PODS, at, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: at,
        target: { kind: 'Node', name: wantedNode(pod) },
      });
    }
    const status = {
      phase: 'Running',
      podIP: `10.244.${(address >> 8) & 255}.${address & 255}`,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: kernel.timestamp() }],
    };
    yield* client.patch(PODS, at, 'strategic', { status }, { subresource: 'status' });
  } catch (error) {
    if (!isApiError(error)) throw error;
  }
}

function wantedNode(pod: Stored<Pod>): string {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms[0]?.matchFields?.[0]?.values?.[0] ?? 'minion-1';
}

/** Whether a pod is controlled by an object of this name. */
export function isControlledBy(pod: Stored<KubeObject>, name: string): boolean {
  return controllerOf(pod)?.name === name;
}
