import { PODS } from '../api/kinds.ts';
import { resourcePath } from '../client/rest.ts';
import { rfc3339Micro } from '../base/time.ts';
import { upgrade } from './attach.ts';
import { CliError, PlainError } from './errors.ts';
import { CLOSED, Future } from '../sim/sync.ts';
import { NetError } from '../net/fabric.ts';
import { STDIN, type StreamChunk } from '../net/upgrade.ts';
import type { KubeObject } from '../api/object.ts';
import type { HttpRequest, HttpResponse, HttpStream } from '../net/http.ts';
import type { Group } from '../sim/group.ts';
import type { Task } from '../sim/wait.ts';
import type { Cli } from './cli.ts';

/** `8888:80`, `:80`, `http`: a local port (0 for any) and one of the pod, as given. */
interface PortPair {
  readonly local: number;
  readonly remote: string;
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
}

const LARGEST_PORT = 65_535;
/** Where Linux picks ports that nobody has named. */
const EPHEMERAL_PORTS = [32_768, 60_999] as const;

/** Forwards local ports to a pod until the pod or the program ends. `service` is what was named, if it was one. */
export function* forwardPorts(cli: Cli, pod: KubeObject, texts: readonly string[], service: KubeObject | undefined): Task<void> {
  const pairs = texts
    .map((text) => pairOf(text))
    .map(({ local, remote }) => ({ local: local < 0 ? localFor(remote, pod, service) : local, remote: remotePort(remote, pod, service) }));
  const { namespace, name = '' } = pod.metadata ?? {};
  const { stream, upload } = yield* upgrade(cli, resourcePath(PODS, { namespace, name }, 'portforward'), []);
  const forwarder = new Forwarder(cli, stream, upload);
  try {
    let open = 0;
    for (const { local, remote } of pairs) if (yield* forwarder.open(local, remote)) open++;
    if (open === 0)
      throw new CliError(
        `unable to listen on any of the requested ports: [${pairs.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
      );
    yield* forwarder.run();
    throw new PlainError('error: lost connection to pod');
  } finally {
    forwarder.close();
  }
}

function pairOf(text: string): PortPair {
  const parts = text.split(':');
  if (parts.length > 2) throw new CliError(`invalid port format '${text}'`);
  const [first = '', second] = parts;
  if (second === undefined) return { local: -1, remote: first };
  if (first === '') return { local: 0, remote: second };
  if (!/^\d+$/.test(first) || Number(first) > LARGEST_PORT)
    throw new CliError(
      `error parsing local port '${first}': strconv.ParseUint: parsing "${first}": ${/^\d+$/.test(first) ? 'value out of range' : 'invalid syntax'}`,
    );
  return { local: Number(first), remote: second };
}

/** Without a local port it is the remote one: of the service where one was named. */
function localFor(remote: string, pod: KubeObject, service: KubeObject | undefined): number {
  return /^\d+$/.test(remote) ? Number(remote) : remotePort(remote, pod, service);
}

function containerPorts(pod: KubeObject): ContainerPort[] {
  return ((pod.spec?.containers ?? []) as { ports?: ContainerPort[] }[]).flatMap(({ ports }) => ports ?? []);
}

/** The pod's port that a number or name means; of a service it is one of the service's (cmd/portforward translateServicePortToTargetPort). */
function remotePort(text: string, pod: KubeObject, service: KubeObject | undefined): number {
  let wanted: string | number = /^\d+$/.test(text) ? Number(text) : text;
  if (service) {
    const ports = (service.spec?.ports ?? []) as { name?: string; port: number; targetPort?: string | number }[];
    const found = ports.find(({ name, port }) => (typeof wanted === 'number' ? port === wanted : name === wanted));
    if (!found)
      throw new CliError(
        typeof wanted === 'number'
          ? `Service ${service.metadata?.name} does not have a service port ${wanted}`
          : `Service '${service.metadata?.name}' does not have a named port '${wanted}'`,
      );
    wanted = service.spec?.clusterIP === 'None' && typeof wanted === 'number' ? wanted : (found.targetPort ?? found.port);
  }
  if (typeof wanted === 'string') {
    const port = containerPorts(pod).find(({ name }) => name === wanted);
    if (!port) throw new CliError(`Pod '${pod.metadata?.name}' does not have a named port '${wanted}'`);
    return port.containerPort;
  }
  if (wanted < 1 || wanted > LARGEST_PORT) throw new CliError('remote port must be > 0');
  return wanted;
}

interface Answer {
  readonly id: number;
  readonly response?: HttpResponse;
  readonly error?: string;
}

/** klog's: `E0105 09:00:03.250000    4711 portforward.go:424]`. */
function errorHeader(epochMs: number): string {
  const text = rfc3339Micro(epochMs);
  return `E${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 26)}    4711 portforward.go:424]`;
}

class Forwarder {
  private readonly cli: Cli;
  private readonly stream: HttpStream;
  private readonly upload: HttpStream;
  private readonly group: Group;
  private readonly waiting = new Map<number, Future<Answer>>();
  private nextId = 1;

  constructor(cli: Cli, stream: HttpStream, upload: HttpStream) {
    this.cli = cli;
    this.stream = stream;
    this.upload = upload;
    this.group = cli.context.group.child('port-forward');
  }

  /** Listens on the loopback of the machine; false, and a word about it, if the port is taken. */
  *open(wanted: number, remote: number): Task<boolean> {
    const { cli } = this;
    const { fabric, network } = cli.context.system;
    const local = wanted === 0 ? this.freePort() : wanted;
    if (fabric.listens(network, local)) {
      yield* cli.err(
        `Unable to listen on port ${local}: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:${local}: bind: address already in use unable to create listener: Error listen tcp6 [::1]:${local}: bind: address already in use]\n`,
      );
      return false;
    }
    fabric.listen(network, local, this.group, (request, from) => this.forward(request, from === network, local, remote));
    yield* cli.line(`Forwarding from 127.0.0.1:${local} -> ${remote}`);
    yield* cli.line(`Forwarding from [::1]:${local} -> ${remote}`);
    return true;
  }

  /** Hands answers to those who wait for them; returns when the connection to the pod has ended. */
  *run(): Task<void> {
    for (;;) {
      const chunk = (yield* this.stream.receive()) as StreamChunk | typeof CLOSED;
      if (chunk === CLOSED) return;
      const answer = chunk.data as Answer;
      this.waiting.get(answer.id)?.resolve(answer);
      this.waiting.delete(answer.id);
    }
  }

  close(): void {
    this.stream.cancel();
    this.group.dispose();
  }

  private *forward(request: HttpRequest, isLocal: boolean, local: number, remote: number): Task<HttpResponse> {
    const { cli } = this;
    const address = `127.0.0.1:${local}`;
    if (!isLocal) throw new NetError('ECONNREFUSED', address, `dial tcp ${address}: connect: connection refused`);
    yield* cli.line(`Handling connection for ${local}`);
    const id = this.nextId++;
    const answered = new Future<Answer>();
    this.waiting.set(id, answered);
    this.upload.push({ channel: STDIN, data: { id, port: remote, request } });
    const { response, error } = yield* answered.wait();
    if (response) return response;
    yield* cli.err(
      `${errorHeader(cli.kernel.epochMs())} "Unhandled Error" err="an error occurred forwarding ${local} -> ${remote}: ${error?.replaceAll('"', '\\"')}"\n`,
    );
    // The real program gives up on the pod after a connection that failed.
    this.stream.cancel();
    throw new NetError('ECONNRESET', address, 'Empty reply from server');
  }

  private freePort(): number {
    const { fabric, network, kernel } = this.cli.context.system;
    const rng = kernel.rng.fork(`port-forward ${kernel.now}`);
    for (;;) {
      const port = rng.int(EPHEMERAL_PORTS[0], EPHEMERAL_PORTS[1]);
      if (!fabric.listens(network, port)) return port;
    }
  }
}
