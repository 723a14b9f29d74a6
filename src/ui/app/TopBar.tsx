import { CircleHelp, Moon, Plug, RotateCcw, Share2, Sun } from 'lucide-react';
import { Button, IconButton } from '../kit/Button.tsx';
import { POD_LOOKS } from '../kit/states.ts';
import { StateIcon } from '../kit/StateIcon.tsx';
import { model, useCluster, useVersion } from '../store/cluster.ts';
import { setView, useView } from '../store/view.ts';
import { startAfresh } from '../store/session.ts';
import { toggleTheme } from './theme.ts';

/** One line: what is open, how it is, which part is shown, and sharing it. */
export function TopBar() {
  return (
    <header className="topbar">
      <Mark />
      <h1>Kubarium</h1>
      <Health />
      <span className="spacer" />
      <NamespaceFilter />
      <IconButton label="Start a fresh cluster" onClick={startAfresh}>
        <RotateCcw size={15} />
      </IconButton>
      <IconButton label="Light or dark" onClick={toggleTheme}>
        <Sun size={15} className="only-dark" />
        <Moon size={15} className="only-light" />
      </IconButton>
      <IconButton label="Keyboard shortcuts" shortcut="?" onClick={() => setView({ shortcutsOpen: true })}>
        <CircleHelp size={15} />
      </IconButton>
      <IconButton label="Connect kubectl" onClick={() => setView({ connectOpen: true })}>
        <Plug size={15} />
      </IconButton>
      <Button onClick={() => setView({ shareOpen: true })}>
        <Share2 size={14} /> Share
      </Button>
    </header>
  );
}

function Mark() {
  return (
    <svg width={20} height={20} viewBox="0 0 32 32" aria-hidden className="mark">
      <rect width="32" height="32" rx="7" fill="currentColor" />
      <rect x="6" y="6" width="20" height="7" rx="2" />
      <rect x="6" y="16" width="5.5" height="10" rx="1.6" />
      <rect x="13.25" y="16" width="5.5" height="10" rx="1.6" />
      <rect x="20.5" y="16" width="5.5" height="10" rx="1.6" />
    </svg>
  );
}

/** The cluster in three numbers. */
function Health() {
  useVersion('node');
  useVersion('pod');
  const machines = useCluster((state) => state.cluster?.machines);
  const release = useCluster((state) => state.cluster?.release);
  if (!machines) return null;
  const nodes = [...model.nodes.values()];
  const ready = nodes.filter((node) => node.ready === 'True').length;
  const states = model.podStates;
  const bad = (states.get('failed') ?? 0) + (states.get('crashing') ?? 0);
  const running = states.get('ready') ?? 0;
  return (
    <div className="health" aria-label="Cluster">
      <span className="release">{release}</span>
      <span title="Machines whose node is ready">
        {ready}/{machines.length} machines
      </span>
      <span title="Pods that are ready, of all" data-testid="pod-count">
        <StateIcon look={POD_LOOKS.ready} size={12} /> {running}/{model.pods.size} pods
      </span>
      {bad > 0 && (
        <span className="bad-count" title="Pods that fail or crash">
          <StateIcon look={POD_LOOKS.failed} size={12} /> {bad} failing
        </span>
      )}
    </div>
  );
}

function NamespaceFilter() {
  useVersion('namespace');
  const namespace = useView((view) => view.namespace);
  const names = [...model.namespaces.values()].map((row) => row.name).sort();
  return (
    <select className="select" value={namespace} aria-label="Namespace" onChange={(event) => setView({ namespace: event.target.value })}>
      <option value="">All namespaces</option>
      {names.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
