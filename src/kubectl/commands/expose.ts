import { SERVICES } from '../../api/kinds.ts';
import { changePrinter, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type ChangePrinter, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { FILE_FLAGS, planOf, requestOf, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import { parseLabels } from './run.ts';
import { applyMergePatch } from '../../api/merge-patch.ts';
import { parseJson, JsonSyntaxError } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';
import type { Flags } from '../flags.ts';
import type { Task } from '../../sim/wait.ts';

interface ExposeOptions {
  readonly request: ResourceRequest;
  readonly flags: Flags;
  readonly dryRun: DryRun;
  readonly printer: ChangePrinter;
}

export const expose = command<ExposeOptions>({
  name: 'expose',
  usage:
    'kubectl expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: `Expose a resource as a new Kubernetes service.

 Looks up a deployment, service, replica set, replication controller or pod by name and uses the selector for that resource as the selector for a new service on the specified port. A deployment or replica set will be exposed as a service only if its selector is convertible to a selector that service supports, i.e. when the selector contains only the matchLabels component. Note that if no port is specified via --port and the exposed resource has multiple ports, all will be re-used by the new service. Also if no labels are specified, the new service will re-use the labels from the resource it exposes.

 Possible resources include (case insensitive):

 pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)`,
  examples: `# Create a service for a replicated nginx, which serves on port 80 and connects to the containers on port 8000
kubectl expose rc nginx --port=80 --target-port=8000

# Create a service for an nginx deployment, which serves on port 80 and connects to the containers on port 8000
kubectl expose deployment nginx --port=80 --target-port=8000`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    FIELD_MANAGER_FLAG('kubectl-expose'),
    {
      name: 'cluster-ip',
      kind: 'string',
      usage: "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    },
    { name: 'external-ip', kind: 'string', usage: 'Additional external IP address (not managed by Kubernetes) to accept for the service.' },
    { name: 'labels', shorthand: 'l', kind: 'string', usage: 'Labels to apply to the service created by this call.' },
    { name: 'load-balancer-ip', kind: 'string', usage: 'IP to assign to the LoadBalancer.' },
    { name: 'name', kind: 'string', usage: 'The name for the newly created object.' },
    {
      name: 'override-type',
      kind: 'string',
      default: 'merge',
      usage: 'The method used to override the generated object: json, merge, or strategic.',
    },
    { name: 'overrides', kind: 'string', usage: 'An inline JSON override for the generated object.' },
    {
      name: 'port',
      kind: 'string',
      usage: 'The port that the service should serve on. Copied from the resource being exposed, if unspecified',
    },
    { name: 'protocol', kind: 'string', usage: "The network protocol for the service to be created. Default is 'TCP'." },
    { name: 'save-config', kind: 'bool', usage: 'If true, the configuration of current object will be saved in its annotation.' },
    {
      name: 'selector',
      kind: 'string',
      usage: 'A label selector to use for this service. Only equality-based selector requirements are supported.',
    },
    {
      name: 'session-affinity',
      kind: 'string',
      usage: "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    },
    {
      name: 'target-port',
      kind: 'string',
      usage: 'Name or number for the port on the container that the service should direct traffic to. Optional.',
    },
    {
      name: 'type',
      kind: 'string',
      usage: "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'.",
    },
  ],
  complete(cli, { flags, args }) {
    const dryRun = dryRunOf(flags);
    return {
      request: { ...requestOf(args, flags), latest: true, labelSelector: '' },
      flags,
      dryRun,
      printer: changePrinter(cli, flags, 'exposed', dryRun),
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) => exposeOne(cli, options, info));
  },
});

function* exposeOne(cli: Cli, { flags, dryRun, printer }: ExposeOptions, info: Info): Task<void> {
  if (!CAN_BE_EXPOSED.has(info.kind.kind))
    throw new CliError(`cannot expose a ${info.kind.kind}${info.kind.group ? `.${info.kind.group}` : ''}`);
  const service = overridden(serviceFor(info, flags), flags.string('overrides'));
  const made =
    dryRun === 'client'
      ? service
      : yield* cli.api.create(SERVICES, service, info.namespace, {
          dryRun: dryRun === 'server',
          fieldManager: flags.string('field-manager'),
        });
  yield* printer(made, SERVICES);
}

const CAN_BE_EXPOSED = new Set(['ReplicationController', 'Service', 'Pod', 'Deployment', 'ReplicaSet']);

function serviceFor({ object, name }: Info, flags: Flags): KubeObject {
  const headless = flags.string('cluster-ip') === 'None';
  const selector = flags.string('selector') ? parseLabels(flags.string('selector')) : selectorOf(object);
  const ports = servicePorts(object, flags);
  if (ports.length === 0 && !headless) throw new CliError("couldn't find port via --port flag or introspection");
  const labels = flags.string('labels') ? parseLabels(flags.string('labels')) : object.metadata?.labels;
  const text = (flag: string) => flags.string(flag);
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name: text('name') || name, ...(labels && { labels }) },
    spec: {
      ...(ports.length > 0 && { ports }),
      selector,
      ...(text('cluster-ip') && { clusterIP: text('cluster-ip') }),
      ...(text('type') && { type: text('type') }),
      ...(text('external-ip') && { externalIPs: [text('external-ip')] }),
      ...(text('session-affinity') && { sessionAffinity: text('session-affinity') }),
      ...(text('load-balancer-ip') && { loadBalancerIP: text('load-balancer-ip') }),
    },
    status: { loadBalancer: {} },
  };
}

function selectorOf(object: KubeObject): Record<string, string> {
  const { kind, spec, metadata } = object;
  if (kind === 'Pod') {
    if (!metadata?.labels) throw new CliError('the pod has no labels and cannot be exposed');
    return metadata.labels;
  }
  if (kind === 'Service' || kind === 'ReplicationController') {
    if (!spec?.selector)
      throw new CliError(
        kind === 'Service' ? 'the service has no pod selector set' : 'invalid deployment: no selectors, therefore cannot be exposed',
      );
    return spec.selector as Record<string, string>;
  }
  if (spec?.selector?.matchExpressions?.length)
    throw new CliError(`couldn't convert expressions - "${JSON.stringify(spec.selector.matchExpressions)}" to map-based selector format`);
  return (spec?.selector?.matchLabels ?? {}) as Record<string, string>;
}

interface FoundPort {
  readonly port: string;
  readonly protocol: string;
}

function portsOf({ kind, spec }: KubeObject): FoundPort[] {
  if (kind === 'Service')
    return (spec?.ports ?? []).map(({ port, protocol = 'TCP' }: { port: number; protocol?: string }) => ({ port: String(port), protocol }));
  const containers = (kind === 'Pod' ? spec?.containers : spec?.template?.spec?.containers) ?? [];
  return containers.flatMap(({ ports = [] }: { ports?: { containerPort: number; protocol?: string }[] }) =>
    ports.map(({ containerPort, protocol = 'TCP' }) => ({ port: String(containerPort), protocol })),
  );
}

function servicePorts(object: KubeObject, flags: Flags): object[] {
  const given = flags.string('port');
  const known = portsOf(object);
  const found: FoundPort[] = given
    ? given.split(',').map((port) => ({ port, protocol: known.find((one) => one.port === port)?.protocol ?? 'TCP' }))
    : known;
  const target = flags.string('target-port');
  return found.map(({ port, protocol }, at) => {
    if (!/^\d+$/.test(port)) throw new CliError(`strconv.Atoi: parsing "${port}": invalid syntax`);
    return {
      ...(found.length > 1 && { name: `port-${at + 1}` }),
      protocol: flags.string('protocol') || protocol,
      port: Number(port),
      targetPort: target === '' ? Number(port) : /^\d+$/.test(target) ? Number(target) : target,
    };
  });
}

function overridden(service: KubeObject, text: string): KubeObject {
  if (text === '') return service;
  try {
    return applyMergePatch(service, parseJson(text));
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new CliError('Invalid JSON Patch');
    throw error;
  }
}
