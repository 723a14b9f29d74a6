import { PODS } from '../api/kinds.ts';
import { resourcePath } from '../client/rest.ts';
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
  const query: QueryPairs = [...command.map((word) => ['command', word] as const), ['container', place.container], ['stdout', 'true'], ['stderr', 'true']];
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
  if (code === 0) return stdout;
  yield* cli.err(stderr);
  throw new PlainError(`command terminated with exit code ${code}`);
}

function* isDirectory(cli: Cli, place: RemotePlace, path: string): Task<boolean> {
  return (yield* execute(cli, place, ['test', '-d', path])).code === 0;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/** Copies a file, or a folder with all below it, out of a container. */
export function* copyFrom(cli: Cli, place: RemotePlace, remotePath: string, localPath: string): Task<void> {
  const { files } = cli.context.system;
  if (remotePath.startsWith('/')) yield* cli.err("tar: Removing leading `/' from member names\n");
  const base = cli.path(localPath);
  const target = files.stat(base)?.type === 'directory' ? `${base}/${baseName(remotePath)}` : base;
  if (!(yield* isDirectory(cli, place, remotePath))) {
    files.write(target, yield* mustSucceed(cli, place, ['cat', remotePath]));
    return;
  }
  const list = yield* mustSucceed(cli, place, ['find', remotePath, '-type', 'f']);
  for (const path of list.split('\n').filter((line) => line !== '')) {
    const local = `${target}/${path.slice(remotePath.length).replace(/^\/+/, '')}`;
    files.makeDirectory(local.slice(0, local.lastIndexOf('/')), { parents: true });
    files.write(local, yield* mustSucceed(cli, place, ['cat', path]));
  }
}

/** Copies a file, or a folder with all below it, into a container. */
export function* copyTo(cli: Cli, place: RemotePlace, localPath: string, remotePath: string): Task<void> {
  const intoFolder = remotePath.endsWith('/') || (yield* isDirectory(cli, place, remotePath));
  const target = intoFolder ? `${remotePath.replace(/\/+$/, '')}/${baseName(localPath)}` : remotePath;
  yield* copyTree(cli, place, cli.path(localPath), target);
}

function* copyTree(cli: Cli, place: RemotePlace, local: string, remote: string): Task<void> {
  const { files } = cli.context.system;
  if (files.stat(local)?.type !== 'directory') {
    yield* mustSucceed(cli, place, ['sh', '-c', 'cat > "$0"', remote], files.read(local));
    return;
  }
  yield* mustSucceed(cli, place, ['mkdir', '-p', remote]);
  for (const name of files.list(local)) yield* copyTree(cli, place, `${local}/${name}`, `${remote}/${name}`);
}
