import { parseRfc3339 } from '../../base/time.ts';
import { HttpStream, queryValue, type HttpRequest, type HttpResponse } from '../../net/http.ts';
import { openAttach, openExec, openForward } from './sessions.ts';
import { viewPod } from './view.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import type { Machine } from '../../machine/machine.ts';
import type { Group } from '../../sim/group.ts';
import type { Kernel } from '../../sim/kernel.ts';
import type { Task } from '../../sim/wait.ts';
import type { ContainerLog, LogOptions } from '../runtime/log.ts';
import type { Container, Runtime } from '../runtime/runtime.ts';
import type { PodStatus } from './pod-status.ts';

export interface ServerOptions {
  readonly kernel: Kernel;
  readonly group: Group;
  readonly machine: Machine;
  readonly runtime: Runtime;
  readonly port: number;
  workers(): Iterable<{ readonly pod: Stored<Pod>; readonly status: PodStatus | undefined }>;
}

/** A request that cannot be served; the message is the answer's body. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * The kubelet's own API, which the API server calls for logs: `/containerLogs/NAMESPACE/POD/CONTAINER`
 * with the query of a pod's `log` subresource, `/exec` and `/attach` of a container, `/portForward` of a
 * pod, `/pods`, `/healthz` (server/server.go).
 */
export function serveKubelet(options: ServerOptions): void {
  const { machine, port, group } = options;
  machine.fabric.listen(machine, port, group, function* (request): Task<HttpResponse> {
    try {
      return route(options, request);
    } catch (error) {
      if (error instanceof Refused) return text(error.status, error.message);
      throw error;
    }
  });
}

function route(options: ServerOptions, request: HttpRequest): HttpResponse {
  const [, first, ...rest] = request.path.split('/');
  if (first === 'healthz' && rest.length === 0) return text(200, 'ok');
  if (first === 'pods' && rest.length === 0) {
    const items = [...options.workers()].map(({ pod, status }) => (status ? { ...pod, status } : pod));
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items },
    };
  }
  if ((first === 'exec' || first === 'attach') && rest.length === 3)
    return session(options, request, first, rest as [string, string, string]);
  if (first === 'portForward' && rest.length === 2) return forward(options, rest[0]!, rest[1]!);
  if (first === 'containerLogs' && rest.length === 3) return logs(options, request, rest[0]!, rest[1]!, rest[2]!);
  return text(404, '404 page not found\n');
}

/** A program in a container, or its process 1, with streams on the connection (server/server.go getExec, getAttach). */
function session(
  options: ServerOptions,
  request: HttpRequest,
  what: 'exec' | 'attach',
  [namespace, podName, name]: readonly [string, string, string],
): HttpResponse {
  const { runtime, machine } = options;
  const { pod } = find(options, namespace, podName);
  const container = viewPod(runtime, pod.metadata.uid).history(name)?.current;
  if (container?.state !== 'running') throw new Refused(500, `container not found ("${name}")`);
  const host = { ...options, fabric: machine.fabric };
  const isOn = (option: string): boolean => ['1', 'true'].includes(queryValue(request, option) ?? '');
  const streams = { stdin: isOn('input'), tty: isOn('tty') };
  if (what === 'exec') {
    const command = request.query.filter(([key]) => key === 'command').map(([, value]) => value);
    return openExec(host, container, command, streams);
  }
  const spec = containersOf(pod).find((each) => each.name === name);
  return openAttach(host, container, streams, (spec as { stdinOnce?: boolean }).stdinOnce === true);
}

function forward(options: ServerOptions, namespace: string, podName: string): HttpResponse {
  const { pod } = find(options, namespace, podName);
  const { uid } = pod.metadata;
  const sandbox = options.runtime.sandboxes(uid).at(-1);
  if (sandbox?.state !== 'ready') throw new Refused(500, `pod not found ("${podName}_${namespace}")`);
  return openForward({ ...options, fabric: options.machine.fabric }, sandbox, uid);
}

