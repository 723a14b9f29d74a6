import { invalidField, type FieldErrors } from '../field-errors.ts';
import { EVENTS } from '../kinds.ts';
import { row, since } from '../table.ts';
import type { Cell, KindBehaviour, RowContext, TableRow } from '../behaviour.ts';
import type { Event } from 'kubernetes-types/core/v1';

const EVENT = {
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
} as unknown as Partial<Event>;

/** Unlike elsewhere null is no gap: it is what these times are where nothing is known. */
function defaults(event: Event): Event {
  for (const field in EVENT) if (event[field as keyof Event] === undefined) return { ...EVENT, ...event };
  return event;
}

function sourceText({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance ? `${component}, ${instance}` : component;
}

function targetText({ involvedObject }: Event): string {
  const kind = (involvedObject?.kind ?? '').toLowerCase();
  return involvedObject?.name ? `${kind}/${involvedObject.name}` : kind;
}

/** The Table row of an event, also in its newer form (printers' printEvent). */
export function eventRow(event: Event, context: RowContext): TableRow {
  const first = since(event.firstTimestamp || event.eventTime, context);
  let last = event.lastTimestamp ? since(event.lastTimestamp, context) : first;
  let count = event.count || 1;
  if (event.series) {
    last = since(event.series.lastObservedTime, context);
    count = event.series.count ?? 0;
  }
  const cells: Cell[] = [
    last,
    event.type ?? '',
    event.reason ?? '',
    targetText(event),
    event.involvedObject?.fieldPath ?? '',
    sourceText(event),
    (event.message ?? '').trim(),
    first,
    count,
    event.metadata?.name ?? '',
  ];
  return row(...cells);
}

const involved = (field: 'kind' | 'namespace' | 'name' | 'uid' | 'apiVersion' | 'resourceVersion' | 'fieldPath') => (event: Event) =>
  event.involvedObject?.[field] ?? '';

/** An event lies where what it is about lies; events about what lies nowhere lie in `default`. */
function validate({ metadata, involvedObject }: Event): FieldErrors {
  const namespace = metadata?.namespace ?? '';
  const about = involvedObject?.namespace ?? '';
  if (about === '' ? namespace === '' || namespace === 'default' : about === namespace) return [];
  return [invalidField('involvedObject.namespace', about, 'does not match event.namespace')];
}

export const eventBehaviour: KindBehaviour<Event> = {
  kind: EVENTS,
  defaults,
  validate,
  allowsCreateOnUpdate: true,
  selectableFields: {
    'involvedObject.kind': involved('kind'),
    'involvedObject.namespace': involved('namespace'),
    'involvedObject.name': involved('name'),
    'involvedObject.uid': involved('uid'),
    'involvedObject.apiVersion': involved('apiVersion'),
    'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'),
    reason: ({ reason }) => reason ?? '',
    reportingComponent: (event) => event.source?.component || event.reportingComponent || '',
    source: (event) => event.source?.component || event.reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
  row: eventRow,
};
