import { createStore } from 'zustand/vanilla';

export type NoticeLevel = 'info' | 'success' | 'warning' | 'error';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Notice {
  readonly id: number;
  readonly level: NoticeLevel;
  readonly title: string;
  readonly detail: string;
  readonly count: number;
  readonly action: NoticeAction | undefined;
}

export const noticeStore = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

const SHOWN_MS = 6_000;
const MAX_SHOWN = 4;
let nextId = 1;

/** Shows a notice. Errors stay until they are dismissed; the same notice again only counts up. */
export function notify(level: NoticeLevel, title: string, detail = '', action?: NoticeAction): void {
  const { notices } = noticeStore.getState();
  const same = notices.find((notice) => notice.title === title && notice.detail === detail && notice.level === level);
  const notice: Notice = { id: nextId++, level, title, detail, count: (same?.count ?? 0) + 1, action };
  noticeStore.setState({ notices: [...notices.filter((other) => other !== same), notice].slice(-MAX_SHOWN) });
  if (level !== 'error') setTimeout(() => dismiss(notice.id), action ? 2 * SHOWN_MS : SHOWN_MS);
}

export function dismiss(id: number): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}
