import { formatted } from './format.ts';
import { Options, UsageProblem, type OptionSpec } from './options.ts';
import { commandText, durationText, findRecord, recordsOf, statusText, table, type DockerRecord } from './records.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import { signalName } from '../../machine/processes.ts';
import { rfc3339Micro, parseRfc3339 } from '../../base/time.ts';
import type { DockerEngine } from '../runtime/docker.ts';
import type { ProgramContext } from '../../machine/program.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerLog, LogOptions } from '../runtime/log.ts';

/** One docker command: answers its exit code, throws RuntimeError and UsageProblem. */
export type DockerCommand = (context: ProgramContext, engine: DockerEngine, args: readonly string[]) => Task<number>;

const SHORT_ID = 12;
const DEFAULT_STOP_SECONDS = 10;

const PS_OPTIONS: readonly OptionSpec[] = [
  { name: 'all', short: 'a' },
  { name: 'quiet', short: 'q' },
  { name: 'latest', short: 'l' },
  { name: 'last', short: 'n', takes: 'value' },
  { name: 'no-trunc' },
  { name: 'filter', short: 'f', takes: 'value' },
  { name: 'format', takes: 'value' },
];

/** `docker ps`. */
export const ps: DockerCommand = function* ({ kernel, stdout }, engine, args) {
  const options = new Options('ps [OPTIONS]', args, PS_OPTIONS);
  const filters = options.values('filter').map(filterOf);
  let records = recordsOf(engine).filter((record) => filters.every((fits) => fits(record)));
  const count = options.has('latest') ? 1 : Number(options.value('last') ?? -1);
  const asksForState = options.values('filter').some((text) => /^(status|exited)=/.test(text));
  if (count >= 0) records = records.slice(0, count);
  else if (!options.has('all') && !asksForState) records = records.filter(({ state }) => state === 'running');
  const whole = options.has('no-trunc');
  const rows = records.map((record) => ({
    ID: whole ? record.id : record.id.slice(0, SHORT_ID),
    Image: record.image,
    Command: commandText(record.command, whole),
    RunningFor: `${durationText(kernel.now - record.createdMs)} ago`,
    CreatedAt: `${rfc3339Micro(kernel.epochMs() - kernel.now + record.createdMs)
      .slice(0, 19)
      .replace('T', ' ')} +0000 UTC`,
    Status: statusText(record, kernel.now),
    State: record.state,
    Ports: '',
    Names: record.name,
  }));
  const format = options.value('format');
  if (options.has('quiet')) yield* stdout.write(rows.map(({ ID }) => `${ID}\n`).join(''));
  else if (format !== undefined)
    yield* stdout.write(formatted(format, rows, { ID: 'CONTAINER ID', RunningFor: 'CREATED', CreatedAt: 'CREATED AT' }));
  else {
    const cells = rows.map((row) => [row.ID, row.Image, row.Command, row.RunningFor, row.Status, row.Ports, row.Names]);
    yield* stdout.write(table([['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'], ...cells]));
  }
  return 0;
};

function filterOf(text: string): (record: DockerRecord) => boolean {
  const equals = text.indexOf('=');
  const value = text.slice(equals + 1);
  switch (equals < 0 ? '' : text.slice(0, equals)) {
    case 'name':
      return ({ name }) => new RegExp(value).test(`/${name}`) || name.includes(value);
    case 'id':
      return ({ id }) => id.startsWith(value);
    case 'status':
      return ({ state }) => state === value;
    case 'exited':
      return ({ state, exitCode }) => state === 'exited' && exitCode === Number(value);
    case 'ancestor':
      return ({ image, imageId }) => image === value || image.split(':')[0] === value || imageId.replace('sha256:', '').startsWith(value);
    default:
      throw new RuntimeError(
        equals < 0
          ? 'invalid argument "' + text + '" for "-f, --filter" flag: bad format of filter (expected name=value)'
          : `Error response from daemon: invalid filter '${text.slice(0, equals)}'`,
      );
  }
}

