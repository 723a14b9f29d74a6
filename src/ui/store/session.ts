import type { HistoryPoint, OpenSource } from '../../protocol/messages.ts';
import { clusterStore, log } from './cluster.ts';
import { onWorkerMessage, openCluster } from './connection.ts';
import { fileStore, resetFiles } from './files.ts';
import { notify } from './notices.ts';
import { select, setView } from './view.ts';

/* Which cluster is open: from the address, a crash, or afresh. */

onWorkerMessage((message) => {
  if (message.type !== 'opened') return;
  select(undefined);
  fileStore.setState({ applying: false, outcome: undefined });
  const { from, files } = message.cluster;
  if (from === 'link' || from === 'welcome') resetFiles(files);
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

/** Whether a text is a cluster document (ours or kind's) rather than a manifest. */
export function isClusterDocument(text: string): boolean {
  return /^kind:\s*["']?Cluster["']?\s*$/m.test(text) && /^apiVersion:\s*["']?(kubarium\.dev|kind\.x-k8s\.io)\//m.test(text);
}

/** Builds the cluster that a document describes. The one that is there remains if the document is no good. */
export async function openDocument(text: string): Promise<boolean> {
  const { cluster } = clusterStore.getState();
  const kept = [...log];
  const at = clusterStore.getState().clock;
  if (await open({ from: 'document', text })) {
    history.replaceState(null, '', location.pathname + location.search);
    return true;
  }
  if (cluster) await open({ from: 'log', document: cluster.document, log: kept, until: { event: at.events, atMs: at.nowMs } });
  return false;
}

/** Opens the cluster of a first visit. What was there can be brought back from its history. */
export function startAfresh(): void {
  const { cluster, clock } = clusterStore.getState();
  const { files } = fileStore.getState();
  const kept = [...log];
  history.replaceState(null, '', location.pathname + location.search);
  void open({ from: 'welcome' });
  if (!cluster) return;
  const undo = async () => {
    await open({ from: 'log', document: cluster.document, log: kept, until: { event: clock.events, atMs: clock.nowMs } });
    resetFiles(files);
  };
  notify('info', 'This is a fresh cluster', 'The one before can be rebuilt from its history.', {
    label: 'Bring it back',
    run: () => void undo(),
  });
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
