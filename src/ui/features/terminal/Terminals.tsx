import { Plus, SquareTerminal, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { IconButton } from '../../kit/Button.tsx';
import { useCluster } from '../../store/cluster.ts';
import { notify } from '../../store/notices.ts';
import { activateTerminal, closeTerminal, openTerminal, terminalStore } from './terminals.ts';
import './terminal.css';

/** Terminals on any machine, as tabs. */
export function Terminals({ load }: { readonly load: boolean }) {
  const tabs = useStore(terminalStore, (state) => state.tabs);
  const active = useStore(terminalStore, (state) => state.active);
  const isLive = useCluster((state) => state.status.name === 'live');
  return (
    <div className="terminals">
      <div className="terminal-tabs" role="tablist" aria-label="Terminals">
        {tabs.map((tab) => (
          <div key={tab.id} className="terminal-tab" data-active={tab.id === active}>
            <button type="button" role="tab" aria-selected={tab.id === active} onClick={() => activateTerminal(tab.id)}>
              <SquareTerminal size={13} aria-hidden />
              {tab.host}
              {tab.closed && <small>ended</small>}
            </button>
            <IconButton label={`Close the terminal on ${tab.host}`} onClick={() => closeTerminal(tab.id)}>
              <X size={12} />
            </IconButton>
          </div>
        ))}
        {isLive && <OpenOn />}
      </div>
      <div className="terminal-screens">
        {tabs.map((tab) => (
          <TerminalScreen key={tab.id} id={tab.id} shown={tab.id === active} load={load} />
        ))}
        {tabs.length === 0 && (
          <div className="empty">
            <strong>No terminal is open</strong>
            <span>Choose a machine above to open a shell on it; kubectl is there on the master.</span>
          </div>
        )}
      </div>
    </div>
  );
}

/** Opens a terminal on the chosen machine. */
function OpenOn() {
  const machines = useCluster((state) => state.cluster?.machines);
  return (
    <label className="open-on" title="Open a terminal on a machine">
      <Plus size={14} aria-hidden />
      <span className="hidden-text">Open a terminal on</span>
      <select value="" onChange={(event) => openTerminal(event.target.value)} aria-label="Open a terminal on a machine">
        <option value="" disabled>
          Open a terminal on
        </option>
        {machines?.slice(0, 200).map((machine) => (
          <option key={machine.name} value={machine.name}>
            {machine.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function TerminalScreen({ id, shown, load }: { readonly id: string; readonly shown: boolean; readonly load: boolean }) {
  const element = useRef<HTMLDivElement>(null);
  const focus = useRef<(() => void) | undefined>(undefined);
  const wasShown = useRef(false);
  useEffect(() => {
    if (!load) return;
    let unmount: (() => void) | undefined;
    let gone = false;
    import('./xterm.ts').then(
      ({ mountTerminal }) => {
        if (!gone) unmount = mountTerminal(element.current!, id, (give) => (focus.current = give));
      },
      () => notify('error', 'The terminal could not be loaded', 'Reload the page to try again; the cluster goes on.'),
    );
    return () => {
      gone = true;
      unmount?.();
    };
  }, [id, load]);
  useEffect(() => {
    // A tab that is chosen takes the focus; the one the page opens with does not.
    if (shown && !wasShown.current && id !== 't1') focus.current?.();
    wasShown.current = shown;
  }, [shown, id]);
  return <div ref={element} className="terminal-screen" hidden={!shown} data-terminal={id} />;
}
