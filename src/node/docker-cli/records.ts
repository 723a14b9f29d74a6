import { PAUSE_REFERENCE } from '../../images/pause/image.ts';
import { quote } from '../../base/quote.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import type { DockerContainer } from '../runtime/container.ts';
import type { DockerEngine } from '../runtime/docker.ts';
import type { DockerSandbox } from '../runtime/sandbox.ts';

/** A container as docker lists it: one of a pod, a pod's pause container, or one that `docker run` started. */
export interface DockerRecord {
  readonly id: string;
  /** `k8s_POD_web_default_UID_0`. */
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly command: readonly string[];
  readonly state: 'created' | 'running' | 'exited';
  /** Milliseconds of the clock of the kernel. */
  readonly createdMs: number;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly exitCode: number;
  readonly sandbox: DockerSandbox;
  /** Undefined for a pause container. */
  readonly container: DockerContainer | undefined;
}

/** Everything that docker knows on a machine, newest first. */
export function recordsOf(engine: DockerEngine): DockerRecord[] {
  const records: DockerRecord[] = [];
  for (const podUid of engine.pods()) {
    for (const sandbox of engine.sandboxes(podUid)) {
      const suffix = `${sandbox.podName}_${sandbox.namespace}_${podUid}`;
      records.push(pauseRecord(engine, sandbox, `k8s_POD_${suffix}_${sandbox.attempt}`));
      for (const container of sandbox.containers) records.push(recordOf(container, `k8s_${container.name}_${suffix}_${container.attempt}`));
    }
  }
  for (const container of engine.standalone()) records.push(recordOf(container, container.name));
  return records.sort((a, b) => b.createdMs - a.createdMs);
}

function recordOf(container: DockerContainer, name: string): DockerRecord {
  const { id, image, command, state, createdMs, startedMs, finishedMs, exitCode, sandbox } = container;
  return {
    id,
    name,
    image: image.familiarName,
    imageId: image.id,
    command,
    state,
    createdMs,
    startedMs,
    finishedMs,
    exitCode,
    sandbox,
    container,
  };
}

function pauseRecord(engine: DockerEngine, sandbox: DockerSandbox, name: string): DockerRecord {
  const { id, createdMs, state, stoppedMs } = sandbox;
  const imageId = engine.findImage(PAUSE_REFERENCE)?.id ?? '';
  const running = state === 'ready';
  return {
    id,
    name,
    image: PAUSE_REFERENCE,
    imageId,
    command: ['/pause'],
    state: running ? 'running' : 'exited',
    createdMs,
    startedMs: createdMs,
    finishedMs: running ? 0 : stoppedMs,
    exitCode: 0,
    sandbox,
    container: undefined,
  };
}

/** The one that an id, a part of one from its beginning, or a name stands for. Throws RuntimeError as the daemon answers. */
export function findRecord(engine: DockerEngine, text: string): DockerRecord {
  const records = recordsOf(engine);
  const named = records.find(({ id, name }) => id === text || name === text.replace(/^\//, ''));
  if (named) return named;
  const few = /^[0-9a-f]+$/.test(text) ? records.filter(({ id }) => id.startsWith(text)) : [];
  if (few.length > 1) throw new RuntimeError(`Error response from daemon: multiple IDs found with provided prefix: ${text}`);
  if (few.length === 0) throw new RuntimeError(`Error response from daemon: No such container: ${text}`);
  return few[0]!;
}

/** `Up 5 minutes`, `Exited (0) 3 seconds ago`. */
export function statusText(record: DockerRecord, nowMs: number): string {
  if (record.state === 'created') return 'Created';
  if (record.state === 'running') return `Up ${durationText(nowMs - record.startedMs)}`;
  return `Exited (${record.exitCode}) ${durationText(nowMs - record.finishedMs)} ago`;
}

/** `"nginx -g 'daemon of…"`: what `docker ps` shows of a command. */
export function commandText(command: readonly string[], whole: boolean): string {
  const text = command.map((word) => (/[\s"'$;&|<>()]/.test(word) || word === '' ? `'${word.replaceAll("'", `'"'"'`)}'` : word)).join(' ');
  return quote(whole || text.length <= LONGEST_COMMAND ? text : `${text.slice(0, LONGEST_COMMAND - 1)}…`);
}

const LONGEST_COMMAND = 20;

/** go-units' HumanDuration. */
export function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

/** go-units' HumanSizeWithPrecision with three digits: `1.24MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${Number(size.toPrecision(3))}${units[unit]}`;
}

/** Columns as docker's tabwriter aligns them: three spaces between, ten characters at least. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 10, [...cell].length + 3)));
  return rows
    .map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat(widths[i]! - [...cell].length))).join('')}\n`)
    .join('');
}
