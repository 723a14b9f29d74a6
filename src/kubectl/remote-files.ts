import { PODS } from '../api/kinds.ts';
import { resourcePath } from '../client/rest.ts';
import { resolvePath } from '../machine/files.ts';
import { collect, extract, pack, TarError, unpack, type TarEntry } from '../machine/tar-archive.ts';
import { CLOSE, ERROR, STDERR, STDIN, STDOUT, type StreamChunk } from '../net/upgrade.ts';
import { CLOSED } from '../sim/sync.ts';
import type { KubeObject } from '../api/object.ts';
import type { Task } from '../sim/wait.ts';
import { upgrade } from './attach.ts';
import type { QueryPairs } from './api.ts';
import type { Cli } from './cli.ts';
import { CliError, PlainError } from './errors.ts';

/** A container whose files are read and written by programs of its own. */
export interface RemotePlace {
  readonly namespace: string | undefined;
  readonly pod: string;
  readonly container: string;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a program in a container and gathers what it prints. Throws when it cannot be started. */
export function* execute(cli: Cli, place: RemotePlace, command: readonly string[], input?: string): Task<Outcome> {
  const query: QueryPairs = [
    ...command.map((word) => ['command', word] as const),
    ['container', place.container],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ];
  if (input !== undefined) query.push(['stdin', 'true']);
  const { stream, upload } = yield* upgrade(cli, resourcePath(PODS, { namespace: place.namespace, name: place.pod }, 'exec'), query);
  if (input !== undefined) {
    upload.push({ channel: STDIN, data: input });
    upload.push({ channel: CLOSE, data: String(STDIN) });
  }
  let stdout = '';
  let stderr = '';
  try {
    for (;;) {
      const chunk = (yield* stream.receive()) as StreamChunk | typeof CLOSED;
      if (chunk === CLOSED) return { stdout, stderr, code: 0 };
      if (chunk.channel === STDOUT) stdout += String(chunk.data);
      else if (chunk.channel === STDERR) stderr += String(chunk.data);
      else if (chunk.channel === ERROR) return { stdout, stderr, code: exitCode(chunk.data as KubeObject) };
    }
  } finally {
    stream.cancel();
  }
}

function exitCode(status: KubeObject): number {
  if (status.status !== 'Failure') return 0;
  const causes = (status.details?.causes ?? []) as { reason?: string; message?: string }[];
  const code = Number(causes.find(({ reason }) => reason === 'ExitCode')?.message);
  if (!code) throw new CliError(status.message as string);
  return code;
}

function* mustSucceed(cli: Cli, place: RemotePlace, command: readonly string[], input?: string): Task<string> {
  const { stdout, stderr, code } = yield* execute(cli, place, command, input);
  yield* cli.err(stderr);
  if (code === 0) return stdout;
  // A program that could not be started says so where its output would be.
  if (!stdout.includes('\0')) yield* cli.err(stdout);
  throw new PlainError(`command terminated with exit code ${code}`, code);
}

function* isDirectory(cli: Cli, place: RemotePlace, path: string): Task<boolean> {
  return (yield* execute(cli, place, ['test', '-d', path])).code === 0;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/** Copies a file, or a folder with all below it, out of a container by the container's tar. */
export function* copyFrom(cli: Cli, place: RemotePlace, remotePath: string, localPath: string): Task<void> {
  const { files } = cli.context.system;
  const entries = entriesOf(yield* mustSucceed(cli, place, ['tar', 'cf', '-', remotePath]));
  const prefix = resolvePath('/', remotePath).slice(1);
  const base = cli.path(localPath);
  const target = files.stat(base)?.type === 'directory' ? `${base}/${baseName(remotePath)}` : base;
  for (const entry of entries) {
    const below = resolvePath('/', entry.name).slice(1 + prefix.length);
    extract(files, '/', [{ ...entry, name: `${target}${below}` }]);
  }
}

function entriesOf(archive: string): TarEntry[] {
  try {
    return unpack(archive);
  } catch (error) {
    if (error instanceof TarError) throw new CliError(error.message);
    throw error;
  }
}

/** Copies a file, or a folder with all below it, into a container by the container's tar. */
export function* copyTo(cli: Cli, place: RemotePlace, localPath: string, remotePath: string): Task<void> {
  const intoFolder = remotePath.endsWith('/') || (yield* isDirectory(cli, place, remotePath));
  const target = intoFolder ? `${remotePath.replace(/\/+$/, '')}/${baseName(localPath)}` : remotePath;
  const cut = target.lastIndexOf('/');
  const archive = pack(collect(cli.context.system.files, cli.path(localPath), baseName(target)));
  yield* mustSucceed(cli, place, ['tar', '-xmf', '-', '-C', cut < 0 ? '.' : target.slice(0, cut) || '/'], archive);
}
