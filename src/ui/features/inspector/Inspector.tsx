import { MousePointerClick } from 'lucide-react';
import { useState } from 'react';
import type { Row } from '../../../protocol/rows.ts';
import { Tabs } from '../../kit/Tabs.tsx';
import { model, useRow } from '../../store/cluster.ts';
import { useView } from '../../store/view.ts';
import { Actions } from './Actions.tsx';
import { ObjectEvents } from './ObjectEvents.tsx';
import { Summary } from './Summary.tsx';
import { Yaml } from './Yaml.tsx';
import './inspector.css';

type Section = 'summary' | 'yaml' | 'events';

const SECTIONS = [
  { id: 'summary', label: 'Summary' },
  { id: 'yaml', label: 'YAML' },
  { id: 'events', label: 'Events' },
] as const;

/** What there is to know about the selected thing, and what can be done to it. */
export function Inspector() {
  const selected = useView((view) => view.selected);
  const row = useRow(selected);
  const last = row ?? (selected === undefined ? undefined : model.departed.get(selected));
  const [section, setSection] = useState<Section>('summary');
  if (!last) {
    return (
      <div className="empty">
        <MousePointerClick size={20} aria-hidden />
        <strong>Nothing is selected</strong>
        <span>Click a pod, a service, a workload or a machine in the picture.</span>
      </div>
    );
  }
  const storeKey = last.kind === 'machine' ? model.nodes.get(last.name)?.key : last.key;
  return (
    <div className="inspector" data-testid="inspector">
      <header>
        <div className="title">
          <small>{kindName(last)}</small>
          <h2>{nameOf(last)}</h2>
          {'namespace' in last && last.namespace && <small>in {last.namespace}</small>}
        </div>
        {row ? <Actions row={row} /> : <span className="chip">gone</span>}
      </header>
      <Tabs label="Inspector" items={SECTIONS} selected={section} onSelect={setSection} />
      <div className="inspector-body">
        {section === 'summary' && <Summary row={last} />}
        {section === 'yaml' && <Yaml storeKey={storeKey} />}
        {section === 'events' && <ObjectEvents row={last} />}
      </div>
    </div>
  );
}

export function kindName(row: Row): string {
  switch (row.kind) {
    case 'machine':
      return row.role === 'master' ? 'Master' : 'Minion';
    case 'workload':
    case 'object':
      return row.type;
    case 'slice':
      return 'EndpointSlice';
    default:
      return row.kind[0]!.toUpperCase() + row.kind.slice(1);
  }
}

function nameOf(row: Row): string {
  return row.kind === 'slice' ? row.service : row.kind === 'event' ? row.reason : row.name;
}
