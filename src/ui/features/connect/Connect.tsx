import { Check, Copy, LoaderCircle, Plug, Unplug } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../kit/Button.tsx';
import { Dialog } from '../../kit/Dialog.tsx';
import { setView } from '../../store/view.ts';
import { connect, disconnect, useBridge } from './bridge.ts';
import './connect.css';

/** How a real kubectl reaches the cluster in this tab. */
export function Connect() {
  const state = useBridge();
  return (
    <Dialog title="Connect kubectl" onClose={() => setView({ connectOpen: false })}>
      <div className="connect">
        {state === 'none' ? (
          <>
            <p>
              This page comes from a server that passes no requests on. Start Kubarium on your own machine and open the page from there:
            </p>
            <Command text="npm start" />
          </>
        ) : (
          <>
            <p>
              The server that this page comes from can pass the requests of a real <code>kubectl</code>, or of any other client, on to the
              cluster in this tab. Whoever reaches that server acts as the administrator. Every request becomes part of the cluster's
              history.
            </p>
            <div className="connect-row" role="status">
              {state === 'off' && (
                <Button look="primary" onClick={connect} data-autofocus>
                  <Plug size={14} /> Connect this tab
                </Button>
              )}
              {state === 'connecting' && (
                <>
                  <LoaderCircle size={16} className="spin" aria-hidden /> Connecting
                </>
              )}
              {state === 'connected' && (
                <>
                  <Check size={16} aria-hidden /> This tab is connected.
                  <Button onClick={disconnect}>
                    <Unplug size={14} /> Disconnect
                  </Button>
                </>
              )}
            </div>
            <p>Then, in a terminal of your own:</p>
            <Command text={`kubectl --server ${location.origin} get nodes`} />
            <p className="note">
              Time must run for requests to be answered. What opens a connection both ways (<code>exec</code>, <code>attach</code>,{' '}
              <code>port-forward</code>) is not passed on; it works with <code>npm run serve</code>.
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Command({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className="connect-command">
      <code data-testid="connect-command">{text}</code>
      <IconButton label="Copy the command" onClick={() => void copy()}>
        {copied ? <Check size={14} /> : <Copy size={14} />}
      </IconButton>
    </div>
  );
}
