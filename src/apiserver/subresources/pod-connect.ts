import { ApiError, badRequest, invalid, type FieldError } from '../../api/status.ts';
import { NetError } from '../../net/fabric.ts';
import { internalError } from '../errors.ts';
import { isTrue } from '../list-options.ts';
import { kubeletOf } from '../dial.ts';
import { parseRfc3339 } from '../../base/time.ts';
import type { HttpRequest, HttpResponse } from '../../net/http.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import type { ServerContext } from '../server-context.ts';

interface Named {
  readonly name: string;
}

function names(list: readonly Named[] | undefined): string {
  return `[${(list ?? []).map(({ name }) => name).join(' ')}]`;
}

/** The container that is meant: the one named, or the only one (registry/core/pod/strategy.go containerOf). */
function containerOf(pod: KubeObject, asked: string | undefined): string {
  const { name } = pod.metadata!;
  const { containers, initContainers, ephemeralContainers } = pod.spec as {
    containers: Named[];
    initContainers?: Named[];
    ephemeralContainers?: Named[];
  };
  if (!asked) {
    if (containers.length === 1) return containers[0]!.name;
    if (containers.length === 0) throw badRequest(`a container name must be specified for pod ${name}`);
    let message = `a container name must be specified for pod ${name}, choose one of: ${names(containers)}`;
    if (initContainers?.length) message += ` or one of the init containers: ${names(initContainers)}`;
    if (ephemeralContainers?.length) message += ` or one of the ephemeral containers: ${names(ephemeralContainers)}`;
    throw badRequest(message);
  }
  if ([...containers, ...(initContainers ?? []), ...(ephemeralContainers ?? [])].some((container) => container.name === asked))
    return asked;
  throw badRequest(`container ${asked} is not valid for pod ${name}`);
}

function integerOption(call: Call, name: string): number | undefined {
  const text = call.query(name);
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** core/validation.ValidatePodLogOptions. */
function checkLogOptions(call: Call): void {
  const errors: FieldError[] = [];
  const add = (field: string, value: number, detail: string): void => {
    errors.push({ reason: 'FieldValueInvalid', field, message: `Invalid value: ${value}: ${detail}` });
  };
  const tailLines = integerOption(call, 'tailLines');
  const limitBytes = integerOption(call, 'limitBytes');
  const sinceSeconds = integerOption(call, 'sinceSeconds');
  const sinceTime = call.query('sinceTime');
  if (sinceTime && Number.isNaN(parseRfc3339(sinceTime)))
    throw badRequest(
      `parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(sinceTime)} as "2006"`,
    );
  if (tailLines !== undefined && tailLines < 0) add('tailLines', tailLines, 'must be greater than or equal to 0');
  if (limitBytes !== undefined && limitBytes < 1) add('limitBytes', limitBytes, 'must be greater than 0');
  if (sinceSeconds !== undefined && sinceTime)
    errors.push({
      reason: 'FieldValueForbidden',
      field: '',
      message: 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    });
  else if (sinceSeconds !== undefined && sinceSeconds < 1) add('sinceSeconds', sinceSeconds, 'must be greater than 0');
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, call.info.name, errors);
}

const LOG_OPTIONS = [
  'follow',
  'previous',
  'timestamps',
  'sinceSeconds',
  'sinceTime',
  'tailLines',
  'limitBytes',
  'stream',
  'insecureSkipTLSVerifyBackend',
];

/** The log of a container, from the kubelet that has it. Throws BadRequest, Invalid, NotFound. */
export function* podLog(server: ServerContext, call: Call, pods: Resource): Task<HttpResponse> {
  checkLogOptions(call);
  const { namespace, name } = call.info;
  const pod = yield* server.objects.get(pods, namespace, name);
  const container = containerOf(pod, call.query('container'));
  if (!pod.spec.nodeName) return { status: 204, headers: {} };
  const query = call.request.query.filter(([key]) => LOG_OPTIONS.includes(key));
  const response = yield* askKubelet(server, pod, {
    method: 'GET',
    path: `/containerLogs/${namespace}/${name}/${container}`,
    query,
    headers: {},
  });
  if (response.status < 400) return { ...response, headers: { 'content-type': 'text/plain' } };
  throw kubeletRefusal(response, call);
}

/** The kubelet's errors come through as Status objects (genericregistry LocationStreamer's response checker). */
function kubeletRefusal(response: HttpResponse, call: Call): ApiError {
  const message = typeof response.body === 'string' ? response.body : '';
  switch (response.status) {
    case 400:
      return badRequest(message);
    case 404:
      return new ApiError(404, 'NotFound', `the server could not find the requested resource ( pods/log ${call.info.name})`, {
        name: call.info.name,
        kind: 'pods/log',
        causes: [{ reason: 'UnexpectedServerResponse', message }],
      });
    default:
      return internalError(message);
  }
}

function* askKubelet(server: ServerContext, pod: KubeObject, request: HttpRequest): Task<HttpResponse> {
  const nodeName = pod.spec.nodeName as string;
  const node = server.resources.byName('nodes')!.cache.get(nodeName);
  if (!node) throw new ApiError(404, 'NotFound', `nodes "${nodeName}" not found`, { name: nodeName, kind: 'nodes' });
  const at = kubeletOf(node);
  if (!at) throw internalError(`no preferred addresses found; known addresses: []`);
  if (!server.dial) throw internalError('this API server has no way to its nodes');
  try {
    return yield* server.dial(at.ip, at.port, request);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    const query = request.query.map(([key, value]) => `${key}=${value}`).join('&');
    throw internalError(`Get "https://${at.ip}:${at.port}${request.path}${query && `?${query}`}": ${error.message}`);
  }
}

/** `exec`, `attach` and `portforward`: checked here, answered by the kubelet. Throws BadRequest, NotFound. */
export function* podConnect(server: ServerContext, call: Call, pods: Resource): Task<HttpResponse> {
  const { namespace, name, subresource } = call.info;
  const pod = yield* server.objects.get(pods, namespace, name);
  const container = subresource === 'portforward' ? '' : `/${containerOf(pod, call.query('container'))}`;
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  if (subresource === 'exec' && call.query('command') === undefined)
    throw badRequest('you must specify at least 1 command for the container');
  if (subresource !== 'portforward' && !['stdin', 'stdout', 'stderr'].some((stream) => isTrue(call.query(stream))))
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  const { query, headers } = call.request;
  const path = `/${subresource === 'portforward' ? 'portForward' : subresource}/${namespace}/${name}${container}`;
  return yield* askKubelet(server, pod, {
    method: call.request.method,
    path,
    query: query.filter(([key]) => key !== 'container').map(([key, value]) => [KUBELET_NAMES[key] ?? key, value] as const),
    headers,
  });
}

/** What the kubelet calls the options of a stream (registry/core/pod/strategy.go streamParams). */
const KUBELET_NAMES: Readonly<Record<string, string>> = { stdin: 'input', stdout: 'output', stderr: 'error' };
