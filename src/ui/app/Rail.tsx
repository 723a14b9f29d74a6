import { Activity, CircleAlert, Code, Info, Shapes, SquareTerminal } from 'lucide-react';
import { useProblemCount } from '../features/problems/Problems.tsx';
import { IconButton } from '../kit/Button.tsx';
import { setView, useView } from '../store/view.ts';
import { toggleRight } from './shortcuts.ts';

/** The slim rail: what can be put in, and which panels are open. */
export function Rail() {
  const view = useView((state) => state);
  const problems = useProblemCount();
  const bottom = (tab: typeof view.bottomTab) => () =>
    setView({ bottomOpen: !(view.bottomOpen && view.bottomTab === tab), bottomTab: tab });
  return (
    <nav className="rail" aria-label="Panels">
      <IconButton label="New from a template" shortcut="N" onClick={() => setView({ paletteOpen: true })}>
        <Shapes size={17} />
      </IconButton>
      <hr />
      <IconButton label="Editor" shortcut="E" pressed={view.rightOpen && view.rightTab === 'editor'} onClick={() => toggleRight('editor')}>
        <Code size={17} />
      </IconButton>
      <IconButton
        label="Inspector"
        shortcut="I"
        pressed={view.rightOpen && view.rightTab === 'inspector'}
        onClick={() => toggleRight('inspector')}
      >
        <Info size={17} />
      </IconButton>
      <hr />
      <IconButton label="Terminal" shortcut="T" pressed={view.bottomOpen && view.bottomTab === 'terminal'} onClick={bottom('terminal')}>
        <SquareTerminal size={17} />
      </IconButton>
      <IconButton label="Events" pressed={view.bottomOpen && view.bottomTab === 'events'} onClick={bottom('events')}>
        <Activity size={17} />
      </IconButton>
      <IconButton
        label={problems ? `Problems: ${problems}` : 'Problems'}
        pressed={view.bottomOpen && view.bottomTab === 'problems'}
        onClick={bottom('problems')}
        className={problems ? 'with-badge' : ''}
        data-badge={problems > 99 ? '99' : problems || undefined}
      >
        <CircleAlert size={17} />
      </IconButton>
    </nav>
  );
}
