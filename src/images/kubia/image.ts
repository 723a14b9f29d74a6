import { fileLayer } from '../../machine/memory-files.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { digestOf } from '../digest.ts';
import { DEBIAN_PROGRAMS, pick } from '../programs.ts';
import type { HttpHandler } from '../../net/http.ts';
import { DEAF, type ContainerProcess, type Image, type Resident } from '../image.ts';
import type { ProgramSet } from '../registry.ts';

const PORT = 8080;
/** From exec to the first accepted connection. */
const NODE_START_MS = 70;
/** How many requests the unhealthy variant answers well. */
const HEALTHY_REQUESTS = 5;
/** Debian jessie with build tools, below every `node:7`. */
const NODE_LAYER = { id: digestOf('node:7'), sizeBytes: 250_000_000 };

/** luksa/kubia of "Kubernetes in Action": a node application that names its host. It ignores SIGTERM, as node does as process 1. */
export function kubiaImage(programs: ProgramSet): Image {
  return kubia('luksa/kubia', programs, Infinity);
}

/** luksa/kubia-unhealthy: answers five requests, then only errors. */
export function unhealthyKubiaImage(programs: ProgramSet): Image {
  return kubia('luksa/kubia-unhealthy', programs, HEALTHY_REQUESTS);
}

function kubia(repository: string, programs: ProgramSet, healthyRequests: number): Image {
  return {
    repository,
    hasTag: (tag) => tag === 'latest',
    layers: (tag) => [NODE_LAYER, { id: digestOf(`${repository}:${tag}`), sizeBytes: 2_000 }],
    entrypoint: ['node', 'app.js'],
    cmd: [],
    executables: ['node'],
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', NODE_VERSION: '7.10.1' },
    workingDir: '/',
    programs: pick(programs, [...DEBIAN_PROGRAMS, 'curl', 'wget', 'ps']),
    files: fileLayer({
      '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 8 (jessie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="8"\nID=debian\n',
    }),
    main: (container) => main(container, healthyRequests),
  };
}

function* main(container: ContainerProcess, healthyRequests: number): Task<Resident> {
  const { system } = container;
  yield* sleep(NODE_START_MS);
  container.log('Kubia server starting...');
  let requests = 0;
  const handler: HttpHandler = function* (_request, from) {
    requests++;
    container.log(`Received request from ::ffff:${from?.ip ?? '127.0.0.1'}`);
    const headers = { 'content-type': 'text/plain' };
    if (requests > healthyRequests) return { status: 500, headers, body: "I'm not well. Please restart me!" };
    return { status: 200, headers, body: `You've hit ${system.hostname}\n` };
  };
  system.fabric.listen(system.network, PORT, container.group, handler);
  return DEAF;
}
