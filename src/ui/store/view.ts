import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';

/* What the person looks at: selection, panels, theme. Panels and theme are remembered. */

export type RightTab = 'editor' | 'inspector';
export type BottomTab = 'terminal' | 'events' | 'problems';
export type Theme = 'system' | 'light' | 'dark';
/** At phone width one thing is shown at a time. */
export type NarrowPage = 'graph' | 'editor' | 'inspector' | 'terminal' | 'events' | 'problems';

export interface ViewState {
  /** Key of the selected row. */
  readonly selected: string | undefined;
  /** Key of the row under the pointer or with the focus. */
  readonly hovered: string | undefined;
  readonly rightOpen: boolean;
  readonly rightTab: RightTab;
  readonly bottomOpen: boolean;
  readonly bottomTab: BottomTab;
  readonly theme: Theme;
  readonly welcomeSeen: boolean;
  readonly shortcutsOpen: boolean;
  readonly shareOpen: boolean;
  readonly connectOpen: boolean;
  readonly paletteOpen: boolean;
  readonly narrowPage: NarrowPage;
  /** Only this namespace is shown in full; empty: all. */
  readonly namespace: string;
  /** The kubectl command that does what the last gesture did. */
  readonly lastCommand: string;
}

const REMEMBERED = ['rightOpen', 'rightTab', 'bottomOpen', 'bottomTab', 'theme', 'welcomeSeen'] as const;
const STORAGE_KEY = 'kubarium.view';

export const viewStore = createStore<ViewState>(() => ({
  selected: undefined,
  hovered: undefined,
  rightOpen: true,
  rightTab: 'editor',
  bottomOpen: true,
  bottomTab: 'terminal',
  theme: 'system',
  welcomeSeen: false,
  shortcutsOpen: false,
  shareOpen: false,
  connectOpen: false,
  paletteOpen: false,
  narrowPage: 'graph',
  namespace: '',
  lastCommand: '',
  ...remembered(),
}));

viewStore.subscribe((state, before) => {
  if (REMEMBERED.every((field) => state[field] === before[field])) return;
  remember(STORAGE_KEY, Object.fromEntries(REMEMBERED.map((field) => [field, state[field]])));
});

function remembered(): Partial<ViewState> {
  const value = recall(STORAGE_KEY);
  return typeof value === 'object' && value ? (value as Partial<ViewState>) : {};
}

/** Reads what {@link remember} kept; undefined if nothing can be read. */
export function recall(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a small value in this browser. Where storage is full or forbidden, nothing is kept. */
export function remember(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Everything goes on in memory.
  }
}

export function useView<T>(selector: (state: ViewState) => T): T {
  return useStore(viewStore, selector);
}

export const setView = (change: Partial<ViewState>): void => viewStore.setState(change);

export function select(key: string | undefined): void {
  setView({ selected: key });
}

/** Selects a thing and shows it in the inspector. */
export function inspect(key: string): void {
  setView({ selected: key, rightOpen: true, rightTab: 'inspector', narrowPage: 'inspector' });
}
