import { clusterStore } from '../../store/cluster.ts';
import { applyFiles } from '../../store/actions.ts';
import { fileStore } from '../../store/files.ts';
import type { FileProblem } from '../../store/files.ts';
import { notify } from '../../store/notices.ts';
import { isClusterDocument, openDocument } from '../../store/session.ts';

/** Applies the file that is shown, or all, and keeps what became of each document. */
export async function apply(which: 'active' | 'all'): Promise<void> {
  const { files, active, applying } = fileStore.getState();
  if (applying) return;
  const chosen = files.filter((file) => (which === 'all' || file.name === active) && file.text.trim() !== '');
  if (!chosen.length) {
    notify('info', 'There is nothing to apply', 'The file is empty. Paste a manifest, or choose a template from the palette.');
    return;
  }
  const document = chosen.find((file) => isClusterDocument(file.text));
  if (document && chosen.length === 1) {
    if (await openDocument(document.text)) notify('info', 'A new cluster is being built', `It is the one that ${document.name} describes.`);
    return;
  }
  if (clusterStore.getState().clock.paused) notify('info', 'Time is paused', 'What you apply reaches the cluster when time goes on.');
  fileStore.setState({ applying: true, outcome: undefined });
  const documents = await applyFiles(chosen);
  const refused = Object.fromEntries(chosen.map((file) => [file.name, problemsIn(file.name, documents)]));
  fileStore.setState((state) => ({ applying: false, outcome: documents, refused: { ...state.refused, ...refused } }));
}

function problemsIn(file: string, documents: Awaited<ReturnType<typeof applyFiles>>): FileProblem[] {
  return documents
    .filter((document) => document.file === file)
    .flatMap((document): FileProblem[] => [
      ...document.warnings.map((message): FileProblem => ({ file, line: document.line, message, severity: 'warning', source: 'cluster' })),
      ...(document.error
        ? [{ file, line: document.error.line, message: document.error.message, severity: 'error', source: 'cluster' } as const]
        : []),
    ]);
}
