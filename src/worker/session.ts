import { stringify } from 'yaml';
import type { ClusterOutput, Input, LoggedInput } from '../cluster/input.ts';
import type {
  ClockAction,
  ClockState,
  HistoryPoint,
  InputFile,
  OpenSource,
  PageMessage,
  Problem,
  WorkerMessage,
} from '../protocol/messages.ts';
import type { MachineRow } from '../protocol/rows.ts';
import { BadLink, decodeLink, encodeLink } from './link.ts';
import { Pacer, SLICE_MS } from './pacer.ts';
import { Projection } from './projection.ts';
import { Replay } from '../cluster/replay.ts';
import type { ClusterSource, CreateCluster, CreatedCluster } from './source.ts';
import { sameData } from './rows/common.ts';
import { WELCOME_DOCUMENT, WELCOME_FILES } from './welcome.ts';

const DIFF_INTERVAL_MS = 50;
const CLOCK_INTERVAL_MS = 120;
const MACHINES_INTERVAL_MS = 250;
const PROGRESS_INTERVAL_MS = 100;
/** Booting is hurried through until every machine's node is ready, at most this long in virtual time. */
const BOOT_LIMIT_MS = 120_000;
/** A single step looks for the next visible change this far ahead in virtual time. */
const STEP_LIMIT_MS = 600_000;

interface Open {
  readonly id: number;
  readonly from: OpenSource['from'];
  readonly created: CreatedCluster;
  readonly document: string;
  readonly files: readonly InputFile[];
}

/** What the loop is busy with. */
type Phase =
  | { readonly name: 'boot'; readonly welcome: boolean }
  | { readonly name: 'replay'; readonly replay: Replay; readonly paused: boolean }
  | { readonly name: 'live' };

/**
 * One cluster behind the glass: takes the page's messages, lets time pass in slices and tells what
 * changed. `now` is the real clock; {@link turn} is called again and again by the entry.
 */
export class Session {
  private readonly post: (message: WorkerMessage) => void;
  private readonly create: CreateCluster;
  private readonly now: () => number;
  private readonly pacer = new Pacer();
  private open: Open | undefined;
  private source: ClusterSource | undefined;
  private projection = new Projection();
  private phase: Phase = { name: 'live' };
  /** Time passes up to here although it is paused. */
  private stepUntilMs: number | undefined;
  private machines = new Map<string, MachineRow>();
  private lastDiffMs = 0;
  private lastMachinesMs = 0;
  private lastProgressMs = 0;
  private clockIsStale = true;

  constructor(post: (message: WorkerMessage) => void, create: CreateCluster, now: () => number) {
    this.post = post;
    this.create = create;
    this.now = now;
  }

  /** Takes a message. Whatever it throws is told to the page as a crash. */
  handle(message: PageMessage): void {
    this.guard(() => this.dispatch(message));
  }

  /** A slice of work. Answers after how many real milliseconds the next is due; undefined: when a message comes. */
  turn(): number | undefined {
    let wait: number | undefined;
    this.guard(() => {
      wait = this.work();
    });
    return wait;
  }

  private dispatch(message: PageMessage): void {
    if (message.type === 'open') return this.openSource(message.id, message.source);
    const source = this.source;
    if (!source) return;
    switch (message.type) {
      case 'input':
        return this.perform(message.input);
      case 'clock':
        return this.clock(message.clock);
      case 'fetch': {
        const object = this.projection.object(message.key);
        this.post({ type: 'fetched', id: message.id, key: message.key, yaml: object && toYaml(object) });
        return;
      }
      case 'complete':
        this.post({ type: 'completed', id: message.id, candidates: source.complete(message.terminal, message.line, message.cursor) });
        return;
      case 'share':
        return this.share(message.id, message.files);
      case 'fail':
        throw new Error(message.message);
    }
  }

  private openSource(id: number, from: OpenSource): void {
    this.source = this.open = undefined;
    let created: CreatedCluster;
    let document: string;
    let files: readonly InputFile[] = [];
    let replay: { log: readonly LoggedInput[]; until: HistoryPoint | undefined; paused: boolean } | undefined;
    try {
      if (from.from === 'link') {
        const link = decodeLink(from.payload);
        ({ document, files } = link);
        replay = { log: link.log, until: link.until, paused: link.paused };
      } else if (from.from === 'log') {
        document = from.document;
        replay = { log: from.log, until: from.until, paused: true };
      } else {
        document = from.from === 'document' ? from.text : WELCOME_DOCUMENT;
        if (from.from === 'welcome') files = WELCOME_FILES;
      }
      created = this.create(document, this.output());
    } catch (error) {
      this.post({ type: 'open-failed', id, problem: openProblem(error) });
      return;
    }
    this.start({ id, from: from.from, created, document, files });
    this.phase = replay
      ? { name: 'replay', replay: new Replay(created.source, replay.log, replay.until), paused: replay.paused }
      : { name: 'boot', welcome: from.from === 'welcome' };
  }

