import { Activity } from 'lucide-react';
import { dateText } from '../../kit/format.ts';
import { model, useVersion } from '../../store/cluster.ts';
import { inspect } from '../../store/view.ts';
import type { ObjectName } from '../../../protocol/rows.ts';
import './problems.css';

const SHOWN = 200;

/** What the cluster's components have reported, newest first. */
export function Events() {
  useVersion('event');
  const events = [...model.events.values()].slice(-SHOWN).reverse();
  if (!events.length) {
    return (
      <div className="empty">
        <Activity size={20} aria-hidden />
        <strong>No events yet</strong>
        <span>Scheduler, controllers and kubelets report here what they do.</span>
      </div>
    );
  }
  return (
    <div className="events" tabIndex={0} role="region" aria-label="Events">
      <table>
        <thead>
          <tr>
            <th>Time</th>
            <th>Reason</th>
            <th>Object</th>
            <th>Message</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.key} className={event.type === 'Warning' ? 'warn' : ''}>
              <td className="code">{dateText(event.atMs).slice(11)}</td>
              <td>
                {event.reason}
                {event.count > 1 && <small> {event.count} times</small>}
              </td>
              <td>
                <button type="button" className="link" onClick={() => goTo(event.about)}>
                  {event.about.kind.toLowerCase()}/{event.about.name}
                </button>
              </td>
              <td>{event.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function goTo({ kind, namespace, name }: ObjectName): void {
  if (kind === 'Node') return inspect(`machine/${name}`);
  const pod = kind === 'Pod' ? model.podKeys.get(`${namespace}/${name}`) : undefined;
  const key = pod ?? model.workload({ kind, namespace, name })?.key;
  if (key !== undefined) inspect(key);
}
