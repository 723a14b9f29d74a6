import { EVENTS, type Event } from '../../api/kinds.ts';
import { ago } from './format.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Api } from '../api.ts';
import type { DescriptionWriter } from './writer.ts';

/** The events about an object, oldest first. `uid` may be another than the object's: the kubelet uses a node's name. */
export function* eventsAbout(api: Api, object: KubeObject, uid = object.metadata?.uid): Task<Event[]> {
  const { name, namespace } = object.metadata ?? {};
  const conditions = [
    `involvedObject.name=${name}`,
    ...(namespace ? [`involvedObject.namespace=${namespace}`] : []),
    ...(object.kind ? [`involvedObject.kind=${object.kind}`] : []),
    ...(uid ? [`involvedObject.uid=${uid}`] : []),
  ];
  const list = yield* api.list(EVENTS, { namespace, fieldSelector: conditions.join(',') });
  return list.items as unknown as Event[];
}

export function sortEvents(events: readonly Event[]): Event[] {
  const time = ({ lastTimestamp, eventTime }: Event) => lastTimestamp ?? eventTime?.slice(0, 19) ?? '';
  return [...events].sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

/** The table of events at the end of a description (kubectl DescribeEvents). */
export function describeEvents(w: DescriptionWriter, events: readonly Event[] | undefined, nowMs: number): void {
  if (!events) return;
  if (events.length === 0) {
    w.line(0, 'Events:\t<none>');
    return;
  }
  w.line(0, 'Events:');
  w.line(1, 'Type\tReason\tAge\tFrom\tMessage');
  w.line(1, '----\t------\t----\t----\t-------');
  for (const event of sortEvents(events)) {
    const { fieldPath } = event.involvedObject;
    const message = (event.message ?? '').trim();
    const from = event.source?.component || event.reportingComponent || '';
    w.line(
      1,
      `${event.type ?? ''}\t${event.reason ?? ''}\t${interval(event, nowMs)}\t${from}\t${fieldPath ? `${fieldPath}: ${message}` : message}`,
    );
  }
}

function interval(event: Event, nowMs: number): string {
  const first = ago(event.eventTime || event.firstTimestamp, nowMs);
  if (event.series) return `${ago(event.series.lastObservedTime, nowMs)} (x${event.series.count} over ${first})`;
  if ((event.count ?? 0) > 1) return `${ago(event.lastTimestamp, nowMs)} (x${event.count} over ${first})`;
  return first;
}
