import { ChevronDown, PanelRightClose } from 'lucide-react';
import { Editor } from '../features/editor/Editor.tsx';
import { Inspector } from '../features/inspector/Inspector.tsx';
import { Events } from '../features/problems/Events.tsx';
import { Problems, useProblemCount } from '../features/problems/Problems.tsx';
import { Terminals } from '../features/terminal/Terminals.tsx';
import { IconButton } from '../kit/Button.tsx';
import { Tabs } from '../kit/Tabs.tsx';
import { setView, useView } from '../store/view.ts';

interface PanelProps {
  /** Whether the heavy parts may be loaded by now. */
  readonly load: boolean;
}

export function RightPanel({ load }: PanelProps) {
  const tab = useView((view) => view.rightTab);
  const items = [
    { id: 'editor', label: 'Editor' },
    { id: 'inspector', label: 'Inspector' },
  ] as const;
  return (
    <section className="panel right" aria-label="Editor and inspector">
      <div className="panel-header">
        <Tabs label="Panel" items={items} selected={tab} onSelect={(id) => setView({ rightTab: id })} />
        <span className="spacer" />
        <IconButton label="Hide this panel" onClick={() => setView({ rightOpen: false })}>
          <PanelRightClose size={15} />
        </IconButton>
      </div>
      <div className="panel-body" hidden={tab !== 'editor'}>
        <Editor load={load} />
      </div>
      {tab === 'inspector' && (
        <div className="panel-body">
          <Inspector />
        </div>
      )}
    </section>
  );
}

export function BottomPanel({ load }: PanelProps) {
  const tab = useView((view) => view.bottomTab);
  const problems = useProblemCount();
  const items = [
    { id: 'terminal', label: 'Terminal' },
    { id: 'events', label: 'Events' },
    { id: 'problems', label: <>Problems {problems > 0 && <span className="count bad">{problems}</span>}</> },
  ] as const;
  return (
    <section className="panel bottom" aria-label="Terminal, events and problems">
      <div className="panel-header">
        <Tabs label="Panel" items={items} selected={tab} onSelect={(id) => setView({ bottomTab: id })} />
        <span className="spacer" />
        <IconButton label="Hide this panel" onClick={() => setView({ bottomOpen: false })}>
          <ChevronDown size={15} />
        </IconButton>
      </div>
      <div className="panel-body" hidden={tab !== 'terminal'}>
        <Terminals load={load} />
      </div>
      {tab === 'events' && (
        <div className="panel-body">
          <Events />
        </div>
      )}
      {tab === 'problems' && (
        <div className="panel-body">
          <Problems />
        </div>
      )}
    </section>
  );
}
