/*
 * npm run bench [-- --json] [-- --no-browser]: one Deployment of R replicas on M minions, from apply
 * to all Ready. CPU is this process's user and system time; heap is what a full collection leaves,
 * over what it left before the apply, of the same cluster at rest.
 */
import { measureBrowser, type BrowserFigures } from './browser.ts';
import { measureRollout, type RolloutFigures } from './rollout.ts';

const SIZES: readonly (readonly [replicas: number, minions: number])[] = [
  [100, 5],
  [1_000, 100],
  [5_000, 500],
];

const WARM_UP: typeof SIZES = [
  [1_000, 100],
  [1_000, 100],
  [100, 5],
];

const json = process.argv.includes('--json');
const withBrowser = !process.argv.includes('--no-browser');

const runs: RolloutFigures[] = [];
/* Warms up the engine: what it learns and compiles of the code is not what a pod costs. */
for (const [replicas, minions] of WARM_UP) await alone(() => measureRollout(replicas, minions));
for (const [replicas, minions] of SIZES) {
  const figures = await alone(() => measureRollout(replicas, minions));
  runs.push(figures);
  if (!json) print(figures);
}
const smallest = runs[0]!;
const largest = runs.at(-1)!;
const ratio = largest.cpuSeconds / largest.replicas / (smallest.cpuSeconds / smallest.replicas);
if (!json)
  console.log(
    `cost per pod at ${largest.replicas}/${largest.minions} over that at ${smallest.replicas}/${smallest.minions}: ${ratio.toFixed(2)}`,
  );

const browser: BrowserFigures | { error: string } = withBrowser
  ? await measureBrowser().catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
  : { error: 'left out by --no-browser' };
if (json) console.log(JSON.stringify({ runs, costPerPodRatio: ratio, browser }));
else console.log('in Chromium, 1,000 replicas on 100 minions:', browser);

/** Runs on an empty stack: what an earlier measurement has left on it would keep that one's cluster alive. */
function alone<T>(measure: () => T): Promise<T> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(measure()));
  });
}

function print(figures: RolloutFigures): void {
  const { replicas, minions, cpuSeconds, events, heapBytesPerPod, heapBytesPerPodAtReady, longestSliceMs, virtualSeconds } = figures;
  console.log(
    `${replicas} replicas on ${minions} minions: ${cpuSeconds.toFixed(2)} s CPU, ${events} events, ${heapBytesPerPod} B of heap a pod (${heapBytesPerPodAtReady} B with the history), ` +
      `longest slice ${longestSliceMs.toFixed(1)} ms, ${virtualSeconds.toFixed(0)} s of cluster time`,
  );
}
