import { NAMESPACES, type Namespace, type Pod } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { parseRfc3339 } from '../../base/time.ts';
import { CUSTOM_RESOURCE_DEFINITIONS, customKind, storableKinds } from '../shared/kinds.ts';
import { ignoring } from '../shared/ownership.ts';
import { equalValues } from '../../api/equal.ts';
import { messageOf, numberFlag, startWorkers } from '../shared/workers.ts';
import { namespaceConditions, type Remains } from './conditions.ts';
import type { Kind } from '../../api/kind.ts';
import type { Stored } from '../../api/object.ts';
import type { WorkQueue } from '../../client/queue.ts';
import type { Task } from '../../sim/wait.ts';
import type { Controller, ControllerContext } from '../context.ts';

/** A namespace is left alone this long after a change, so that all API servers know that it goes. */
const SETTLE_MS = 5_000;
/** How long objects that only finalizers hold are taken to stay. */
const FINALIZER_ESTIMATE_SECONDS = 15;
const KUBERNETES_FINALIZER = 'kubernetes';

/** Empties namespaces that are being deleted and then lets them go (pkg/controller/namespace). */
export const namespaceController: Controller = {
  name: 'namespace-controller',
  rateFactor: { perSecond: 20, burst: 100 },
  start(context) {
    const namespaces = context.informers.informer(NAMESPACES);
    const queue = context.queue('namespace');
    const enqueue = (namespace: Stored<Namespace>): void => {
      if (namespace.metadata.deletionTimestamp !== undefined) queue.addAfter(namespace.metadata.name, SETTLE_MS);
    };
    namespaces.onChange({ added: enqueue, updated: (_before, namespace) => enqueue(namespace) });
    const emptier = new Emptier(context, queue);
    startWorkers(context, 'namespace', queue, numberFlag(context, 'concurrent-namespace-syncs', 10), (name) => {
      const namespace = namespaces.get(name);
      return emptier.reconcile(namespace);
    });
  },
};

interface Round extends Remains {
  objects: Map<string, number>;
  finalizers: Map<string, number>;
  errors: string[];
  /** How long what remains will take, by its grace periods. */
  estimateSeconds: number;
}

class Emptier {
  private readonly context: ControllerContext;
  private readonly queue: WorkQueue;
  private readonly builtin: readonly Kind[];

  constructor(context: ControllerContext, queue: WorkQueue) {
    this.context = context;
    this.queue = queue;
    this.builtin = storableKinds().filter((kind) => kind.namespaced);
    context.informers.informer(CUSTOM_RESOURCE_DEFINITIONS);
  }

  *reconcile(cached: Stored<Namespace> | undefined): Task<void> {
    if (!cached || cached.metadata.deletionTimestamp === undefined) return;
    const { client } = this.context;
    const { name } = cached.metadata;
    const namespace = yield* ignoring(['NotFound'], client.get(NAMESPACES, { name }));
    if (!namespace || namespace.metadata.deletionTimestamp === undefined) return;
    if (!(namespace.spec?.finalizers ?? []).includes(KUBERNETES_FINALIZER)) return;
    const round = yield* this.empty(namespace);
    const written = yield* this.report(namespace, round);
    if (round.errors.length > 0) throw new Error(round.errors.join(', '));
    if (round.objects.size > 0) {
      this.queue.addAfter(name, (Math.floor(round.estimateSeconds / 2) + 1) * 1000);
      return;
    }
    const finalizers = (written.spec?.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES_FINALIZER);
    yield* ignoring(
      ['NotFound'],
      client.update(NAMESPACES, { ...written, spec: { ...written.spec, finalizers } }, { subresource: 'finalize' }),
    );
  }

  private *report(namespace: Stored<Namespace>, round: Round): Task<Stored<Namespace>> {
    const conditions = namespaceConditions(namespace.status?.conditions, round, this.context.kernel.timestamp());
    const status = { ...namespace.status, phase: 'Terminating' as const, conditions };
    if (equalValues(status, namespace.status)) return namespace;
    return yield* this.context.client.updateStatus(NAMESPACES, { ...namespace, status });
  }

  /** Pods first; the rest once they are gone. */
  private *empty(namespace: Stored<Namespace>): Task<Round> {
    const round: Round = { objects: new Map(), finalizers: new Map(), errors: [], estimateSeconds: 0 };
    const kinds = this.kinds();
    const pods = kinds.filter((kind) => kind.resource === 'pods' && kind.group === '');
    for (const kind of pods) yield* this.emptyOf(namespace, kind, round);
    if (round.objects.size > 0 || round.errors.length > 0) return round;
    for (const kind of kinds) if (!pods.includes(kind)) yield* this.emptyOf(namespace, kind, round);
    return round;
  }

  private kinds(): Kind[] {
    const custom: Kind[] = [];
    for (const definition of this.context.informers.informer(CUSTOM_RESOURCE_DEFINITIONS).list()) {
      const kind = customKind(definition);
      if (kind?.namespaced) custom.push(kind);
    }
    return [...this.builtin, ...custom];
  }

  private *emptyOf(namespace: Stored<Namespace>, kind: Kind, round: Round): Task<void> {
    const { client } = this.context;
    const within = { namespace: namespace.metadata.name };
    try {
      const before = yield* client.list(kind, { ...within, limit: 1 });
      if (before.items.length === 0) return;
      if (kind.verbs.includes('deletecollection')) yield* client.deleteCollection(kind, { ...within, propagationPolicy: 'Background' });
      else yield* this.deleteEach(kind, within);
      const left = yield* client.list(kind, within);
      if (left.items.length === 0) return;
      round.objects.set(`${kind.resource}.${kind.group}`, left.items.length);
      for (const item of left.items) {
        for (const finalizer of item.metadata.finalizers ?? []) round.finalizers.set(finalizer, (round.finalizers.get(finalizer) ?? 0) + 1);
      }
      round.estimateSeconds = Math.max(round.estimateSeconds, this.estimate(namespace, kind, left.items as Stored<Pod>[]));
    } catch (error) {
      if (isApiError(error, 'NotFound') || isApiError(error, 'MethodNotAllowed')) return;
      if (!isApiError(error)) throw error;
      round.errors.push(messageOf(error));
    }
  }

  private *deleteEach(kind: Kind, within: { namespace: string }): Task<void> {
    const { client } = this.context;
    for (const item of (yield* client.list(kind, within)).items) {
      yield* ignoring(['NotFound'], client.delete(kind, { ...within, name: item.metadata.name }, { propagationPolicy: 'Background' }));
    }
  }

  private estimate(namespace: Stored<Namespace>, kind: Kind, left: readonly Stored<Pod>[]): number {
    if (kind.resource !== 'pods' || kind.group !== '') return FINALIZER_ESTIMATE_SECONDS;
    const grace = left.reduce((most, pod) => Math.max(most, pod.spec?.terminationGracePeriodSeconds ?? 0), 0);
    const sinceMs = this.context.kernel.epochMs() - parseRfc3339(String(namespace.metadata.deletionTimestamp));
    const remaining = grace - Math.floor(sinceMs / 1000);
    return remaining > 0 ? remaining : FINALIZER_ESTIMATE_SECONDS;
  }
}
