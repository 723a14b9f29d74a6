import { clock } from '../store/actions.ts';
import { clusterStore } from '../store/cluster.ts';
import { setView, viewStore } from '../store/view.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Ctrl/⌘', 'Enter'], does: 'Apply the file in the editor' },
  { keys: ['Space'], does: 'Pause time, or let it pass' },
  { keys: ['.'], does: 'Step to the next change' },
  { keys: [','], does: 'Step one second' },
  { keys: ['E'], does: 'Show or hide the editor' },
  { keys: ['I'], does: 'Show or hide the inspector' },
  { keys: ['T'], does: 'Show or hide the terminal' },
  { keys: ['N'], does: 'New from a template' },
  { keys: ['S'], does: 'Share' },
  { keys: ['Esc'], does: 'Select nothing, close a dialog' },
  { keys: ['?'], does: 'Show this list' },
];

/** Keys that work wherever nobody is typing. */
export function listenForShortcuts(): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const run = actionOf(event.key);
    if (!run) return;
    if (event.key === ' ' && (event.target as HTMLElement).closest('button, a, [role=tab]')) return;
    event.preventDefault();
    run();
  };
  addEventListener('keydown', onKeyDown);
  return () => removeEventListener('keydown', onKeyDown);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest('input, textarea, select, .monaco-editor, .xterm, [role=dialog]') !== null)
  );
}

function actionOf(key: string): (() => void) | undefined {
  const view = viewStore.getState();
  switch (key) {
    case ' ':
      return () => clock({ action: clusterStore.getState().clock.paused ? 'play' : 'pause' });
    case '.':
      return () => clock({ action: 'step-event' });
    case ',':
      return () => clock({ action: 'step-ms', ms: 1000 });
    case 'e':
      return () => toggleRight('editor');
    case 'i':
      return () => toggleRight('inspector');
    case 't':
      return () =>
        setView({ bottomOpen: !(view.bottomOpen && view.bottomTab === 'terminal'), bottomTab: 'terminal', narrowPage: 'terminal' });
    case 'n':
      return () => setView({ paletteOpen: true });
    case 's':
      return () => setView({ shareOpen: true });
    case '?':
      return () => setView({ shortcutsOpen: true });
    case 'Escape':
      return () => setView({ selected: undefined });
    default:
      return undefined;
  }
}

export function toggleRight(tab: 'editor' | 'inspector'): void {
  const { rightOpen, rightTab } = viewStore.getState();
  setView({ rightOpen: !(rightOpen && rightTab === tab), rightTab: tab, narrowPage: tab });
}
