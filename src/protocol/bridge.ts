/*
 * Between the development or preview server and the page that is open in a tab: requests of real
 * clients one way, their answers the other, as JSON over a WebSocket.
 */

/** Where the page reaches the server it was loaded from. */
export const BRIDGE_PATH = '/__kubarium/tab';

export type BridgeRequest =
  | {
      readonly type: 'request';
      readonly id: string;
      readonly method: string;
      readonly path: string;
      readonly query: readonly (readonly [string, string])[];
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly type: 'abort'; readonly id: string };

export type BridgeAnswer =
  | { readonly type: 'head'; readonly id: string; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly type: 'chunk'; readonly id: string; readonly text: string }
  | { readonly type: 'end'; readonly id: string };
