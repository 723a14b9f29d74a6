import type { AppliedDocument, InputFile } from '../kubectl/applied.ts';

export type { AppliedDocument, InputFile };

/** A request as it came over the wire. */
export interface OutsideRequest {
  readonly method: string;
  /** Decoded, without query. */
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Everything that reaches the simulated world from outside. Inputs are plain data: they go into
 * the log, into links, and are replayed.
 */
export type Input =
  /** `kubectl apply` of files on the first master, all documents in order. */
  | { readonly kind: 'apply'; readonly id: number; readonly files: readonly InputFile[] }
  /** A REST request as the administrator. `body` is JSON text. */
  | {
      readonly kind: 'request';
      readonly id: number;
      readonly method: string;
      readonly path: string;
      readonly query?: readonly (readonly [string, string])[];
      readonly contentType?: string;
      readonly body?: string;
    }
  /** An HTTP request of a real client, as the administrator; it may be answered by a stream until it is aborted. */
  | { readonly kind: 'http'; readonly id: string; readonly request: OutsideRequest }
  | { readonly kind: 'http-abort'; readonly id: string }
  /** `prompt` is $PS1; the machine's own unless given. */
  | { readonly kind: 'terminal-open'; readonly terminal: string; readonly host: string; readonly prompt?: string }
  /** A typed line, without its newline. */
  | { readonly kind: 'terminal-line'; readonly terminal: string; readonly text: string }
  | { readonly kind: 'terminal-signal'; readonly terminal: string; readonly signal: 'INT' | 'EOF' }
  | { readonly kind: 'terminal-close'; readonly terminal: string }
  | { readonly kind: 'write-file'; readonly host: string; readonly path: string; readonly text: string }
  | { readonly kind: 'unit'; readonly host: string; readonly unit: string; readonly action: 'start' | 'stop' }
  | { readonly kind: 'machine'; readonly host: string; readonly action: 'power-on' | 'power-off' }
  | { readonly kind: 'link'; readonly between: readonly [string, string]; readonly action: 'cut' | 'mend' };

/** An input with the exact place in history where it arrived: after `event` events, at `atMs`. */
export interface LoggedInput {
  readonly event: number;
  readonly atMs: number;
  readonly input: Input;
}

/** What the cluster tells those who watch from outside. Called synchronously; must not touch the cluster. */
export interface ClusterOutput {
  applied(id: number, documents: readonly AppliedDocument[]): void;
  responded(id: number, status: number, body: string): void;
  /** The head of the answer to an `http` input; values of one header are joined by newlines. */
  httpHead(id: string, status: number, headers: Readonly<Record<string, string>>): void;
  httpChunk(id: string, text: string): void;
  httpEnd(id: string): void;
  terminalOutput(terminal: string, text: string): void;
  /** Whether the terminal waits for a line, and the prompt it shows. Undefined: something runs. */
  terminalPrompt(terminal: string, prompt: string | undefined): void;
  terminalClosed(terminal: string, exitCode: number): void;
}
