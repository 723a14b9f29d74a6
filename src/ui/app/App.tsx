import { Activity, Code, Info, Network, SquareTerminal } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DragEvent } from 'react';
import { Group, Panel, Separator, useDefaultLayout } from 'react-resizable-panels';
import { Editor } from '../features/editor/Editor.tsx';
import { Graph } from '../features/graph/Graph.tsx';
import { Inspector } from '../features/inspector/Inspector.tsx';
import { Palette } from '../features/palette/Palette.tsx';
import { Events } from '../features/problems/Events.tsx';
import { Connect } from '../features/connect/Connect.tsx';
import { Share } from '../features/share/Share.tsx';
import { Terminals } from '../features/terminal/Terminals.tsx';
import { Timebar } from '../features/timebar/Timebar.tsx';
import { Toasts } from '../kit/Toasts.tsx';
import { useCluster } from '../store/cluster.ts';
import { takeFiles } from '../store/files.ts';
import { setView, useView } from '../store/view.ts';
import type { NarrowPage } from '../store/view.ts';
import { CommandStrip, Crash, Progress, Welcome } from './Overlays.tsx';
import { BottomPanel, RightPanel } from './panels.tsx';
import { Rail } from './Rail.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { listenForShortcuts } from './shortcuts.ts';
import { TopBar } from './TopBar.tsx';
import './app.css';

const NARROW = '(max-width: 760px)';

export function App() {
  const narrow = useMedia(NARROW);
  const load = useLoadHeavy();
  const drop = useFileDrop();
  const shareOpen = useView((view) => view.shareOpen);
  const connectOpen = useView((view) => view.connectOpen);
  const paletteOpen = useView((view) => view.paletteOpen);
  const shortcutsOpen = useView((view) => view.shortcutsOpen);
  useEffect(listenForShortcuts, []);
  return (
    <div className="app" {...drop.handlers}>
      <TopBar />
      {narrow ? <NarrowLayout load={load} /> : <WideLayout load={load} />}
      <Timebar />
      <Toasts />
      {shareOpen && <Share />}
      {connectOpen && <Connect />}
      {paletteOpen && <Palette />}
      {shortcutsOpen && <Shortcuts />}
      {drop.over && <div className="drop-hint">Drop manifests to open them in the editor</div>}
    </div>
  );
}

function Canvas() {
  return (
    <main className="canvas">
      <Welcome />
      <Graph>
        <Progress />
        <CommandStrip />
        <Crash />
      </Graph>
    </main>
  );
}

function WideLayout({ load }: { readonly load: boolean }) {
  const rightOpen = useView((view) => view.rightOpen);
  const bottomOpen = useView((view) => view.bottomOpen);
  const columns = useDefaultLayout({ id: 'kubarium.columns', panelIds: rightOpen ? ['main', 'right'] : ['main'], storage: safeStorage });
  const rows = useDefaultLayout({ id: 'kubarium.rows', panelIds: bottomOpen ? ['canvas', 'bottom'] : ['canvas'], storage: safeStorage });
  return (
    <div className="middle">
      <Rail />
      <Group orientation="horizontal" defaultLayout={columns.defaultLayout} onLayoutChanged={columns.onLayoutChanged}>
        <Panel id="main" minSize="30">
          <Group orientation="vertical" defaultLayout={rows.defaultLayout} onLayoutChanged={rows.onLayoutChanged}>
            <Panel id="canvas" minSize="20">
              <Canvas />
            </Panel>
            {bottomOpen && (
              <>
                <Separator className="separator horizontal" />
                <Panel id="bottom" defaultSize="28" minSize={90}>
                  <BottomPanel load={load} />
                </Panel>
              </>
            )}
          </Group>
        </Panel>
        {rightOpen && (
          <>
            <Separator className="separator vertical" />
            <Panel id="right" defaultSize="30" minSize={260}>
              <RightPanel load={load} />
            </Panel>
          </>
        )}
      </Group>
    </div>
  );
}

const PAGES: readonly (readonly [NarrowPage, string, typeof Code])[] = [
  ['graph', 'Cluster', Network],
  ['editor', 'Editor', Code],
  ['inspector', 'Inspector', Info],
  ['terminal', 'Terminal', SquareTerminal],
  ['events', 'Events', Activity],
];

/** At phone width one thing at a time. */
function NarrowLayout({ load }: { readonly load: boolean }) {
  const page = useView((view) => view.narrowPage);
  return (
    <div className="narrow">
      <div className="narrow-page">
        <div className="narrow-fill" hidden={page !== 'graph'}>
          <Canvas />
        </div>
        <div className="narrow-fill" hidden={page !== 'editor'}>
          <Editor load={load} />
        </div>
        <div className="narrow-fill" hidden={page !== 'terminal'}>
          <Terminals load={load} />
        </div>
        {page === 'inspector' && <Inspector />}
        {page === 'events' && <Events />}
      </div>
      <nav className="narrow-nav" aria-label="Pages">
        {PAGES.map(([id, label, Icon]) => (
          <button key={id} type="button" aria-current={page === id ? 'page' : undefined} onClick={() => setView({ narrowPage: id })}>
            <Icon size={17} aria-hidden />
            {label}
          </button>
        ))}
      </nav>
    </div>
  );
}

/** Storage that may be full or forbidden. */
const safeStorage = {
  getItem(key: string): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  setItem(key: string, value: string): void {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Everything goes on in memory.
    }
  },
};

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const onChange = () => setMatches(media.matches);
    media.addEventListener('change', onChange);
    return () => media.removeEventListener('change', onChange);
  }, [query]);
  return matches;
}

/** Editor and terminal are loaded once the cluster is alive and the page is idle. */
function useLoadHeavy(): boolean {
  const isLive = useCluster((state) => state.status.name === 'live');
  const [load, setLoad] = useState(false);
  useEffect(() => {
    if (!isLive || load) return;
    const timer = setTimeout(() => setLoad(true), 150);
    return () => clearTimeout(timer);
  }, [isLive, load]);
  return load;
}

function useFileDrop() {
  const [over, setOver] = useState(false);
  const hasFiles = (event: DragEvent) => event.dataTransfer.types.includes('Files');
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    },
    onDropCapture: (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(false);
      void takeFiles(event.dataTransfer.files);
    },
  };
  return { over, handlers };
}
