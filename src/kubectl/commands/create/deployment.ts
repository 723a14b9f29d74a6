import { DEPLOYMENTS } from '../../../api/kinds.ts';
import { CliError } from '../../errors.ts';
import type { Generator } from '../../generator.ts';

export const deploymentGenerator: Generator = {
  name: 'deployment',
  aliases: ['deploy'],
  usage: 'kubectl create deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name',
  long: 'Create a deployment with the specified name.',
  examples: `# Create a deployment named my-dep that runs the busybox image
kubectl create deployment my-dep --image=busybox

# Create a deployment with a command
kubectl create deployment my-dep --image=busybox -- date

# Create a deployment named my-dep that runs the nginx image with 3 replicas
kubectl create deployment my-dep --image=nginx --replicas=3

# Create a deployment named my-dep that runs the busybox image and expose port 5701
kubectl create deployment my-dep --image=busybox --port=5701`,
  kind: DEPLOYMENTS,
  failure: 'failed to create deployment: ',
  flags: [
    {
      name: 'image',
      kind: 'strings',
      required: true,
      usage: 'Image names to run. A deployment can have multiple images set for multi-container pod.',
    },
    { name: 'port', kind: 'int', default: '-1', usage: 'The containerPort that this deployment exposes.' },
    { name: 'replicas', shorthand: 'r', kind: 'int', default: '1', usage: 'Number of replicas to create. Default is 1.' },
  ],
  build(_cli, name, { flags, args, dashAt }) {
    const images = flags.strings('image');
    const command = dashAt < 0 ? [] : args.slice(dashAt);
    if (images.length > 1 && command.length > 0) throw new CliError('cannot specify multiple --image options and command');
    const port = flags.int('port');
    if (port > 65535) throw new CliError('validation failed: --port must be between 1 and 65535, inclusive');
    const containers = images.map((image) => ({
      name: containerName(image),
      image,
      ...(command.length > 0 && { command }),
      resources: {},
    }));
    if (port >= 0) Object.assign(containers[0]!, { ports: [{ containerPort: port }] });
    const labels = { app: name };
    return {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name, labels },
      spec: {
        replicas: flags.int('replicas'),
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
        strategy: {},
      },
      status: {},
    };
  },
};

/** The last part of an image's path, without tag and digest, as a container's name. */
function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return last
    .replace(/[:@].*$/, '')
    .toLowerCase()
    .replaceAll('_', '-')
    .replaceAll('.', '-');
}
