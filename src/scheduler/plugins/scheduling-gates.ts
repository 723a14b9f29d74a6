import { refuseForGood, type Plugin } from '../framework.ts';

/** A pod with gates waits outside the queue. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  retriesAfter: [],
  preEnqueue: (pod) =>
    pod.spec?.schedulingGates?.length ? refuseForGood('Scheduling is blocked due to non-empty scheduling gates') : undefined,
};
