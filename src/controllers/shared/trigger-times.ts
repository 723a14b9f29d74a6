import { podCondition } from './pods.ts';
import type { Pod, Service } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

interface Seen {
  service: string;
  pods: Map<string, string>;
}

/** Remembers which changes of services and pods have already led to endpoints (endpointslice trigger_time_tracker.go). */
export class TriggerTimes {
  private readonly seen = new Map<string, Seen>();

  /** The earliest change since the last call for this service, as an RFC 3339 time, if there was one. */
  next(key: string, service: Stored<Service>, pods: readonly Stored<Pod>[]): string | undefined {
    const before = this.seen.get(key);
    const after: Seen = { service: String(service.metadata.creationTimestamp), pods: new Map() };
    let earliest: string | undefined;
    for (const pod of pods) {
      const ready = podCondition(pod, 'Ready')?.lastTransitionTime as string | undefined;
      if (!ready) continue;
      after.pods.set(pod.metadata.name, ready);
      const known = before?.pods.get(pod.metadata.name);
      if ((known === undefined || ready > known) && (earliest === undefined || ready < earliest)) earliest = ready;
    }
    if (before?.service !== after.service && (earliest === undefined || after.service < earliest)) earliest = after.service;
    this.seen.set(key, after);
    return earliest;
  }

  forget(key: string): void {
    this.seen.delete(key);
  }
}
