import { PODS } from '../../api/kinds.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { copyFrom, copyTo } from '../remote-files.ts';
import { defaultContainer } from './logs.ts';

interface CopyOptions {
  readonly from: string;
  readonly to: string;
  readonly container: string;
}

interface Remote {
  readonly namespace: string | undefined;
  readonly pod: string;
  readonly path: string;
}

/** `pod:/path`, `namespace/pod:/path`; undefined for a local path. */
function remoteOf(text: string): Remote | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0 || text.startsWith('/') || text.startsWith('.')) return undefined;
  const parts = text.slice(0, colon).split('/');
  if (parts.length > 2) throw new CliError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  return { namespace: parts.length === 2 ? parts[0] : undefined, pod: parts.at(-1)!, path: text.slice(colon + 1) };
}

export const copy = command<CopyOptions>({
  name: 'cp',
  usage: 'kubectl cp <file-spec-src> <file-spec-dest>',
  short: 'Copy files and directories to and from containers',
  long: 'Copy files and directories to and from containers.',
  examples:
    '# Copy /tmp/foo local file to /tmp/bar in a remote pod in namespace <some-namespace>\nkubectl cp /tmp/foo <some-namespace>/<some-pod>:/tmp/bar',
  flags: [
    {
      name: 'container',
      shorthand: 'c',
      kind: 'string',
      usage:
        'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
    },
    {
      name: 'no-preserve',
      kind: 'bool',
      usage: "The copied file/directory's ownership and permissions will not be preserved in the container",
    },
    {
      name: 'retries',
      kind: 'int',
      usage:
        'Set number of retries to complete a copy operation from a container. Specify 0 to disable or any negative value for infinite retrying. The default is 0 (no retry).',
    },
  ],
  complete(_cli, { flags, args }) {
    if (args.length !== 2) throw new CliError('source and destination are required');
    return { from: args[0]!, to: args[1]!, container: flags.string('container') };
  },
  *run(cli, { from, to, container }) {
    const [source, target] = [remoteOf(from), remoteOf(to)];
    if (source && target) throw new CliError('one of src or dest must be a local file specification');
    const remote = source ?? target;
    if (!remote) throw new CliError('one of src or dest must be a remote file specification');
    if (!source && !cli.context.system.files.stat(cli.path(from))) throw new CliError(`${from} doesn't exist in local filesystem`);
    const namespace = remote.namespace ?? cli.namespace;
    const pod = yield* cli.api.get(PODS, { namespace, name: remote.pod });
    const place = { namespace, pod: remote.pod, container: container || (yield* defaultContainer(cli, pod)) };
    if (source) yield* copyFrom(cli, place, source.path, to);
    else yield* copyTo(cli, place, from, target!.path);
  },
});
