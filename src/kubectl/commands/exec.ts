import { PODS } from '../../api/kinds.ts';
import { announce, streamContainer } from '../attach.ts';
import { command } from '../command.ts';
import { CliError, UsageError } from '../errors.ts';
import { choosePods, podsOf } from '../pods.ts';
import { forwardPorts } from '../port-forward.ts';
import { defaultContainer } from './logs.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';
import type { FlagSpec } from '../flags.ts';

interface StreamCommandOptions {
  /** `web`, `deploy/web`. */
  readonly resource: string;
  readonly command: readonly string[];
  readonly container: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly quiet: boolean;
}

const STREAM_FLAGS: readonly FlagSpec[] = [
  {
    name: 'container',
    shorthand: 'c',
    kind: 'string',
    usage:
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
  },
  {
    name: 'pod-running-timeout',
    kind: 'duration',
    default: '1m0s',
    usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
  },
  { name: 'quiet', shorthand: 'q', kind: 'bool', usage: 'Only print output from the remote session' },
  { name: 'stdin', shorthand: 'i', kind: 'bool', usage: 'Pass stdin to the container' },
  { name: 'tty', shorthand: 't', kind: 'bool', usage: 'Stdin is a TTY' },
];

/** The pod that `web` or `deploy/web` stands for. */
export function* podFor(cli: Cli, resource: string): Task<KubeObject> {
  const slash = resource.indexOf('/');
  const kind = slash < 0 ? PODS : yield* cli.discovery.resource(resource.slice(0, slash));
  const object = yield* cli.api.get(kind, { namespace: cli.namespace, name: resource.slice(slash + 1) });
  const [pod] = choosePods(yield* podsOf(cli, kind, object));
  if (!pod) throw new CliError('timed out waiting for the condition');
  return pod;
}

/** The service, if `svc/web` names one. */
function* serviceFor(cli: Cli, resource: string): Task<KubeObject | undefined> {
  const slash = resource.indexOf('/');
  if (slash < 0) return undefined;
  const kind = yield* cli.discovery.resource(resource.slice(0, slash));
  return kind.resource === 'services' ? yield* cli.api.get(kind, { namespace: cli.namespace, name: resource.slice(slash + 1) }) : undefined;
}

function* stream(cli: Cli, subresource: 'exec' | 'attach', options: StreamCommandOptions): Task<void> {
  const pod = yield* podFor(cli, options.resource);
  const { namespace, name = '' } = pod.metadata ?? {};
  const phase: string = pod.status?.phase ?? '';
  if (phase === 'Succeeded' || phase === 'Failed') {
    throw new CliError(
      subresource === 'exec'
        ? `cannot exec into a container in a completed pod; current phase is ${phase}`
        : `cannot attach a container in a completed pod; current phase is ${phase}`,
    );
  }
  const container = options.container || (yield* defaultContainer(cli, pod));
  let { stdin, tty } = options;
  if (subresource === 'attach') {
    const spec = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((each) => each.name === container);
    if (!spec) throw new CliError(`container ${container} not found in pod ${name}`);
    if (tty && !spec.tty) yield* cli.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
    tty = stdin && spec.tty === true;
    if (!options.quiet) yield* announce(cli);
  }
  yield* streamContainer(cli, { namespace, name }, subresource, container, options.command, { stdin, tty });
}

export const exec = command<StreamCommandOptions>({
  name: 'exec',
  usage: 'kubectl exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  long: 'Execute a command in a container.',
  examples: `# Get output from running the 'date' command from pod mypod, using the first container by default
kubectl exec mypod -- date

# Get output from running the 'date' command in ruby-container from pod mypod
kubectl exec mypod -c ruby-container -- date`,
  flags: [...STREAM_FLAGS, { name: 'filename', shorthand: 'f', kind: 'strings', usage: 'to use to exec into the resource' }],
  complete(_cli, { flags, args, dashAt }) {
    if (args.length === 0 || dashAt === 0) throw new CliError('pod, type/name or --filename must be specified');
    if (dashAt < 0 && args.length > 1)
      throw new UsageError('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
    const command = dashAt < 0 ? [] : args.slice(dashAt);
    if (command.length === 0) throw new CliError('you must specify at least one command for the container');
    return {
      resource: args[0]!,
      command,
      container: flags.string('container'),
      stdin: flags.bool('stdin'),
      tty: flags.bool('tty'),
      quiet: flags.bool('quiet'),
    };
  },
  *run(cli, options) {
    yield* stream(cli, 'exec', options);
  },
});

export const attach = command<StreamCommandOptions>({
  name: 'attach',
  usage: 'kubectl attach (POD | TYPE/NAME) -c CONTAINER',
  short: 'Attach to a running container',
  long: 'Attach to a process that is already running inside an existing container.',
  examples:
    "# Get output from running pod mypod; use the 'kubectl.kubernetes.io/default-container' annotation\n# for selecting the container to be attached or the first container in the pod\nkubectl attach mypod",
  flags: STREAM_FLAGS,
  complete(_cli, { flags, args }) {
    if (args.length === 0) throw new UsageError('at least 1 argument is required for attach');
    if (args.length > 2)
      throw new UsageError(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
    return {
      resource: args.join('/'),
      command: [],
      container: flags.string('container'),
      stdin: flags.bool('stdin'),
      tty: flags.bool('tty'),
      quiet: flags.bool('quiet'),
    };
  },
  *run(cli, options) {
    yield* stream(cli, 'attach', options);
  },
});

interface ForwardOptions {
  readonly resource: string;
  readonly ports: readonly string[];
}

export const portForward = command<ForwardOptions>({
  name: 'port-forward',
  usage: 'kubectl port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  long: `Forward one or more local ports to a pod.

 Use resource type/name such as deployment/mydeployment to select a pod. Resource type defaults to 'pod' if omitted.

 If there are multiple pods matching the criteria, a pod will be selected automatically. The forwarding session ends when the selected pod terminates, and a rerun of the command is needed to resume forwarding.`,
  examples:
    '# Listen on ports 5000 and 6000 locally, forwarding data to/from ports 5000 and 6000 in the pod\nkubectl port-forward pod/mypod 5000 6000',
  flags: [
    {
      name: 'address',
      kind: 'strings',
      default: 'localhost',
      usage: 'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.',
    },
    {
      name: 'pod-running-timeout',
      kind: 'duration',
      default: '1m0s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
  ],
  complete(_cli, { args }) {
    if (args.length < 2) throw new UsageError('TYPE/NAME and list of ports are required for port-forward');
    return { resource: args[0]!, ports: args.slice(1) };
  },
  *run(cli, { resource, ports }) {
    const pod = yield* podFor(cli, resource);
    const phase: string = pod.status?.phase ?? '';
    if (phase !== 'Running') throw new CliError(`unable to forward port because pod is not running. Current status=${phase}`);
    yield* forwardPorts(cli, pod, ports, yield* serviceFor(cli, resource));
  },
});
