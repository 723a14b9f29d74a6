import type { Input, OpenSource, PageMessage, WorkerMessage } from '../../protocol/messages.ts';
import { clusterStore, log, receiveRows, resetCluster } from './cluster.ts';
import { notify } from './notices.ts';

/*
 * The page's end of the line to the worker. Questions carry an id and are answered by a promise;
 * everything else that comes goes to the stores or to whoever listens.
 */

type Listener = (message: WorkerMessage) => void;

let worker: Worker | undefined;
let nextId = 1;
/** By question and id: a replayed history answers its own old inputs too. */
const answers = new Map<string, (message: WorkerMessage) => void>();
const QUESTIONS: Partial<Record<WorkerMessage['type'], PageMessage['type']>> = {
  opened: 'open',
  'open-failed': 'open',
  applied: 'input',
  responded: 'input',
  fetched: 'fetch',
  completed: 'complete',
  shared: 'share',
  'share-failed': 'share',
};
const listeners = new Set<Listener>();

export function onWorkerMessage(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function newId(): number {
  return nextId++;
}

export function send(message: PageMessage): void {
  worker?.postMessage(message);
}

/** Asks the worker; the answer is the message with the same id. */
export function ask(message: PageMessage & { readonly id: number }): Promise<WorkerMessage> {
  return new Promise((resolve) => {
    answers.set(`${message.type}/${message.id}`, resolve);
    send(message);
  });
}

/** Gives the cluster an input; one with an id is answered by `applied` or `responded`. */
export function perform(input: Input): void {
  send({ type: 'input', input });
}

/** Opens a cluster in a fresh worker. Resolves to whether it could be opened. */
export async function openCluster(source: OpenSource): Promise<WorkerMessage> {
  worker?.terminate();
  answers.clear();
  worker = new Worker(new URL('../../worker/worker.ts', import.meta.url), { type: 'module', name: 'cluster' });
  const mine = worker;
  worker.onmessage = (event: MessageEvent<WorkerMessage>) => {
    if (mine === worker) receive(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const detail = event.message || 'The simulation could not be loaded.';
    receive({ type: 'crashed', problem: { title: 'The simulation stopped', detail }, stack: '', at: { event: 0, atMs: 0 } });
  };
  return ask({ type: 'open', id: newId(), source });
}

function receive(message: WorkerMessage): void {
  switch (message.type) {
    case 'opened':
      resetCluster(message.cluster, message.clock);
      break;
    case 'progress':
      clusterStore.setState({ status: { name: message.stage, fraction: message.fraction } });
      break;
    case 'live':
      clusterStore.setState({ status: { name: 'live' } });
      break;
    case 'diff':
      receiveRows(message.rows, message.gone, message.clock);
      break;
    case 'logged':
      log.push(message.entry);
      nextId = Math.max(
        nextId,
        ('id' in message.entry.input && typeof message.entry.input.id === 'number' ? message.entry.input.id : 0) + 1,
      );
      break;
    case 'notice':
      notify(message.level, message.problem.title, message.problem.detail);
      break;
    case 'crashed':
      clusterStore.setState({ status: { name: 'crashed', problem: message.problem, stack: message.stack, at: message.at } });
      break;
    default:
      break;
  }
  if ('id' in message) {
    const question = `${QUESTIONS[message.type]}/${message.id}`;
    answers.get(question)?.(message);
    answers.delete(question);
  }
  for (const listener of listeners) listener(message);
}
