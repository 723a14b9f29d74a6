import { Cluster, SILENT } from '../src/cluster/cluster.ts';
import { parseClusterDocument } from '../src/cluster/parse.ts';
import type { Input } from '../src/cluster/input.ts';
import { encodeLink } from '../src/worker/link.ts';
import { REPLICATION } from './manifests.ts';
import { expect, Kubarium, test, watchConsole } from './page.ts';

/** When what is done, in milliseconds of virtual time. */
const STORY: readonly (readonly [number, Input])[] = [
  [21_000, { kind: 'apply', id: 1, files: [{ name: 'replication.yaml', text: REPLICATION }] }],
  [25_000.25, { kind: 'terminal-open', terminal: 't1', host: 'master-1' }],
  [26_000, { kind: 'terminal-line', terminal: 't1', text: 'kubectl get pods -o wide; kubectl scale rc nginx-www --replicas=5' }],
  [33_333, { kind: 'unit', host: 'minion-1', unit: 'kubelet', action: 'stop' }],
  [40_000, { kind: 'machine', host: 'minion-2', action: 'power-off' }],
];
const END_MS = 110_000;

/** Lives through the story in slices of so many events; answers the state and the link that leads to it. */
function inNode(seed: number, slice: number): { stateHash: string; fragment: string } {
  const document = `seed: ${seed}\nminions: 3\n`;
  const cluster = Cluster.create(parseClusterDocument(document), SILENT);
  const runTo = (untilMs: number) => {
    while (!cluster.kernel.run({ untilMs, maxEvents: slice }).done);
  };
  for (const [atMs, input] of STORY) {
    runTo(atMs);
    cluster.perform(input);
  }
  runTo(END_MS);
  const until = { event: cluster.kernel.events, atMs: cluster.kernel.now };
  const fragment = `#${encodeLink({ document, files: [], log: cluster.inputs, until, paused: true })}`;
  return { stateHash: cluster.stateHash(), fragment };
}

for (const [seed, slice] of [
  [1, 1_000_000],
  [2, 17],
  [2_026, 4_096],
] as const) {
  test(`seed ${seed} has the same history in Node and in the browser`, async ({ page }) => {
    const complaints = watchConsole(page);
    const { stateHash, fragment } = inNode(seed, slice);
    const kubarium = new Kubarium(page);
    await kubarium.open(fragment);
    expect((await kubarium.share()).stateHash).toBe(stateHash);
    expect(complaints).toEqual([]);
  });
}
