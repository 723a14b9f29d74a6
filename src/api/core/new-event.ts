import { eventToCore } from '../conversion/events.ts';
import { builtin } from '../kind.ts';
import { eventBehaviour, eventRow } from './event.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { Event } from 'kubernetes-types/core/v1';

const EVENT = { deprecatedSource: {}, deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null, eventTime: null };

/** Events of events.k8s.io are stored as those of the core group; on their own they only print. */
export const newEventBehaviour: KindBehaviour = {
  kind: builtin('events.k8s.io/v1', 'events'),
  defaults: (event) => {
    for (const field in EVENT) if (event[field] === undefined) return { ...EVENT, ...event };
    return event;
  },
  allowsCreateOnUpdate: eventBehaviour.allowsCreateOnUpdate ?? false,
  row: (event, context) => eventRow(eventToCore(event) as Event, context),
};
