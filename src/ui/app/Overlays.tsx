import { Copy, FilePlus, LoaderCircle, RotateCcw, ServerOff, Trash2, TriangleAlert, Undo2, X } from 'lucide-react';
import { Button, IconButton } from '../kit/Button.tsx';
import { deletePod, setUnit } from '../store/actions.ts';
import { log, model, useCluster } from '../store/cluster.ts';
import { addFile } from '../store/files.ts';
import { notify } from '../store/notices.ts';
import { inspect, setView, useView } from '../store/view.ts';
import { restartFromLog, startAfresh } from '../store/session.ts';

/* What floats above the picture. */

/** One sentence and three things to try. */
export function Welcome() {
  const seen = useView((view) => view.welcomeSeen);
  const isLive = useCluster((state) => state.status.name === 'live');
  if (seen || !isLive) return null;
  return (
    <aside className="welcome" aria-label="Welcome">
      <IconButton label="Close" onClick={() => setView({ welcomeSeen: true })}>
        <X size={14} />
      </IconButton>
      <p>This is a whole Kubernetes cluster, simulated in your browser. A small web application is being rolled out on it right now.</p>
      <ul>
        <li>
          <Button look="quiet" onClick={pasteManifest}>
            <FilePlus size={14} /> Paste a manifest
          </Button>
        </li>
        <li>
          <Button look="quiet" onClick={deleteSomePod}>
            <Trash2 size={14} /> Delete a pod
          </Button>
        </li>
        <li>
          <Button look="quiet" onClick={stopSomeKubelet}>
            <ServerOff size={14} /> Stop a minion's kubelet
          </Button>
        </li>
      </ul>
    </aside>
  );
}

function pasteManifest(): void {
  addFile('untitled.yaml', '');
  setView({ rightOpen: true, rightTab: 'editor', narrowPage: 'editor' });
}

function deleteSomePod(): void {
  const pod = [...model.pods.values()].find((one) => one.owner !== undefined && one.state === 'ready' && one.namespace === 'default');
  if (!pod) return notify('info', 'No pod is running yet', 'Give it a few seconds.');
  inspect(pod.key);
  void deletePod(pod);
}

function stopSomeKubelet(): void {
  const machine = [...model.machines.values()].find((one) => one.role === 'minion' && model.nodes.get(one.name)?.ready === 'True');
  if (!machine) return notify('info', 'No minion is ready yet', 'Give it a few seconds.');
  inspect(`machine/${machine.name}`);
  setUnit(machine, 'kubelet', 'stop');
  notify(
    'info',
    `The kubelet on ${machine.name} is stopped`,
    'The master learns of it when its lease runs out, after about 50 seconds. Run at 10× if you do not want to wait.',
  );
}

/** How far a boot or a replay is. */
export function Progress() {
  const status = useCluster((state) => state.status);
  if (status.name !== 'boot' && status.name !== 'replay' && status.name !== 'loading') return null;
  const text = status.name === 'replay' ? 'Rebuilding the cluster from its history' : 'Booting the cluster';
  return (
    <div className="progress" role="status">
      <LoaderCircle size={14} className="spin" aria-hidden />
      {text}
      {status.name !== 'loading' && status.fraction > 0.02 && <b>{Math.round(status.fraction * 100)}%</b>}
    </div>
  );
}

/** The kubectl command that does what the last gesture did. */
export function CommandStrip() {
  const command = useView((view) => view.lastCommand);
  if (!command) return null;
  const copy = () => navigator.clipboard.writeText(command).catch(() => notify('error', 'The clipboard cannot be written', command));
  return (
    <div className="command-strip">
      <code>{command}</code>
      <IconButton label="Copy the command" onClick={() => void copy()}>
        <Copy size={13} />
      </IconButton>
      <IconButton label="Close" onClick={() => setView({ lastCommand: '' })}>
        <X size={13} />
      </IconButton>
    </div>
  );
}

/** A simulation that threw: what happened, and the ways on. */
export function Crash() {
  const status = useCluster((state) => state.status);
  if (status.name !== 'crashed') return null;
  const { problem, stack, at } = status;
  return (
    <div className="crash" role="alertdialog" aria-label={problem.title}>
      <TriangleAlert size={22} aria-hidden />
      <h2>{problem.title}</h2>
      <p>{problem.detail}</p>
      <p className="soft">
        It happened at event {at.event.toLocaleString('en')}. Your files and the history of this cluster are kept, so it can be rebuilt.
      </p>
      <div className="crash-actions">
        <Button look="primary" onClick={() => restartFromLog(at, false)}>
          <RotateCcw size={14} /> Rebuild up to the crash
        </Button>
        {log.length > 0 && (
          <Button onClick={() => restartFromLog(at, true)}>
            <Undo2 size={14} /> Rebuild without the last input
          </Button>
        )}
        <Button look="quiet" onClick={startAfresh}>
          Start afresh
        </Button>
      </div>
      {stack && (
        <details>
          <summary>Report</summary>
          <pre>{stack}</pre>
        </details>
      )}
    </div>
  );
}
