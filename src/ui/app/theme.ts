import { viewStore } from '../store/view.ts';
import type { Theme } from '../store/view.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Keeps `data-theme` of the document as the person, or their system, wants it. */
export function followTheme(): void {
  const apply = () => {
    const { theme } = viewStore.getState();
    document.documentElement.dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  };
  apply();
  dark.addEventListener('change', apply);
  viewStore.subscribe((state, before) => {
    if (state.theme !== before.theme) apply();
  });
}

export function toggleTheme(): void {
  const isDark = document.documentElement.dataset['theme'] === 'dark';
  const theme: Theme = isDark ? 'light' : 'dark';
  viewStore.setState({ theme });
}
