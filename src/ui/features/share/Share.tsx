import { Check, Copy, LoaderCircle } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../kit/Button.tsx';
import { Dialog } from '../../kit/Dialog.tsx';
import { byteText, clockText } from '../../kit/format.ts';
import { log, useCluster } from '../../store/cluster.ts';
import { ask, newId } from '../../store/connection.ts';
import { fileStore } from '../../store/files.ts';
import { setView } from '../../store/view.ts';
import type { WorkerMessage } from '../../../protocol/messages.ts';
import './share.css';

/** Beyond this some chats and mail programs cut links off. */
const LONG_LINK = 8_000;

type Answer = Extract<WorkerMessage, { type: 'shared' | 'share-failed' }>;

/** The link that holds the whole cluster: document, files and history. Nothing leaves the browser but what the person copies. */
export function Share() {
  const [answer, setAnswer] = useState<Answer | undefined>();
  const [copied, setCopied] = useState(false);
  const isLive = useCluster((state) => state.status.name === 'live');
  useEffect(() => {
    if (!isLive) return;
    void ask({ type: 'share', id: newId(), files: fileStore.getState().files }).then((message) => setAnswer(message as Answer));
  }, [isLive]);
  const close = () => setView({ shareOpen: false });
  if (answer?.type !== 'shared') {
    return (
      <Dialog title="Share this cluster" onClose={close}>
        {answer ? (
          <p>
            <strong>{answer.problem.title}.</strong> {answer.problem.detail}
          </p>
        ) : (
          <p className="share-wait">
            <LoaderCircle size={16} className="spin" aria-hidden /> Packing the cluster into a link
          </p>
        )}
      </Dialog>
    );
  }
  const link = `${location.origin}${location.pathname}#${answer.payload}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      document.querySelector<HTMLInputElement>('#share-link')?.select();
    }
  };
  return (
    <Dialog title="Share this cluster" onClose={close}>
      <div className="share">
        <p>
          Whoever opens this link gets the same cluster in the same state: it is rebuilt from its history, event by event, in their own
          browser.
        </p>
        <div className="share-row">
          <input
            id="share-link"
            className="field code"
            readOnly
            value={link}
            aria-label="Link"
            onFocus={(event) => event.target.select()}
            data-testid="link"
          />
          <Button look="primary" onClick={() => void copy()} data-autofocus>
            {copied ? <Check size={14} /> : <Copy size={14} />}
            {copied ? 'Copied' : 'Copy link'}
          </Button>
        </div>
        <dl className="share-facts">
          <div>
            <dt>Size</dt>
            <dd data-testid="link-size">{byteText(link.length)}</dd>
          </div>
          <div>
            <dt>Moment</dt>
            <dd>
              {clockText(answer.at.atMs)}, event {answer.at.event.toLocaleString('en')}
            </dd>
          </div>
          <div>
            <dt>History</dt>
            <dd>{log.length} inputs</dd>
          </div>
          <div>
            <dt>State</dt>
            <dd>
              <code data-testid="state-hash">{answer.stateHash}</code>
            </dd>
          </div>
        </dl>
        {link.length > LONG_LINK && <p className="note">This is a long link: some chats and mail programs cut such links off.</p>}
      </div>
    </Dialog>
  );
}
