import { CheckCheck, Circle, CircleAlert, CircleCheck, CirclePlus, CircleEqual, LoaderCircle, Pencil, Plus, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ClipboardEvent } from 'react';
import type { AppliedDocument } from '../../../protocol/messages.ts';
import { Button, IconButton } from '../../kit/Button.tsx';
import { activate, addFile, closeFile, fileStore, MAX_FILE_BYTES, revealLine, setText, useFiles } from '../../store/files.ts';
import { notify } from '../../store/notices.ts';
import { apply } from './apply.ts';
import type { CodeEditor } from './monaco.ts';
import './editor.css';

/** The sandbox's files. Monaco comes when it has been loaded; until then, and without it, a plain text field does. */
export function Editor({ load }: { readonly load: boolean }) {
  return (
    <div className="editor" data-testid="editor">
      <FileTabs />
      <Code load={load} />
      <ApplyBar />
      <Outcome />
    </div>
  );
}

function FileTabs() {
  const files = useFiles((state) => state.files);
  const active = useFiles((state) => state.active);
  const checked = useFiles((state) => state.checked);
  const refused = useFiles((state) => state.refused);
  return (
    <div className="file-tabs" role="tablist" aria-label="Files">
      {files.map(({ name }) => {
        const wrong = [...(checked[name] ?? []), ...(refused[name] ?? [])].some((problem) => problem.severity === 'error');
        return (
          <div key={name} className="file-tab" data-active={name === active}>
            <button type="button" role="tab" aria-selected={name === active} onClick={() => activate(name)}>
              {wrong ? <CircleAlert size={12} className="wrong" aria-label="has problems" /> : <Circle size={7} aria-hidden />}
              {name}
            </button>
            <IconButton label={`Close ${name}`} onClick={() => closeFile(name)}>
              <X size={12} />
            </IconButton>
          </div>
        );
      })}
      <IconButton label="New file" onClick={() => addFile('untitled.yaml', '')}>
        <Plus size={14} />
      </IconButton>
    </div>
  );
}

function Code({ load }: { readonly load: boolean }) {
  const active = useFiles((state) => state.active);
  const reveal = useFiles((state) => state.reveal);
  const element = useRef<HTMLDivElement>(null);
  const [code, setCode] = useState<CodeEditor | undefined>();
  useEffect(() => {
    if (!load) return;
    let disposed = false;
    let created: CodeEditor | undefined;
    import('./monaco.ts')
      .then(({ createCodeEditor }) => {
        if (disposed || !element.current) return;
        created = createCodeEditor(element.current, {
          onChange: setText,
          onApply: () => void apply('active'),
          onProblems: (name, problems) => fileStore.setState((state) => ({ checked: { ...state.checked, [name]: problems } })),
        });
        setCode(created);
      })
      .catch(() => notify('warning', 'The editor could not be loaded', 'A plain text field takes its place. Everything else works.'));
    return () => {
      disposed = true;
      created?.dispose();
    };
  }, [load]);
  useEffect(() => {
    if (active) code?.show(active);
  }, [code, active]);
  useEffect(() => {
    if (reveal && reveal.file === active) code?.reveal(reveal.line);
  }, [code, reveal, active]);
  return (
    <div className="code-pane" data-editor={code ? 'monaco' : 'plain'} onPasteCapture={refuseHuge}>
      <div ref={element} className="monaco" hidden={!code} />
      {!code && <PlainCode />}
    </div>
  );
}

/** A paste that would freeze the page is refused like a file of that size. */
function refuseHuge(event: ClipboardEvent): void {
  const { length } = event.clipboardData.getData('text/plain');
  if (length <= MAX_FILE_BYTES) return;
  event.preventDefault();
  event.stopPropagation();
  notify(
    'error',
    'The paste is too large',
    `It has ${(length / 1_000_000).toFixed(1)} MB; the editor takes up to ${MAX_FILE_BYTES / 1_000_000} MB.`,
  );
}

function PlainCode() {
  const active = useFiles((state) => state.active);
  const text = useFiles((state) => state.files.find((file) => file.name === state.active)?.text ?? '');
  return (
    <textarea
      className="plain-code"
      aria-label="Manifest"
      spellCheck={false}
      value={text}
      onChange={(event) => setText(active, event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void apply('active');
        }
      }}
    />
  );
}

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

function ApplyBar() {
  const applying = useFiles((state) => state.applying);
  const several = useFiles((state) => state.files.length > 1);
  return (
    <div className="apply-bar">
      <Button look="primary" onClick={() => void apply('active')} disabled={applying}>
        {applying ? <LoaderCircle size={14} className="spin" /> : <CheckCheck size={14} />}
        {applying ? 'Applying' : 'Apply'}
      </Button>
      {several && (
        <Button onClick={() => void apply('all')} disabled={applying}>
          Apply all files
        </Button>
      )}
      <span className="spacer" />
      <span className="keys">
        <kbd>{isMac ? '⌘' : 'Ctrl'}</kbd> <kbd>Enter</kbd>
      </span>
    </div>
  );
}

const OUTCOME_ICONS = { created: CirclePlus, configured: Pencil, unchanged: CircleEqual, failed: CircleAlert };

/** What became of each document of the last apply. */
function Outcome() {
  const outcome = useFiles((state) => state.outcome);
  if (!outcome) return null;
  const failed = outcome.filter((document) => document.outcome === 'failed').length;
  const title = failed
    ? `${outcome.length - failed} of ${outcome.length} documents applied`
    : `${outcome.length} ${outcome.length === 1 ? 'document' : 'documents'} applied`;
  return (
    <div className="outcome" role="status" data-testid="outcome">
      <div className="outcome-title">
        {failed ? <CircleAlert size={14} className="failed" /> : <CircleCheck size={14} className="created" />}
        <strong>{title}</strong>
        <IconButton label="Dismiss the outcome" onClick={() => fileStore.setState({ outcome: undefined })}>
          <X size={13} />
        </IconButton>
      </div>
      <ul>
        {outcome.map((document, index) => (
          <OutcomeLine key={index} document={document} />
        ))}
      </ul>
    </div>
  );
}

function OutcomeLine({ document }: { readonly document: AppliedDocument }) {
  const Icon = OUTCOME_ICONS[document.outcome];
  const line = document.error?.line ?? document.line;
  return (
    <li className={document.outcome}>
      <button type="button" onClick={() => revealLine(document.file, line)} title={`${document.file}, line ${line}`}>
        <Icon size={13} aria-hidden />
        <span className="what">
          <code>{document.object || `document at line ${document.line}`}</code> {document.outcome}
          {document.error && <span className="why">{document.error.message}</span>}
          {document.warnings.map((warning) => (
            <span key={warning} className="warning">
              {warning}
            </span>
          ))}
        </span>
        <span className="line">line {line}</span>
      </button>
    </li>
  );
}
