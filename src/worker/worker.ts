import type { PageMessage } from '../protocol/messages.ts';
import { createCluster } from './create.ts';
import { Session } from './session.ts';

/** The worker's entry: messages in, slices of work in between. */

const scope = self as unknown as { postMessage(message: unknown): void; onmessage: ((event: MessageEvent) => void) | null };
const session = new Session(
  (message) => scope.postMessage(message),
  createCluster,
  () => performance.now(),
);

/** A message to oneself comes after what the page has sent meanwhile, and without the delay of a timer. */
const soon = new MessageChannel();
let timer: ReturnType<typeof setTimeout> | undefined;
let soonIsDue = false;

function turn(): void {
  const wait = session.turn();
  if (wait === undefined) return;
  if (wait > 1) timer = setTimeout(turn, wait);
  else if (!soonIsDue) {
    soonIsDue = true;
    soon.port2.postMessage(undefined);
  }
}

soon.port1.onmessage = () => {
  soonIsDue = false;
  turn();
};

scope.onmessage = (event: MessageEvent<PageMessage>) => {
  session.handle(event.data);
  clearTimeout(timer);
  if (!soonIsDue) turn();
};
