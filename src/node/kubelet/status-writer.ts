import { PODS, type Pod } from '../../api/kinds.ts';
import { isApiError } from '../../api/status.ts';
import { NetError } from '../../net/fabric.ts';
import { Condition } from '../../sim/sync.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { sameValue } from './intern.ts';
import type { Stored } from '../../api/object.ts';
import type { Client } from '../../client/client.ts';
import type { Group } from '../../sim/group.ts';
import type { PodStatus } from './pod-status.ts';

/** What failed to reach the API server is tried again so much later (status manager's syncPeriod). */
const RETRY_MS = 10_000;

/** A pod whose status is to be told. */
export interface Reported {
  /** The newest that is known of the API object. */
  pod: Stored<Pod>;
  status: PodStatus | undefined;
  /** Nothing of it is left on the node: once its status is told it may go from the API. */
  readonly released: boolean;
  /** The pod is gone from the API. */
  removed: boolean;
}

/**
 * Tells the API server the pods' statuses, one request after the other; what changes again before
 * its turn has come is told once (status/status_manager.go).
 */
export class StatusWriter {
  private readonly client: Client;
  private readonly waiting = new Set<Reported>();
  private readonly arrival = new Condition();

  constructor(group: Group, client: Client) {
    this.client = client;
    group.spawn('pod statuses', this.run());
  }

  /** Sees to it that what the pod's record says reaches the API server. */
  tell(reported: Reported): void {
    this.waiting.add(reported);
    this.arrival.notify();
  }

  private *run(): Task<void> {
    for (;;) {
      let next: Reported | undefined;
      for (next of this.waiting) break;
      if (!next) {
        yield* this.arrival.wait();
        continue;
      }
      this.waiting.delete(next);
      try {
        yield* this.write(next);
      } catch (error) {
        if (!isApiError(error) && !(error instanceof NetError)) throw error;
        if (isApiError(error, 'NotFound') || isApiError(error, 'Conflict')) continue;
        this.waiting.add(next);
        yield* sleep(RETRY_MS);
      }
    }
  }

  private *write(reported: Reported): Task<void> {
    if (reported.removed) return;
    const { pod, status } = reported;
    const { namespace, name, uid } = pod.metadata;
    const patch = status && statusPatch(pod.status, status);
    if (patch) {
      const metadata = pod.spec?.readinessGates ? { uid, resourceVersion: pod.metadata.resourceVersion } : { uid };
      reported.pod = yield* this.client.patch(PODS, { namespace, name }, 'merge', { metadata, status: patch }, { subresource: 'status' });
    }
    if (reported.status !== status) return;
    const told = reported.pod.status;
    /* The server's copy does for both. */
    if (told !== status && sameValue(told, status)) reported.status = told;
    if (!reported.released || !reported.pod.metadata.deletionTimestamp) return;
    yield* this.client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
  }
}

/**
 * What of a status differs from what the API server has, as a JSON merge patch; undefined if nothing
 * does. Lists go as a whole and stay shared with the store; where others write conditions too
 * (readiness gates), the patch is bound to the version it was made for.
 */
export function statusPatch(before: PodStatus | undefined, after: PodStatus): Record<string, unknown> | undefined {
  const old = (before ?? {}) as Record<string, unknown>;
  const wanted = after as Record<string, unknown>;
  let patch: Record<string, unknown> | undefined;
  for (const field in wanted) {
    if (!sameValue(old[field], wanted[field])) (patch ??= {})[field] = wanted[field];
  }
  for (const field of ['message', 'reason']) {
    if (old[field] !== undefined && wanted[field] === undefined) (patch ??= {})[field] = null;
  }
  return patch;
}
