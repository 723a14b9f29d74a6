import { resourcePath } from '../../client/rest.ts';
import { ApiError, isApiError } from '../../api/status.ts';
import { PODS } from '../../api/kinds.ts';
import { CLOSED } from '../../sim/sync.ts';
import { command } from '../command.ts';
import { CliError, isExpected, throwAll, UsageError } from '../errors.ts';
import { choosePods, podsOf } from '../pods.ts';
import { SELECTOR_FLAG } from '../resource.ts';
import type { KubeObject } from '../../api/object.ts';
import type { HttpStream } from '../../net/http.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';
import type { QueryPairs } from '../api.ts';

interface LogsOptions {
  /** `web`, `deploy/web`; undefined with a selector. */
  readonly resource: string | undefined;
  readonly selector: string;
  readonly container: string;
  readonly allContainers: boolean;
  readonly allPods: boolean;
  readonly follow: boolean;
  readonly prefix: boolean;
  readonly ignoreErrors: boolean;
  readonly mostRequests: number;
  readonly query: QueryPairs;
}

const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";
const TAIL_OF_SELECTED = 10;

export const logs = command<LogsOptions>({
  name: 'logs',
  usage: 'kubectl logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]',
  short: 'Print the logs for a container in a pod',
  long: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  examples: `# Return snapshot logs from pod nginx with only one container
kubectl logs nginx

# Return snapshot logs from all pods in the deployment nginx
kubectl logs deployment/nginx --all-pods=true

# Return snapshot of previous terminated ruby container logs from pod web-1
kubectl logs -p -c ruby web-1

# Begin streaming the logs of the ruby container in pod web-1
kubectl logs -f -c ruby web-1

# Display only the most recent 20 lines of output in pod nginx
kubectl logs --tail=20 nginx

# Show all logs from pod nginx written in the last hour
kubectl logs --since=1h nginx`,
  flags: [
    SELECTOR_FLAG,
    { name: 'all-containers', kind: 'bool', usage: "Get all containers' logs in the pod(s)." },
    { name: 'all-pods', kind: 'bool', usage: 'Get logs from all pod(s). Sets prefix to true.' },
    { name: 'container', shorthand: 'c', kind: 'string', usage: 'Print the logs of this container' },
    { name: 'follow', shorthand: 'f', kind: 'bool', usage: 'Specify if the logs should be streamed.' },
    { name: 'ignore-errors', kind: 'bool', usage: 'If watching / following pod logs, allow for any errors that occur to be non-fatal' },
    {
      name: 'insecure-skip-tls-verify-backend',
      kind: 'bool',
      usage: 'Skip verifying the identity of the kubelet that logs are requested from.',
    },
    { name: 'limit-bytes', kind: 'int', usage: 'Maximum bytes of logs to return. Defaults to no limit.' },
    {
      name: 'max-log-requests',
      kind: 'int',
      default: '5',
      usage: 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.',
    },
    {
      name: 'pod-running-timeout',
      kind: 'duration',
      default: '20s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    { name: 'prefix', kind: 'bool', usage: 'Prefix each log line with the log source (pod name and container name)' },
    {
      name: 'previous',
      shorthand: 'p',
      kind: 'bool',
      usage: 'If true, print the logs for the previous instance of the container in a pod if it exists.',
    },
    {
      name: 'since',
      kind: 'duration',
      default: '0s',
      usage:
        'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.',
    },
    {
      name: 'since-time',
      kind: 'string',
      usage: 'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.',
    },
    {
      name: 'tail',
      kind: 'int',
      default: '-1',
      usage:
        'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
    },
    { name: 'timestamps', kind: 'bool', usage: 'Include timestamps on each line in the log output' },
  ],
  complete(_cli, { flags, args }) {
    const selector = flags.string('selector');
    if (selector === '' && (args.length === 0 || args.length > 2)) throw new UsageError(USAGE);
    if (selector !== '' && args.length > 1) throw new UsageError('only a selector (-l) or a POD name is allowed');
    if (selector !== '' && args.length === 1) throw new UsageError('only a selector (-l) or a POD name is allowed');
    const tail = flags.int('tail');
    if (tail < -1) throw new CliError('--tail must be greater than or equal to -1');
    if (flags.string('since-time') && flags.durationMs('since') > 0)
      throw new CliError('at most one of `sinceTime` or `sinceSeconds` may be specified');
    let container = flags.string('container');
    if (args.length === 2) {
      if (flags.changed('container')) throw new UsageError('only one of -c or an inline [CONTAINER] arg is allowed');
      container = args[1]!;
    }
    const allContainers = flags.bool('all-containers');
    if (allContainers && container !== '')
      throw new CliError('--all-containers=true should not be specified with container name ' + container);
    const query: [string, string][] = [];
    if (flags.bool('follow')) query.push(['follow', 'true']);
    if (flags.bool('previous')) query.push(['previous', 'true']);
    if (flags.durationMs('since') > 0) query.push(['sinceSeconds', String(Math.ceil(flags.durationMs('since') / 1000))]);
    if (flags.string('since-time')) query.push(['sinceTime', flags.string('since-time')]);
    if (flags.bool('timestamps')) query.push(['timestamps', 'true']);
    if (flags.int('limit-bytes') > 0) query.push(['limitBytes', flags.string('limit-bytes')]);
    if (flags.changed('tail') ? tail >= 0 : selector !== '')
      query.push(['tailLines', flags.changed('tail') ? String(tail) : String(TAIL_OF_SELECTED)]);
    return {
      resource: args[0],
      selector,
      container,
      allContainers,
      allPods: flags.bool('all-pods'),
      follow: flags.bool('follow'),
      prefix: flags.bool('prefix') || flags.bool('all-pods'),
      ignoreErrors: flags.bool('ignore-errors'),
      mostRequests: flags.int('max-log-requests'),
      query,
    };
  },
  *run(cli, options) {
    const pods = yield* findPods(cli, options);
    if (pods.length === 0) return yield* cli.err(`No resources found in ${cli.namespace} namespace.\n`);
    const sources: LogSource[] = [];
    for (const pod of pods) sources.push(...(yield* sourcesOf(cli, pod, options)));
    if (options.follow && sources.length > options.mostRequests) {
      throw new CliError(
        `you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${options.mostRequests}, use --max-log-requests to increase the limit`,
      );
    }
    if (options.follow && sources.length > 1) return yield* followAll(cli, sources, options);
    for (const source of sources) yield* printLog(cli, source, options);
  },
});

interface LogSource {
  readonly pod: KubeObject;
  readonly container: string;
}

function* findPods(cli: Cli, options: LogsOptions): Task<KubeObject[]> {
  if (options.resource === undefined)
    return (yield* cli.api.list(PODS, { namespace: cli.namespace, labelSelector: options.selector })).items;
  const slash = options.resource.indexOf('/');
  const kind = slash < 0 ? PODS : yield* cli.discovery.resource(options.resource.slice(0, slash));
  const name = options.resource.slice(slash + 1);
  let object: KubeObject;
  try {
    object = yield* cli.api.get(kind, { namespace: cli.namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
    throw new CliError(`error from server (NotFound): ${error.message} in namespace "${cli.namespace}"`);
  }
  const pods = choosePods(yield* podsOf(cli, kind, object));
  if (kind.resource === 'pods' || options.allPods) return pods;
  if (pods.length === 0) throw new CliError('timed out waiting for the condition');
  if (pods.length > 1) yield* cli.err(`Found ${pods.length} pods, using pod/${pods[0]!.metadata!.name}\n`);
  return pods.slice(0, 1);
}

function names(containers: readonly { name: string }[] | undefined): string[] {
  return (containers ?? []).map(({ name }) => name);
}

function* sourcesOf(cli: Cli, pod: KubeObject, options: LogsOptions): Task<LogSource[]> {
  const main = names(pod.spec?.containers);
  const every = [...names(pod.spec?.initContainers), ...main, ...names(pod.spec?.ephemeralContainers)];
  if (options.allContainers) return every.map((container) => ({ pod, container }));
  if (options.container !== '') {
    if (!every.includes(options.container)) throw new CliError(`container ${options.container} is not valid for pod ${pod.metadata?.name}`);
    return [{ pod, container: options.container }];
  }
  const container = yield* defaultContainer(cli, pod);
  return [{ pod, container }];
}

/** The container that is meant when none is named; says so where there are several. */
export function* defaultContainer(cli: Cli, pod: KubeObject): Task<string> {
  const main = names(pod.spec?.containers);
  const every = [
    ...main,
    ...names(pod.spec?.initContainers).map((name) => `${name} (init)`),
    ...names(pod.spec?.ephemeralContainers).map((name) => `${name} (ephem)`),
  ];
  const annotated = pod.metadata?.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated && main.includes(annotated)) return annotated;
  if (every.length > 1) yield* cli.err(`Defaulted container "${main[0]}" out of: ${every.join(', ')}\n`);
  return main[0] ?? '';
}

function* printLog(cli: Cli, source: LogSource, options: LogsOptions): Task<void> {
  const { namespace, name = '' } = source.pod.metadata ?? {};
  const query: QueryPairs = [['container', source.container], ...options.query];
  const prefix = options.prefix ? `[pod/${name}/${source.container}] ` : '';
  try {
    const { body, stream } = yield* cli.api.send('GET', resourcePath(PODS, { namespace, name }, 'log'), query, undefined, {
      accept: 'application/json, */*',
    });
    if (typeof body === 'string') yield* cli.out(prefixed(body, prefix));
    else if (body instanceof Uint8Array) yield* cli.out(prefixed(new TextDecoder().decode(body), prefix));
    if (stream) yield* copy(cli, stream, prefix);
  } catch (error) {
    if (!options.ignoreErrors || !(error instanceof ApiError)) throw error;
    yield* cli.err(`error: ${error.message}\n`);
  }
}

function prefixed(text: string, prefix: string): string {
  return prefix === '' ? text : text.replace(/^(?=.)/gms, (_none, at: number) => (at === 0 || text[at - 1] === '\n' ? prefix : ''));
}

function* copy(cli: Cli, stream: HttpStream, prefix: string): Task<void> {
  let rest = '';
  try {
    for (;;) {
      const chunk = yield* stream.receive();
      if (chunk === CLOSED) break;
      const text = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : '';
      if (prefix === '') {
        yield* cli.out(text);
        continue;
      }
      // A line is printed with its prefix once it is whole.
      const whole = rest + text;
      const end = whole.lastIndexOf('\n') + 1;
      rest = whole.slice(end);
      yield* cli.out(prefixed(whole.slice(0, end), prefix));
    }
    yield* cli.out(rest === '' ? '' : prefixed(rest, prefix));
  } finally {
    stream.cancel();
  }
}

/** Follows several logs at once, each line as it comes. */
function* followAll(cli: Cli, sources: readonly LogSource[], options: LogsOptions): Task<void> {
  const processes = sources.map((source) => cli.context.group.spawn('kubectl logs', printLog(cli, source, options)));
  // Asked for at once, so that a failure has somebody to tell.
  const ends = processes.map((process) => process.completion());
  const errors: unknown[] = [];
  try {
    for (const end of ends) {
      try {
        yield* end.wait();
      } catch (error) {
        if (!isExpected(error)) throw error;
        errors.push(error);
        if (!options.ignoreErrors) break;
      }
    }
  } finally {
    for (const process of processes) process.kill();
  }
  throwAll(errors);
}
