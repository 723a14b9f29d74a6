/** Figures of the built page in Chromium while 1,000 pods start on 100 minions. */
export interface BrowserFigures {
  /** The longest task of the page's main thread. */
  readonly longestTaskMs: number;
  /** From navigation to the first drawn minion. */
  readonly liveGraphMs: number;
  /** Script before the editor is asked for, gzipped. */
  readonly scriptGzipBytes: number;
}

export async function measureBrowser(): Promise<BrowserFigures> {
  throw new Error('not measured yet');
}
