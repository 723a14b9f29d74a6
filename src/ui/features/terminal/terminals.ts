import { createStore } from 'zustand/vanilla';
import { clusterStore, onRowChanges } from '../../store/cluster.ts';
import { onWorkerMessage, perform } from '../../store/connection.ts';
import { setView } from '../../store/view.ts';

/*
 * Terminals as the page knows them, whether or not one is on screen: which there are, what they
 * have printed, whether they wait for a line.
 */

export interface TerminalTab {
  readonly id: string;
  readonly host: string;
  readonly closed: boolean;
}

export interface TerminalsState {
  readonly tabs: readonly TerminalTab[];
  readonly active: string;
}

export const terminalStore = createStore<TerminalsState>(() => ({ tabs: [], active: '' }));

/** Text that a terminal shows again when its element is made anew. */
const MOST_KEPT = 200_000;

export interface Screen {
  write(text: string): void;
  /** The terminal waits for a line, or no longer does. */
  prompt(prompt: string | undefined): void;
}

class Channel {
  kept = '';
  prompt: string | undefined;
  screen: Screen | undefined;

  write(text: string): void {
    this.kept = (this.kept + text).slice(-MOST_KEPT);
    this.screen?.write(text);
  }
}

const channels = new Map<string, Channel>();

function channel(id: string): Channel {
  let found = channels.get(id);
  if (!found) channels.set(id, (found = new Channel()));
  return found;
}

/** Connects what shows a terminal; it first gets all that was printed. Answers how to disconnect. */
export function attach(id: string, screen: Screen): () => void {
  const mine = channel(id);
  mine.screen = screen;
  screen.write(mine.kept);
  screen.prompt(mine.prompt);
  return () => {
    if (mine.screen === screen) mine.screen = undefined;
  };
}

/** Keeps what the screen has echoed itself. */
export function keepEcho(id: string, text: string): void {
  const mine = channel(id);
  mine.kept = (mine.kept + text).slice(-MOST_KEPT);
}

export function openTerminal(host: string): void {
  const taken = terminalStore.getState().tabs.map((tab) => Number(tab.id.slice(1)) || 0);
  const id = `t${Math.max(0, ...taken) + 1}`;
  addTab(id, host);
  perform({ kind: 'terminal-open', terminal: id, host });
  setView({ bottomOpen: true, bottomTab: 'terminal', narrowPage: 'terminal' });
}

export function closeTerminal(id: string): void {
  const { tabs, active } = terminalStore.getState();
  const tab = tabs.find((one) => one.id === id);
  const rest = tabs.filter((one) => one.id !== id);
  terminalStore.setState({ tabs: rest, active: active === id ? (rest.at(-1)?.id ?? '') : active });
  channels.delete(id);
  if (tab && !tab.closed) perform({ kind: 'terminal-close', terminal: id });
}

export function activateTerminal(id: string): void {
  terminalStore.setState({ active: id });
}

export function typeLine(id: string, text: string): void {
  channel(id).prompt = undefined;
  perform({ kind: 'terminal-line', terminal: id, text });
}

export function sendSignal(id: string, signal: 'INT' | 'EOF'): void {
  perform({ kind: 'terminal-signal', terminal: id, signal });
}

function addTab(id: string, host: string): void {
  terminalStore.setState(({ tabs }) =>
    tabs.some((tab) => tab.id === id) ? { active: id } : { tabs: [...tabs, { id, host, closed: false }], active: id },
  );
}

onWorkerMessage((message) => {
  switch (message.type) {
    case 'terminal-output':
      channel(message.terminal).write(message.text.replaceAll(/\r?\n/g, '\r\n'));
      break;
    case 'terminal-prompt': {
      const mine = channel(message.terminal);
      mine.prompt = message.prompt;
      mine.screen?.prompt(message.prompt);
      break;
    }
    case 'terminal-closed': {
      const code = message.exitCode ? ` with exit code ${message.exitCode}` : '';
      channel(message.terminal).write(`\r\n\x1b[2m[session ended${code}]\x1b[0m\r\n`);
      terminalStore.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.id === message.terminal ? { ...tab, closed: true } : tab)) }));
      break;
    }
    case 'logged': {
      // In a replayed history nobody types, so the page shows what was typed.
      if (clusterStore.getState().status.name !== 'replay') break;
      const { input } = message.entry;
      if (input.kind === 'terminal-open') addTab(input.terminal, input.host);
      if (input.kind === 'terminal-close') closeReplayed(input.terminal);
      if (input.kind === 'terminal-line') echoReplayed(input.terminal, input.text);
      break;
    }
    case 'live':
      if (!terminalStore.getState().tabs.length) openFirst();
      break;
    default:
      break;
  }
});

function closeReplayed(id: string): void {
  terminalStore.setState(({ tabs }) => ({ tabs: tabs.filter((tab) => tab.id !== id) }));
  channels.delete(id);
}

function echoReplayed(id: string, text: string): void {
  const mine = channel(id);
  mine.write(`${mine.prompt ?? ''}${text}\r\n`);
}

function openFirst(): void {
  const master = clusterStore.getState().cluster?.machines.find((machine) => machine.role === 'master');
  if (!master) return;
  addTab('t1', master.name);
  perform({ kind: 'terminal-open', terminal: 't1', host: master.name });
}

onRowChanges(
  () => {},
  () => {
    channels.clear();
    terminalStore.setState({ tabs: [], active: '' });
  },
);