  private start(open: Open): void {
    this.open = open;
    this.source = open.created.source;
    this.projection = new Projection();
    this.source.store.observe(this.projection.onCommit);
    this.machines = new Map();
    this.stepUntilMs = undefined;
    this.pacer.paused = true;
    this.pacer.setSpeed(1, this.now(), 0);
    const machines = this.source.machines();
    for (const machine of machines) this.machines.set(machine.key, machine);
    this.post({
      type: 'opened',
      id: open.id,
      cluster: {
        release: open.created.release,
        seed: open.created.seed,
        machines,
        document: open.document,
        log: [],
        files: open.files,
        from: open.from,
      },
      clock: this.clockState(),
    });
  }

  private work(): number | undefined {
    const source = this.source;
    if (!source) return undefined;
    const sliceEndMs = this.now() + SLICE_MS;
    const shouldPause = () => this.now() >= sliceEndMs;
    let wait: number | undefined = 0;
    if (this.phase.name === 'boot') this.boot(this.phase, source, shouldPause);
    else if (this.phase.name === 'replay') this.replay(this.phase, shouldPause);
    else wait = this.live(source, shouldPause);
    this.tell();
    return wait;
  }

  private boot(phase: Phase & { name: 'boot' }, source: ClusterSource, shouldPause: () => boolean): void {
    const allReady = () => [...this.machines.values()].every((machine) => this.projection.isNodeReady(machine.name));
    while (!shouldPause()) {
      const untilMs = Math.min(source.kernel.now + 100, BOOT_LIMIT_MS);
      if (!source.kernel.run({ untilMs, shouldPause }).done) return;
      if (allReady() || source.kernel.now >= BOOT_LIMIT_MS) {
        this.goLive(false);
        if (phase.welcome) this.perform({ kind: 'apply', id: 0, files: WELCOME_FILES });
        return;
      }
    }
    this.progress('boot', Math.min(1, source.kernel.now / 20_000));
  }

  private replay(phase: Phase & { name: 'replay' }, shouldPause: () => boolean): void {
    const before = phase.replay.performed;
    const done = phase.replay.run(shouldPause);
    for (let index = before; index < phase.replay.performed; index++) this.tellLogged(this.source!.inputs[index]);
    if (done) this.goLive(phase.paused);
    else this.progress('replay', phase.replay.fraction);
  }

  private goLive(paused: boolean): void {
    this.phase = { name: 'live' };
    this.pacer.paused = paused;
    this.pacer.restart(this.now(), this.source!.kernel.now);
    this.clockIsStale = true;
    this.lastDiffMs = 0;
    this.post({ type: 'live' });
  }

  private live(source: ClusterSource, shouldPause: () => boolean): number | undefined {
    const { kernel } = source;
    if (this.stepUntilMs !== undefined) {
      if (kernel.run({ untilMs: this.stepUntilMs, shouldPause }).done) this.stepUntilMs = undefined;
      this.clockIsStale = true;
      return 0;
    }
    if (this.pacer.paused) return this.projection.hasChanges || this.clockIsStale ? DIFF_INTERVAL_MS : undefined;
    const target = this.pacer.target(this.now(), kernel.now);
    const { done } = kernel.run({ untilMs: target, shouldPause });
    this.pacer.sample(this.now(), kernel.now, kernel.events);
    this.clockIsStale = true;
    if (!done) return 0;
    const dueMs = kernel.nextDueMs() ?? Infinity;
    return Math.min(Math.max(this.pacer.waitFor(dueMs, this.now()), 1), DIFF_INTERVAL_MS);
  }

  /** Sends what changed, not too often. */
  private tell(): void {
    const now = this.now();
    if (now - this.lastMachinesMs >= MACHINES_INTERVAL_MS) {
      this.lastMachinesMs = now;
      this.noticeMachines();
    }
    const interval = this.projection.hasChanges ? DIFF_INTERVAL_MS : CLOCK_INTERVAL_MS;
    if (now - this.lastDiffMs < interval || !(this.projection.hasChanges || this.clockIsStale)) return;
    this.lastDiffMs = now;
    const diff = this.projection.take();
    this.clockIsStale = this.projection.hasChanges;
    this.post({ type: 'diff', rows: diff.rows, gone: diff.gone, clock: this.clockState() });
  }

