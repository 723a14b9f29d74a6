import { applyMergePatch } from '../../api/merge-patch.ts';
import { JsonSyntaxError, parseJson } from '../../api/json.ts';
import { PODS, SERVICES } from '../../api/kinds.ts';
import { typeOf } from '../../api/schema.ts';
import { applyStrategicPatch } from '../../api/strategic-merge.ts';
import { applyJsonPatch } from '../../api/json-patch.ts';
import { PatchError } from '../../api/patch-error.ts';
import { quote } from '../../base/quote.ts';
import { changePrinter, changeText, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type ChangePrinter, type DryRun } from '../changes.ts';
import { command, type Invocation } from '../command.ts';
import { CliError, UsageError } from '../errors.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import { attachToNewPod } from '../attach.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Flags } from '../flags.ts';

interface RunOptions {
  readonly pod: KubeObject;
  readonly service: KubeObject | undefined;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
  readonly fieldManager: string;
  readonly attach: boolean;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly remove: boolean;
  readonly quiet: boolean;
  readonly timeoutMs: number;
}

export const run = command<RunOptions>({
  name: 'run',
  usage:
    'kubectl run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run a particular image on the cluster',
  long: 'Create and run a particular image in a pod.',
  examples: `# Start a nginx pod
kubectl run nginx --image=nginx

# Start a hazelcast pod and let the container expose port 5701
kubectl run hazelcast --image=hazelcast/hazelcast --port=5701

# Start a hazelcast pod and set environment variables "DNS_DOMAIN=cluster" and "POD_NAMESPACE=default" in the container
kubectl run hazelcast --image=hazelcast/hazelcast --env="DNS_DOMAIN=cluster" --env="POD_NAMESPACE=default"

# Dry run; print the corresponding API objects without creating them
kubectl run nginx --image=nginx --dry-run=client

# Start a busybox pod and keep it in the foreground, don't restart it if it exits
kubectl run -i -t busybox --image=busybox --restart=Never`,
  flags: [
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    FIELD_MANAGER_FLAG('kubectl-run'),
    { name: 'annotations', kind: 'array', usage: 'Annotations to apply to the pod.' },
    {
      name: 'attach',
      kind: 'bool',
      usage:
        "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true. With '--restart=Never' the exit code of the container process is returned.",
    },
    {
      name: 'command',
      kind: 'bool',
      usage:
        "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    },
    { name: 'env', kind: 'array', usage: 'Environment variables to set in the container.' },
    { name: 'expose', kind: 'bool', usage: 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.' },
    { name: 'image', kind: 'string', required: true, usage: 'The image for the container to run.' },
    {
      name: 'image-pull-policy',
      kind: 'string',
      usage:
        'The image pull policy for the container.  If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    { name: 'labels', shorthand: 'l', kind: 'string', usage: 'Comma separated labels to apply to the pod. Will override previous values.' },
    {
      name: 'leave-stdin-open',
      kind: 'bool',
      usage:
        'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes. By default, stdin will be closed after the first attach completes.',
    },
    {
      name: 'override-type',
      kind: 'string',
      default: 'merge',
      usage: 'The method used to override the generated object: json, merge, or strategic.',
    },
    {
      name: 'overrides',
      kind: 'string',
      usage:
        'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object. Requires that the object supply a valid apiVersion field.',
    },
    {
      name: 'pod-running-timeout',
      kind: 'duration',
      default: '1m0s',
      usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    { name: 'port', kind: 'string', usage: 'The port that this container exposes.' },
    { name: 'privileged', kind: 'bool', usage: 'If true, run the container in privileged mode.' },
    { name: 'quiet', shorthand: 'q', kind: 'bool', usage: 'If true, suppress prompt messages.' },
    {
      name: 'restart',
      kind: 'string',
      default: 'Always',
      usage: 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].',
    },
    {
      name: 'rm',
      kind: 'bool',
      usage:
        "If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with '--attach' or with '-i/--stdin'.",
    },
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
    { name: 'stdin', shorthand: 'i', kind: 'bool', usage: 'Keep stdin open on the container in the pod, even if nothing is attached.' },
    { name: 'tty', shorthand: 't', kind: 'bool', usage: 'Allocate a TTY for the container in the pod.' },
  ],
  complete(cli, invocation) {
    const { flags } = invocation;
    const dryRun = dryRunOf(flags);
    const name = nameOf(invocation);
    checkFlags(flags, dryRun);
    const pod = overridden(podOf(name, invocation), flags);
    const stdin = flags.bool('stdin');
    return {
      pod,
      service: flags.bool('expose') ? serviceOf(name, pod, flags.string('port')) : undefined,
      dryRun,
      printer: changePrinter(cli, flags, 'created', dryRun),
      fieldManager: flags.string('field-manager'),
      attach: flags.changed('attach') ? flags.bool('attach') : stdin,
      stdin,
      tty: flags.bool('tty'),
      remove: flags.bool('rm'),
      quiet: flags.bool('quiet'),
      timeoutMs: flags.durationMs('pod-running-timeout'),
    };
  },
  *run(cli, options) {
    const { dryRun, service } = options;
    if (service) {
      const made = dryRun === 'client' ? service : yield* cli.api.create(SERVICES, service, cli.namespace, writeFlags(options));
      yield* cli.line(changeText(SERVICES, made.metadata?.name ?? '', 'created', dryRun));
    }
    const pod = dryRun === 'client' ? options.pod : yield* cli.api.create(PODS, options.pod, cli.namespace, writeFlags(options));
    if (options.attach && dryRun === 'none') return yield* attachToNewPod(cli, pod, options);
    yield* options.printer(pod, PODS);
  },
});

function writeFlags({ dryRun, fieldManager }: RunOptions) {
  return { dryRun: dryRun === 'server', fieldManager, fieldValidation: 'Strict' };
}

function nameOf({ args, dashAt }: Invocation): string {
  if (args.length === 0 || dashAt === 0) throw new UsageError('NAME is required for run');
  return args[0]!;
}

function checkFlags(flags: Flags, dryRun: DryRun): void {
  const image = flags.string('image');
  if (!/^[A-Za-z0-9][A-Za-z0-9._/:@-]*$/.test(image)) throw new CliError(`Invalid image name ${quote(image)}: invalid reference format`);
  if (flags.bool('tty') && !flags.bool('stdin')) throw new UsageError('-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('expose') && !flags.string('port')) throw new UsageError('--port must be set when exposing a service');
  if (!['Always', 'OnFailure', 'Never'].includes(flags.string('restart')))
    throw new UsageError(`invalid restart policy: ${flags.string('restart')}`);
  const attaching = flags.bool('attach') || flags.bool('stdin');
  if (flags.bool('rm') && !attaching) throw new UsageError('--rm should only be used for attached containers');
  if (attaching && dryRun !== 'none')
    throw new UsageError("--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
}

function podOf(name: string, { flags, args }: Invocation): KubeObject {
  const rest = args.slice(1);
  const port = flags.string('port');
  if (port && !/^[+-]?\d+$/.test(port)) throw new CliError(`strconv.Atoi: parsing "${port}": invalid syntax`);
  const env = flags.strings('env').map((text) => {
    const equals = text.indexOf('=');
    if (equals <= 0) throw new CliError(`invalid env: ${text}`);
    return { name: text.slice(0, equals), value: text.slice(equals + 1) };
  });
  const labels = flags.string('labels') ? parseLabels(flags.string('labels')) : { run: name };
  const annotations = Object.fromEntries(
    flags.strings('annotations').map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
  const stdin = flags.bool('stdin');
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      containers: [
        {
          name,
          image: flags.string('image'),
          ...(rest.length > 0 && { [flags.bool('command') ? 'command' : 'args']: rest }),
          ...(port && { ports: [{ containerPort: Number(port) }] }),
          ...(env.length > 0 && { env }),
          resources: {},
          ...(flags.string('image-pull-policy') && { imagePullPolicy: flags.string('image-pull-policy') }),
          ...(flags.bool('privileged') && { securityContext: { privileged: true } }),
          ...(stdin && { stdin: true }),
          ...(stdin && !flags.bool('leave-stdin-open') && { stdinOnce: true }),
          ...(flags.bool('tty') && { tty: true }),
        },
      ],
      restartPolicy: flags.string('restart'),
      dnsPolicy: 'ClusterFirst',
    },
    status: {},
  };
}

/** `app=x,tier=y`. Throws {@link CliError}. */
export function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of text.split(',')) {
    const pieces = part.split('=');
    if (pieces.length !== 2) throw new CliError(`unexpected label spec: ${part}`);
    labels[pieces[0]!] = pieces[1]!;
  }
  return labels;
}

function overridden(pod: KubeObject, flags: Flags): KubeObject {
  const text = flags.string('overrides');
  if (text === '') return pod;
  try {
    const patch = parseJson(text);
    switch (flags.string('override-type')) {
      case 'merge':
        return applyMergePatch(pod, patch);
      case 'strategic':
        return applyStrategicPatch(typeOf('v1', 'Pod')!, pod, patch as Record<string, unknown>);
      case 'json':
        return applyJsonPatch(pod, patch as never);
      default:
        throw new CliError(`invalid override type: ${flags.string('override-type')}`);
    }
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new CliError('Invalid JSON Patch');
    if (error instanceof PatchError) throw new CliError(error.message);
    throw error;
  }
}

function serviceOf(name: string, pod: KubeObject, port: string): KubeObject {
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port: Number(port), targetPort: Number(port) }], selector: pod.metadata?.labels },
    status: { loadBalancer: {} },
  };
}
