/** A file handed to the cluster by its user. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

/** What became of one document of an `apply`. */
export interface AppliedDocument {
  readonly file: string;
  /** Line at which the document begins, from 1. */
  readonly line: number;
  /** `deployment.apps/web`, or empty if it could not be read. */
  readonly object: string;
  readonly outcome: 'created' | 'configured' | 'unchanged' | 'failed';
  /** What went wrong, and the line it can be pinned to. */
  readonly error?: { readonly message: string; readonly line: number; readonly field?: string };
  readonly warnings: readonly string[];
}
