import type { HistoryPoint, OpenSource } from '../../protocol/messages.ts';
import { clusterStore, log } from '../store/cluster.ts';
import { onWorkerMessage, openCluster } from '../store/connection.ts';
import { resetFiles } from '../store/files.ts';
import { notify } from '../store/notices.ts';
import { select, setView } from '../store/view.ts';

/* Which cluster is open: from the address, a crash, or afresh. */

onWorkerMessage((message) => {
  if (message.type !== 'opened') return;
  select(undefined);
  if (message.cluster.from !== 'log') resetFiles(message.cluster.files);
});

async function open(source: OpenSource): Promise<boolean> {
  const answer = await openCluster(source);
  if (answer.type !== 'open-failed') return true;
  notify('error', answer.problem.title, answer.problem.detail);
  return false;
}

/** Opens what the address asks for; a link that cannot be opened is told, and a fresh cluster comes instead. */
export async function openFromAddress(): Promise<void> {
  const payload = location.hash.slice(1);
  if (payload === '') {
    await open({ from: 'welcome' });
    return;
  }
  if (await open({ from: 'link', payload })) {
    setView({ welcomeSeen: true });
    return;
  }
  // Without the bad fragment a reload gives the fresh cluster again.
  history.replaceState(null, '', location.pathname + location.search);
  await open({ from: 'welcome' });
}

export function startAfresh(): void {
  history.replaceState(null, '', location.pathname + location.search);
  void open({ from: 'welcome' });
}

/** Replays the history that the page has kept, up to a place before the crash. */
export function restartFromLog(until: HistoryPoint, withoutLastInput: boolean): void {
  const { cluster } = clusterStore.getState();
  if (!cluster) return startAfresh();
  const last = log.at(-1);
  const cut = withoutLastInput && last;
  const point = cut ? { event: last.event, atMs: last.atMs } : { event: Math.max(0, until.event - 1), atMs: until.atMs };
  void open({ from: 'log', document: cluster.document, log: cut ? log.slice(0, -1) : [...log], until: point });
}

addEventListener('hashchange', () => {
  if (location.hash.length > 1) void openFromAddress();
});