  private noticeMachines(): void {
    const changed: MachineRow[] = [];
    for (const machine of this.source!.machines()) {
      if (sameData(this.machines.get(machine.key), machine)) continue;
      this.machines.set(machine.key, machine);
      changed.push(machine);
    }
    if (changed.length) this.post({ type: 'diff', rows: changed, gone: [], clock: this.clockState() });
  }

  private progress(stage: 'boot' | 'replay', fraction: number): void {
    if (this.now() - this.lastProgressMs < PROGRESS_INTERVAL_MS) return;
    this.lastProgressMs = this.now();
    this.post({ type: 'progress', stage, fraction });
  }

  private perform(input: Input): void {
    this.source!.perform(input);
    this.tellLogged(this.source!.inputs.at(-1));
    this.clockIsStale = true;
  }

  private tellLogged(entry: LoggedInput | undefined): void {
    if (entry) this.post({ type: 'logged', entry });
  }

  private clock(action: ClockAction): void {
    const { kernel } = this.source!;
    if (this.phase.name !== 'live') return;
    this.clockIsStale = true;
    switch (action.action) {
      case 'pause':
        this.pacer.paused = true;
        break;
      case 'play':
        this.pacer.paused = false;
        this.stepUntilMs = undefined;
        this.pacer.restart(this.now(), kernel.now);
        break;
      case 'speed':
        this.pacer.setSpeed(action.speed, this.now(), kernel.now);
        break;
      case 'step-event':
        this.pacer.paused = true;
        this.stepToChange();
        break;
      case 'step-ms':
        this.pacer.paused = true;
        this.stepUntilMs = (this.stepUntilMs ?? kernel.now) + action.ms;
        break;
    }
    this.lastDiffMs = 0;
  }

  /** Lets events happen until one changes something that is shown. */
  private stepToChange(): void {
    const { kernel } = this.source!;
    this.lastDiffMs = 0;
    this.tell();
    const limitMs = kernel.now + STEP_LIMIT_MS;
    const realLimitMs = this.now() + SLICE_MS * 20;
    while (!this.projection.hasChanges && kernel.step(limitMs) && this.now() < realLimitMs);
  }

  private share(id: number, files: readonly InputFile[]): void {
    const { kernel, inputs, stateHash } = { kernel: this.source!.kernel, inputs: this.source!.inputs, stateHash: this.source!.stateHash() };
    if (this.phase.name !== 'live') {
      const problem = { title: 'The cluster is not ready to be shared yet', detail: 'It is still being rebuilt. Try again in a moment.' };
      this.post({ type: 'share-failed', id, problem });
      return;
    }
    const at: HistoryPoint = { event: kernel.events, atMs: kernel.now };
    const payload = encodeLink({ document: this.open!.document, files, log: inputs, until: at, paused: this.pacer.paused });
    this.post({ type: 'shared', id, payload, stateHash, at });
  }

  private clockState(): ClockState {
    const { kernel } = this.source!;
    return {
      nowMs: kernel.now,
      epochMs: kernel.epochMs(),
      events: kernel.events,
      paused: this.pacer.paused && this.phase.name === 'live',
      speed: this.pacer.speed,
      ...this.pacer.rates(),
    };
  }

  private output(): ClusterOutput {
    return {
      applied: (id, documents) => this.post({ type: 'applied', id, documents }),
      responded: (id, status, body) => this.post({ type: 'responded', id, status, body }),
      httpHead: (exchange, status, headers) => this.post({ type: 'http-head', exchange, status, headers }),
      httpChunk: (exchange, text) => this.post({ type: 'http-chunk', exchange, text }),
      httpEnd: (exchange) => this.post({ type: 'http-end', exchange }),
      terminalOutput: (terminal, text) => this.post({ type: 'terminal-output', terminal, text }),
      terminalPrompt: (terminal, prompt) => this.post({ type: 'terminal-prompt', terminal, prompt }),
      terminalClosed: (terminal, exitCode) => this.post({ type: 'terminal-closed', terminal, exitCode }),
    };
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      const kernel = this.source?.kernel;
      this.source = undefined;
      this.post({
        type: 'crashed',
        problem: { title: 'The simulation stopped', detail: messageOf(error) },
        stack: error instanceof Error ? [error.stack, error.cause instanceof Error ? error.cause.stack : ''].join('\n') : '',
        at: { event: kernel?.events ?? 0, atMs: kernel?.now ?? 0 },
      });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function openProblem(error: unknown): Problem {
  if (error instanceof BadLink) return error.problem;
  return { title: 'This cluster document cannot be used', detail: messageOf(error) };
}

function toYaml(object: { metadata?: object }): string {
  const { managedFields: _, ...metadata } = (object.metadata ?? {}) as Record<string, unknown>;
  return stringify({ ...object, metadata }, { lineWidth: 0, aliasDuplicateObjects: false });
}
