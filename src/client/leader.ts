import { LEASES, type Lease } from '../api/kinds.ts';
import { isApiError } from '../api/status.ts';
import { parseRfc3339, rfc3339Micro } from '../base/time.ts';
import { NetError } from '../net/fabric.ts';
import { sleep, type Task } from '../sim/wait.ts';
import type { Stored } from '../api/object.ts';
import type { Kernel } from '../sim/kernel.ts';
import type { Client, ObjectName } from './client.ts';

/* kube-controller-manager's and kube-scheduler's defaults (component-base config). */
const LEASE_SECONDS = 15;
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2_000;

export interface LeaderElection {
  readonly kernel: Kernel;
  readonly client: Client;
  readonly lease: ObjectName;
  /** `master-1_<uuid>`. */
  readonly identity: string;
}

/** Waits until this candidate holds the lease. */
export function* acquireLeadership(election: LeaderElection): Task<void> {
  const seen: Observation = { renewTime: undefined, sinceMs: election.kernel.now };
  while (!(yield* tryHold(election, seen))) yield* sleep(RETRY_MS);
}

/** Renews the lease for as long as it can; returns when leadership is lost. */
export function* keepLeadership(election: LeaderElection): Task<void> {
  const seen: Observation = { renewTime: undefined, sinceMs: election.kernel.now };
  let renewedMs = election.kernel.now;
  while (election.kernel.now - renewedMs < RENEW_DEADLINE_MS) {
    yield* sleep(RETRY_MS);
    if (yield* tryHold(election, seen)) renewedMs = election.kernel.now;
  }
}

/** When this candidate first saw the present renewTime: leases expire by the observer's own clock. */
interface Observation {
  renewTime: string | undefined;
  sinceMs: number;
}

function* tryHold(election: LeaderElection, seen: Observation): Task<boolean> {
  const { kernel, client, lease, identity } = election;
  const now = rfc3339Micro(kernel.epochMs());
  try {
    const held = yield* find(client, lease);
    if (!held) {
      const spec = { holderIdentity: identity, leaseDurationSeconds: LEASE_SECONDS, acquireTime: now, renewTime: now, leaseTransitions: 0 };
      yield* client.create(LEASES, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...lease }, spec });
      return true;
    }
    const { spec = {} } = held;
    if (spec.renewTime !== seen.renewTime) {
      seen.renewTime = spec.renewTime;
      seen.sinceMs = kernel.now;
    }
    const mine = spec.holderIdentity === identity;
    if (!mine && spec.holderIdentity && !isExpired(spec, seen, kernel)) return false;
    const transitions = (spec.leaseTransitions ?? 0) + (mine ? 0 : 1);
    const next = { holderIdentity: identity, leaseDurationSeconds: LEASE_SECONDS, renewTime: now, leaseTransitions: transitions };
    yield* client.update(LEASES, { ...held, spec: { ...next, acquireTime: mine ? spec.acquireTime : now } });
    return true;
  } catch (error) {
    if (isApiError(error) || error instanceof NetError) return false;
    throw error;
  }
}

function isExpired(spec: NonNullable<Lease['spec']>, seen: Observation, kernel: Kernel): boolean {
  const durationMs = (spec.leaseDurationSeconds ?? LEASE_SECONDS) * 1000;
  return !spec.renewTime || Number.isNaN(parseRfc3339(spec.renewTime)) || seen.sinceMs + durationMs <= kernel.now;
}

function* find(client: Client, lease: ObjectName): Task<Stored<Lease> | undefined> {
  try {
    return yield* client.get(LEASES, lease);
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}
