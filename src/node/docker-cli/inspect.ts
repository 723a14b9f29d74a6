import { fill } from './format.ts';
import { Options, UsageProblem } from './options.ts';
import { findRecord, type DockerRecord } from './records.ts';
import { rfc3339Micro } from '../../base/time.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import type { DockerCommand } from './containers.ts';

const NEVER = '0001-01-01T00:00:00Z';

/** `docker inspect` of containers. */
export const inspect: DockerCommand = function* ({ kernel, stdout, stderr }, engine, args) {
  const options = new Options('inspect [OPTIONS] NAME|ID [NAME|ID...]', args, [
    { name: 'format', short: 'f', takes: 'value' },
    { name: 'size', short: 's' },
    { name: 'type', takes: 'value' },
  ]);
  if (options.operands.length === 0)
    throw new UsageProblem(
      `docker: 'docker inspect' requires at least 1 argument\n\nUsage:  docker inspect [OPTIONS] NAME|ID [NAME|ID...]\n\nSee 'docker inspect --help' for more information`,
    );
  const zeroMs = kernel.epochMs() - kernel.now;
  const time = (ms: number): string => (ms === 0 ? NEVER : rfc3339Micro(zeroMs + ms).replace('Z', '000Z'));
  const found: object[] = [];
  let missing = '';
  for (const name of options.operands) {
    try {
      found.push(describe(findRecord(engine, name), time));
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      missing ||= `error: no such object: ${name}\n`;
    }
  }
  const format = options.value('format');
  if (format !== undefined) for (const each of found) yield* stdout.write(`${fill(format, each)}\n`);
  else yield* stdout.write(`${JSON.stringify(found, null, 4)}\n`);
  if (missing !== '') yield* stderr.write(missing);
  return missing === '' ? 0 : 1;
};

function describe(record: DockerRecord, time: (ms: number) => string): object {
  const { id, name, command, state, exitCode, container, sandbox, image, imageId } = record;
  const [path = '', ...rest] = command;
  const env = container?.live ? [...container.live.env].map(([key, value]) => `${key}=${value}`) : [];
  const isPod = sandbox.podUid !== '';
  const labels = isPod
    ? {
        'io.kubernetes.container.name': container?.name ?? 'POD',
        'io.kubernetes.docker.type': container ? 'container' : 'podsandbox',
        'io.kubernetes.pod.name': sandbox.podName,
        'io.kubernetes.pod.namespace': sandbox.namespace,
        'io.kubernetes.pod.uid': sandbox.podUid,
        ...(container && { 'io.kubernetes.sandbox.id': sandbox.id }),
      }
    : {};
  return {
    Id: id,
    Created: time(record.createdMs),
    Path: path,
    Args: rest,
    State: {
      Status: state,
      Running: state === 'running',
      Paused: false,
      Restarting: false,
      OOMKilled: container?.reason === 'OOMKilled',
      Dead: false,
      ExitCode: exitCode,
      Error: container?.message ?? '',
      StartedAt: time(record.startedMs),
      FinishedAt: time(record.finishedMs),
    },
    Image: imageId,
    Name: `/${name}`,
    RestartCount: 0,
    Driver: 'overlay2',
    Platform: 'linux',
    HostConfig: { NetworkMode: !isPod ? 'bridge' : container ? `container:${sandbox.id}` : sandbox.hostNetwork ? 'host' : 'none' },
    Config: {
      Hostname: container && isPod ? '' : sandbox.hostname,
      Tty: container?.config.tty ?? false,
      OpenStdin: container?.config.stdin ?? false,
      Env: env,
      Cmd: rest,
      Image: image,
      WorkingDir: container?.config.workingDir || container?.image.image.workingDir || '/',
      Entrypoint: [path],
      Labels: labels,
    },
    NetworkSettings: { IPAddress: isPod ? '' : state === 'running' ? sandbox.network.ip : '' },
  };
}
