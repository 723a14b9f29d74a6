import { describe, expect, it } from 'vitest';
import type { ClockState, PageMessage, WorkerMessage } from '../protocol/messages.ts';
import { createCluster } from './create.ts';
import { Session } from './session.ts';

/** A session with a real clock of its own that the test turns. */
class Bench {
  nowMs = 0;
  readonly messages: WorkerMessage[] = [];
  readonly session = new Session(
    (message) => this.messages.push(message),
    createCluster,
    () => (this.nowMs += 0.05),
  );

  send(message: PageMessage): void {
    this.session.handle(message);
  }

  /** Lets real time pass until `done`, or gives up after a minute of it. */
  until(done: () => boolean): void {
    const endMs = this.nowMs + 60_000;
    while (!done()) {
      if (this.nowMs > endMs) throw new Error('it never came to that');
      this.nowMs += Math.max(0.1, this.session.turn() ?? 50);
    }
  }

  pass(realMs: number): void {
    const endMs = this.nowMs + realMs;
    this.until(() => this.nowMs >= endMs);
  }

  last<T extends WorkerMessage['type']>(type: T): Extract<WorkerMessage, { type: T }> | undefined {
    return this.messages.findLast((message) => message.type === type) as never;
  }

  get clock(): ClockState {
    return this.last('diff')!.clock;
  }

  share(): { payload: string; stateHash: string } {
    this.send({ type: 'share', id: 99, files: [] });
    return this.last('shared')!;
  }
}

function opened(): Bench {
  const bench = new Bench();
  bench.send({ type: 'open', id: 1, source: { from: 'welcome' } });
  bench.until(() => bench.last('live') !== undefined && bench.last('diff') !== undefined);
  return bench;
}

describe('a session', () => {
  it('opens the welcome on a booted cluster and rolls its application out', () => {
    const bench = opened();
    expect(bench.last('opened')!.cluster.machines.map((machine) => machine.name)).toEqual(['master-1', 'minion-1', 'minion-2', 'minion-3']);
    bench.until(() => bench.last('applied') !== undefined);
    expect(bench.last('applied')!.documents.map((document) => document.outcome)).toEqual(['created', 'created']);
  });

  it('lets virtual time follow real time at the chosen speed, and stand still when paused', () => {
    const bench = opened();
    const startMs = bench.clock.nowMs;
    bench.send({ type: 'clock', clock: { action: 'speed', speed: 10 } });
    bench.pass(2000);
    const rate = (bench.clock.nowMs - startMs) / 2000;
    expect(rate).toBeGreaterThan(9);
    expect(rate).toBeLessThan(10.1);
    bench.send({ type: 'clock', clock: { action: 'pause' } });
    bench.pass(200);
    const pausedMs = bench.clock.nowMs;
    bench.pass(2000);
    expect(bench.clock.nowMs).toBe(pausedMs);
    bench.send({ type: 'clock', clock: { action: 'step-ms', ms: 1000 } });
    bench.pass(500);
    expect(bench.clock.nowMs).toBe(pausedMs + 1000);
  });

  it('rebuilds from its link the same state, and from there the same future', () => {
    const bench = opened();
    bench.pass(3000);
    bench.send({ type: 'input', input: { kind: 'terminal-open', terminal: 't1', host: 'master-1' } });
    bench.send({ type: 'input', input: { kind: 'terminal-line', terminal: 't1', text: 'kubectl scale deployment web --replicas=5' } });
    bench.pass(2000);
    bench.send({ type: 'clock', clock: { action: 'pause' } });
    const { payload, stateHash } = bench.share();

    const other = new Bench();
    other.send({ type: 'open', id: 1, source: { from: 'link', payload } });
    other.until(() => other.last('live') !== undefined);
    expect(other.share().stateHash).toBe(stateHash);
    for (const one of [bench, other]) {
      one.send({ type: 'clock', clock: { action: 'step-ms', ms: 20_000 } });
      one.until(() => one.session.turn() === undefined);
    }
    expect(other.share().stateHash).toBe(bench.share().stateHash);
  });

  it('says why it does not open a document or a link', () => {
    const bench = new Bench();
    bench.send({ type: 'open', id: 1, source: { from: 'document', text: 'minions: 3\nminion: 4\n' } });
    expect(bench.last('open-failed')!.problem.detail).toMatch(/minion/);
    bench.send({ type: 'open', id: 2, source: { from: 'link', payload: 'v1.0.x' } });
    expect(bench.last('open-failed')!.problem.title).toBe('This link is damaged');
  });

  it('reports what was thrown and where in history', () => {
    const bench = opened();
    bench.send({ type: 'clock', clock: { action: 'pause' } });
    bench.pass(200);
    bench.send({ type: 'fail', message: 'a made-up bug' });
    expect(bench.last('crashed')).toMatchObject({ problem: { detail: 'a made-up bug' }, at: { event: bench.clock.events } });
    expect(bench.session.turn()).toBeUndefined();
  });
});