function containersOf({ spec }: Pod): readonly { readonly name: string }[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])];
}

function logs(options: ServerOptions, request: HttpRequest, namespace: string, podName: string, name: string): HttpResponse {
  const { runtime, kernel } = options;
  const worker = find(options, namespace, podName);
  if (!containersOf(worker.pod).some((container) => container.name === name))
    throw new Refused(404, `container "${name}" not found in pod "${podName}"`);
  const previous = queryValue(request, 'previous') === 'true';
  const container = choose(runtime, worker, podName, name, previous);
  const log = runtime.openLog(container);
  const wanted = logOptions(request, kernel.epochMs());
  const headers = { 'content-type': 'text/plain' };
  if (queryValue(request, 'follow') !== 'true') return { status: 200, headers, body: log.read(wanted) };
  const stream = new HttpStream(kernel);
  const follower = options.group.spawn('follow log', follow(log, stream, wanted));
  stream.whenCancelled(() => follower.kill());
  return { status: 200, headers, stream };
}

function* follow(log: ContainerLog, stream: HttpStream, wanted: LogOptions): Task<void> {
  const first = log.read(wanted);
  let position = log.end;
  if (first !== '') stream.push(first);
  while (!log.closed) {
    yield* log.change.wait();
    const more = log.since(position, wanted);
    position = log.end;
    if (more !== '') stream.push(more);
  }
  stream.close();
}

/** Which instance's log is asked for (kubelet_pods.go, validateContainerLogStatus). */
function choose(runtime: Runtime, { pod, status }: Found, podName: string, name: string, previous: boolean): Container {
  const history = viewPod(runtime, pod.metadata.uid).history(name);
  if (previous) {
    const past = history?.current.state === 'exited' && isWaiting(status, name) ? history.current : history?.previous;
    if (!past) throw new Refused(400, `previous terminated container "${name}" in pod "${podName}" not found`);
    return past;
  }
  if (history && history.current.state !== 'created') return history.current;
  if (history?.previous) return history.previous;
  const reason = waitingReason(status, name);
  const about = `container "${name}" in pod "${podName}" is waiting to start`;
  if (reason === 'ErrImagePull') throw new Refused(400, `${about}: image can't be pulled`);
  if (reason === 'ImagePullBackOff') throw new Refused(400, `${about}: trying and failing to pull image`);
  throw new Refused(400, reason ? `${about}: ${reason}` : `${about} - no logs yet`);
}

interface Found {
  readonly pod: Stored<Pod>;
  readonly status: PodStatus | undefined;
}

function find(options: ServerOptions, namespace: string, name: string): Found {
  for (const worker of options.workers()) {
    const { metadata } = worker.pod;
    if (metadata.name === name && metadata.namespace === namespace) return worker;
  }
  throw new Refused(404, `pod "${name}" does not exist`);
}

function waitingReason(status: PodStatus | undefined, name: string): string | undefined {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.find((container) => container.name === name)?.state?.waiting?.reason;
}

function isWaiting(status: PodStatus | undefined, name: string): boolean {
  return waitingReason(status, name) !== undefined;
}

function logOptions(request: HttpRequest, nowEpochMs: number): LogOptions {
  const number = (parameter: string): number | undefined => {
    const value = queryValue(request, parameter);
    if (value === undefined || value === '') return undefined;
    if (!/^-?\d+$/.test(value)) throw new Refused(400, `invalid ${parameter}: "${value}"`);
    return Number(value);
  };
  const sinceSeconds = number('sinceSeconds');
  const sinceTime = queryValue(request, 'sinceTime');
  const tailLines = number('tailLines');
  const limitBytes = number('limitBytes');
  const sinceEpochMs = sinceSeconds !== undefined ? nowEpochMs - sinceSeconds * 1000 : sinceTime ? parseRfc3339(sinceTime) : undefined;
  return {
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
    ...(sinceEpochMs !== undefined && { sinceEpochMs }),
    timestamps: queryValue(request, 'timestamps') === 'true',
  };
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
