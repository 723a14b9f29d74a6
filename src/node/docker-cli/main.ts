import { kill, logs, ps, rm, stop, type DockerCommand } from './containers.ts';
import { images, pull, removeImage } from './images.ts';
import { inspect } from './inspect.ts';
import { exec, run } from './run.ts';
import { UsageProblem } from './options.ts';
import { RuntimeError } from '../runtime/runtime.ts';
import { sleep } from '../../sim/wait.ts';
import type { Program, System } from '../../machine/program.ts';
import type { DockerEngine } from '../runtime/docker.ts';

/** From the call to the daemon's first answer. */
const START_MS = 30;
const WRONG_USAGE = 125;

const version: DockerCommand = function* ({ stdout }, engine) {
  yield* stdout.write(
    `Client: Docker Engine - Community\n Version:           ${engine.version}\n\nServer: Docker Engine - Community\n Engine:\n  Version:          ${engine.version}\n`,
  );
  return 0;
};

const COMMANDS: Readonly<Record<string, readonly [run: DockerCommand, about: string]>> = {
  exec: [exec, 'Execute a command in a running container'],
  images: [images, 'List images'],
  inspect: [inspect, 'Return low-level information on Docker objects'],
  kill: [kill, 'Kill one or more running containers'],
  logs: [logs, 'Fetch the logs of a container'],
  ps: [ps, 'List containers'],
  pull: [pull, 'Download an image from a registry'],
  rm: [rm, 'Remove one or more containers'],
  rmi: [removeImage, 'Remove one or more images'],
  run: [run, 'Create and run a new container from an image'],
  stop: [stop, 'Stop one or more running containers'],
  version: [version, 'Show the Docker version information'],
};

/** `docker container ls` and its like stand for older words. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  container: {
    ls: 'ps',
    list: 'ps',
    ps: 'ps',
    exec: 'exec',
    inspect: 'inspect',
    kill: 'kill',
    logs: 'logs',
    rm: 'rm',
    run: 'run',
    stop: 'stop',
  },
  image: { ls: 'images', list: 'images', pull: 'pull', rm: 'rmi' },
};

/** The program `docker` of a machine. `engineOf` answers undefined where no docker is installed. */
export function createDocker(engineOf: (system: System) => DockerEngine | undefined): Program {
  return function* docker(context) {
    const { stdout, stderr, system } = context;
    let [word, ...args] = context.args;
    if (word === '-v' || word === '--version') {
      yield* stdout.write(`Docker version ${engineOf(system)?.version ?? ''}, build 890dcca\n`);
      return 0;
    }
    if (word === undefined || word === '--help' || word === 'help') {
      const lines = Object.entries(COMMANDS).map(([name, [, about]]) => `  ${name.padEnd(12)}${about}\n`);
      yield* stdout.write(
        `Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n\nCommands:\n${lines.join('')}\nRun 'docker COMMAND --help' for more information on a command.\n`,
      );
      return 0;
    }
    const group = GROUPS[word];
    if (group && args[0] !== undefined && group[args[0]] !== undefined) {
      word = group[args[0]]!;
      args = args.slice(1);
    }
    const found = COMMANDS[word];
    if (!found) {
      yield* stderr.write(
        word.startsWith('-')
          ? `unknown flag: ${word}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information\n`
          : `docker: unknown command: docker ${word}\n\nRun 'docker --help' for more information\n`,
      );
      return word.startsWith('-') ? WRONG_USAGE : 1;
    }
    if (args[0] === '--help') {
      yield* stdout.write(`Usage:  docker ${word} [OPTIONS]\n\n${found[1]}\n`);
      return 0;
    }
    yield* sleep(START_MS);
    const engine = engineOf(system);
    try {
      if (!engine?.running)
        throw new RuntimeError('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
      return yield* found[0](context, engine, args);
    } catch (error) {
      if (!(error instanceof RuntimeError) && !(error instanceof UsageProblem)) throw error;
      yield* stderr.write(`${error.message}\n`);
      return error instanceof UsageProblem ? WRONG_USAGE : 1;
    }
  };
}
