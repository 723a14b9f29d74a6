import type { EventRow, Row } from '../../../protocol/rows.ts';
import { ageText } from '../../kit/format.ts';
import { model, useCluster, useVersion } from '../../store/cluster.ts';

const KINDS: Partial<Record<Row['kind'], string>> = {
  pod: 'Pod',
  service: 'Service',
  machine: 'Node',
  node: 'Node',
  namespace: 'Namespace',
};

/** Events about one object, newest first. */
export function ObjectEvents({ row }: { readonly row: Row }) {
  useVersion('event');
  const epochMs = useCluster((state) => Math.floor(state.clock.epochMs / 1000) * 1000);
  const kind = 'type' in row ? row.type : KINDS[row.kind];
  const name = 'name' in row ? row.name : '';
  const events = [...model.events.values()].filter(({ about }) => about.kind === kind && about.name === name).reverse();
  if (!events.length) return <p className="note">Nothing has been reported about it, or it was more than an hour ago.</p>;
  return (
    <ul className="object-events">
      {events.map((event) => (
        <EventLine key={event.key} event={event} ageMs={epochMs - event.atMs} />
      ))}
    </ul>
  );
}

function EventLine({ event, ageMs }: { readonly event: EventRow; readonly ageMs: number }) {
  return (
    <li className={event.type === 'Warning' ? 'warn' : ''}>
      <div>
        <strong>{event.reason}</strong>
        {event.count > 1 && <small>{event.count} times</small>}
        <time>{ageText(ageMs)}</time>
      </div>
      <p>{event.message}</p>
      <small>{event.source}</small>
    </li>
  );
}
