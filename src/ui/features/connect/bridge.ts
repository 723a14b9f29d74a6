import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import { BRIDGE_PATH, type BridgeAnswer, type BridgeRequest } from '../../../protocol/bridge.ts';
import { onWorkerMessage, perform } from '../../store/connection.ts';

/** `none`: the page was not loaded from a server that can pass requests on. */
export type BridgeState = 'off' | 'connecting' | 'connected' | 'none';

const store = createStore<{ state: BridgeState }>(() => ({ state: 'off' }));
let socket: WebSocket | undefined;
let stopListening: (() => void) | undefined;

export function useBridge(): BridgeState {
  return useStore(store, ({ state }) => state);
}

/** Lets real clients reach this tab's cluster through the server that the page came from. */
export function connect(): void {
  if (socket) return;
  store.setState({ state: 'connecting' });
  let opened = false;
  const mine = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${BRIDGE_PATH}`);
  socket = mine;
  mine.onopen = () => {
    opened = true;
    store.setState({ state: 'connected' });
  };
  mine.onmessage = (event) => take(JSON.parse(String(event.data)) as BridgeRequest);
  mine.onclose = () => {
    if (socket !== mine) return;
    disconnect();
    if (!opened) store.setState({ state: 'none' });
  };
  stopListening = onWorkerMessage((message) => {
    if (message.type === 'http-head') answer({ type: 'head', id: message.exchange, status: message.status, headers: message.headers });
    else if (message.type === 'http-chunk') answer({ type: 'chunk', id: message.exchange, text: message.text });
    else if (message.type === 'http-end') answer({ type: 'end', id: message.exchange });
  });
}

export function disconnect(): void {
  const closing = socket;
  socket = undefined;
  closing?.close();
  stopListening?.();
  store.setState({ state: 'off' });
}

function take(message: BridgeRequest): void {
  if (message.type === 'abort') perform({ kind: 'http-abort', id: message.id });
  else {
    const { id, method, path, query, headers, body } = message;
    perform({ kind: 'http', id, request: { method, path, query, headers, ...(body !== undefined && { body }) } });
  }
}

function answer(message: BridgeAnswer): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