/** A command that does one thing to each container named, and prints the names of those that went well. */
function onEach(
  usage: string,
  specs: readonly OptionSpec[],
  act: (record: DockerRecord, engine: DockerEngine, options: Options) => Task<void>,
): DockerCommand {
  return function* ({ stdout, stderr }, engine, args) {
    const options = new Options(usage, args, specs);
    const verb = usage.split(' ')[0]!;
    if (options.operands.length === 0)
      throw new UsageProblem(
        `docker: '${`docker ${verb}`}' requires at least 1 argument\n\nUsage:  docker ${usage}\n\nSee 'docker ${verb} --help' for more information`,
      );
    let code = 0;
    for (const name of options.operands) {
      try {
        yield* act(findRecord(engine, name), engine, options);
        yield* stdout.write(`${name}\n`);
      } catch (error) {
        if (!(error instanceof RuntimeError)) throw error;
        yield* stderr.write(`${error.message}\n`);
        code = 1;
      }
    }
    return code;
  };
}

export const stop = onEach(
  'stop [OPTIONS] CONTAINER [CONTAINER...]',
  [
    { name: 'time', short: 't', takes: 'value' },
    { name: 'timeout', takes: 'value' },
  ],
  function* (record, engine, options) {
    const seconds = Number(options.value('time') ?? options.value('timeout') ?? DEFAULT_STOP_SECONDS);
    if (record.container) yield* engine.stopContainer(record.container, seconds * 1000);
    else yield* engine.stopPodSandbox(record.sandbox);
  },
);

export const kill = onEach(
  'kill [OPTIONS] CONTAINER [CONTAINER...]',
  [{ name: 'signal', short: 's', takes: 'value' }],
  function* (record, engine, options) {
    const asked = options.value('signal') ?? 'KILL';
    const signal = signalName(asked);
    if (signal === undefined || signal === 'EXIT') throw new RuntimeError(`Error response from daemon: invalid signal: ${asked}`);
    if (record.state !== 'running')
      throw new RuntimeError(`Error response from daemon: cannot kill container: ${record.name}: container ${record.id} is not running`);
    if (record.container) yield* engine.killContainer(record.container, signal);
    else yield* engine.stopPodSandbox(record.sandbox);
  },
);

export const rm = onEach(
  'rm [OPTIONS] CONTAINER [CONTAINER...]',
  [
    { name: 'force', short: 'f' },
    { name: 'volumes', short: 'v' },
  ],
  function* (record, engine, options) {
    if (record.state === 'running' && !options.has('force')) {
      throw new RuntimeError(
        `Error response from daemon: cannot remove container "${record.name}": container is running: stop the container before removing or force remove`,
      );
    }
    if (record.container) yield* engine.removeContainer(record.container);
    else yield* engine.removePodSandbox(record.sandbox);
  },
);

const LOGS_OPTIONS: readonly OptionSpec[] = [
  { name: 'follow', short: 'f' },
  { name: 'tail', short: 'n', takes: 'value' },
  { name: 'timestamps', short: 't' },
  { name: 'since', takes: 'value' },
];

/** `docker logs`. */
export const logs: DockerCommand = function* ({ kernel, stdout }, engine, args) {
  const options = new Options('logs [OPTIONS] CONTAINER', args, LOGS_OPTIONS);
  if (options.operands.length !== 1)
    throw new UsageProblem(
      `docker: 'docker logs' requires 1 argument\n\nUsage:  docker logs [OPTIONS] CONTAINER\n\nSee 'docker logs --help' for more information`,
    );
  const { container } = findRecord(engine, options.operands[0]!);
  if (!container) return 0;
  const log = engine.openLog(container);
  const tail = options.value('tail');
  const since = options.value('since');
  const wanted: LogOptions = {
    timestamps: options.has('timestamps'),
    ...(tail !== undefined && tail !== 'all' && { tailLines: Number(tail) }),
    ...(since !== undefined && { sinceEpochMs: instantOf(since, kernel.epochMs()) }),
  };
  yield* stdout.write(log.read(wanted));
  if (options.has('follow')) yield* follow(log, wanted, (text) => stdout.write(text));
  return 0;
};

function* follow(log: ContainerLog, wanted: LogOptions, print: (text: string) => Task<void>): Task<void> {
  let position = log.end;
  while (!log.closed) {
    yield* log.change.wait();
    const more = log.since(position, wanted);
    position = log.end;
    yield* print(more);
  }
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `10m` before now, or an instant. */
function instantOf(text: string, nowEpochMs: number): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g)];
  if (parts.length > 0 && parts.map(([whole]) => whole).join('') === text)
    return nowEpochMs - parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit!]!, 0);
  const instant = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseRfc3339(text);
  if (Number.isNaN(instant)) throw new RuntimeError(`invalid value for "since": failed to parse value as time or duration: "${text}"`);
  return instant;
}
