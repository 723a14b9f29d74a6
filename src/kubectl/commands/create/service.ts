import { isDns1123Subdomain, isPortNumber } from '../../../api/names.ts';
import { SERVICES } from '../../../api/kinds.ts';
import { generatorCommand, type Generator } from '../../generator.ts';
import { CliError } from '../../errors.ts';
import type { Command } from '../../command.ts';
import type { Flags, FlagSpec } from '../../flags.ts';

const TCP_FLAG: FlagSpec = { name: 'tcp', kind: 'strings', usage: "Port pairs can be specified as '<port>:<targetPort>'." };

interface ServicePort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort?: number;
}

/** `80`, `80:8080`, `80:http`. Throws {@link CliError}. */
function parsePort(text: string): ServicePort {
  const [portText, targetText] = text.includes(':')
    ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)]
    : [text, undefined];
  if (!/^\d+$/.test(portText)) throw new CliError(`strconv.ParseUint: parsing "${portText}": invalid syntax`);
  if (Number(portText) > 65535) throw new CliError(`strconv.ParseUint: parsing "${portText}": value out of range`);
  const port = Number(portText);
  const targetPort = targetText === undefined ? port : /^\d+$/.test(targetText) ? Number(targetText) : targetText;
  const problems = typeof targetPort === 'number' ? isPortNumber(targetPort) : [];
  if (problems.length > 0) throw new CliError(problems.join(','));
  return {
    name: targetText === undefined ? portText : `${portText}-${targetText}`.replaceAll(':', '-'),
    protocol: 'TCP',
    port,
    targetPort,
  };
}

function serviceOf(name: string, type: string, flags: Flags, extra: Record<string, unknown> = {}) {
  const nodePort = flags.has('node-port') ? flags.int('node-port') : 0;
  const ports = flags.strings('tcp').map((text) => ({ ...parsePort(text), ...(nodePort > 0 && { nodePort }) }));
  const labels = { app: name };
  const spec = { ...(ports.length > 0 && { ports }), selector: labels, ...extra, type };
  return { kind: 'Service', apiVersion: 'v1', metadata: { name, labels }, spec, status: { loadBalancer: {} } };
}

function requirePorts(flags: Flags): void {
  if (flags.strings('tcp').length === 0) throw new CliError('at least one tcp port specifier must be provided');
}

const clusterIP: Generator = {
  name: 'clusterip',
  usage: 'kubectl create service clusterip NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]',
  short: 'Create a ClusterIP service',
  long: 'Create a ClusterIP service with the specified name.',
  examples: `# Create a new ClusterIP service named my-cs
kubectl create service clusterip my-cs --tcp=5678:8080

# Create a new ClusterIP service named my-cs (in headless mode)
kubectl create service clusterip my-cs --clusterip="None"`,
  kind: SERVICES,
  failure: 'failed to create ClusterIP service: ',
  flags: [
    TCP_FLAG,
    { name: 'clusterip', kind: 'string', usage: "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)." },
  ],
  build(_cli, name, { flags }) {
    const address = flags.string('clusterip');
    if (address !== 'None') requirePorts(flags);
    return serviceOf(name, 'ClusterIP', flags, address ? { clusterIP: address } : {});
  },
};

const nodePort: Generator = {
  name: 'nodeport',
  usage: 'kubectl create service nodeport NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a NodePort service',
  long: 'Create a NodePort service with the specified name.',
  examples: '# Create a new NodePort service named my-ns\nkubectl create service nodeport my-ns --tcp=5678:8080',
  kind: SERVICES,
  failure: 'failed to create NodePort service: ',
  flags: [TCP_FLAG, { name: 'node-port', kind: 'int', usage: 'Port used to expose the service on each node in a cluster.' }],
  build(_cli, name, { flags }) {
    requirePorts(flags);
    return serviceOf(name, 'NodePort', flags);
  },
};

const loadBalancer: Generator = {
  name: 'loadbalancer',
  usage: 'kubectl create service loadbalancer NAME [--tcp=port:targetPort] [--dry-run=server|client|none]',
  short: 'Create a LoadBalancer service',
  long: 'Create a LoadBalancer service with the specified name.',
  examples: '# Create a new LoadBalancer service named my-lbs\nkubectl create service loadbalancer my-lbs --tcp=5678:8080',
  kind: SERVICES,
  failure: 'failed to create LoadBalancer service: ',
  flags: [TCP_FLAG],
  build(_cli, name, { flags }) {
    requirePorts(flags);
    return serviceOf(name, 'LoadBalancer', flags);
  },
};

const externalName: Generator = {
  name: 'externalname',
  usage: 'kubectl create service externalname NAME --external-name external.name [--dry-run=server|client|none]',
  short: 'Create an ExternalName service',
  long: 'Create an ExternalName service with the specified name.\n\n ExternalName service references to an external DNS address instead of only pods, which will allow application authors to reference services that exist off platform, on other clusters, or locally.',
  examples: '# Create a new ExternalName service named my-ns\nkubectl create service externalname my-ns --external-name bar.com',
  kind: SERVICES,
  failure: 'failed to create ExternalName service: ',
  flags: [TCP_FLAG, { name: 'external-name', kind: 'string', required: true, usage: 'External name of service' }],
  build(_cli, name, { flags }) {
    const address = flags.string('external-name');
    if (isDns1123Subdomain(address).length > 0) throw new CliError(`invalid service external name ${address}`);
    return serviceOf(name, 'ExternalName', flags, { externalName: address });
  },
};

export const createService: Command = {
  name: 'service',
  aliases: ['svc'],
  usage: 'kubectl create service',
  short: 'Create a service using a specified subcommand',
  long: 'Create a service using a specified subcommand.',
  subcommands: [clusterIP, externalName, loadBalancer, nodePort].map(generatorCommand),
};
