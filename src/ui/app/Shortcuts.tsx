import { Dialog } from '../kit/Dialog.tsx';
import { setView } from '../store/view.ts';
import { SHORTCUTS } from './shortcuts.ts';

export function Shortcuts() {
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setView({ shortcutsOpen: false })}>
      <dl className="shortcut-list">
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
