import { PODS } from '../../api/kinds.ts';
import { fnv1a32 } from '../../base/hash.ts';
import { announce, streamContainer } from '../attach.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { podFor } from './exec.ts';

interface DebugOptions {
  readonly resource: string | undefined;
  readonly image: string;
  readonly container: string;
  readonly target: string;
  readonly copyTo: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly attach: boolean;
  readonly profile: string;
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

export const debug = command<DebugOptions>({
  name: 'debug',
  usage: 'kubectl debug (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]',
  short: 'Create debugging sessions for troubleshooting workloads and nodes',
  long: "Debug cluster resources using interactive debugging containers.\n\n 'debug' provides automation for common debugging tasks for cluster objects identified by resource and name. Pods will be used by default if no resource is specified.",
  examples: '# Create an interactive debugging session in pod mypod and immediately attach to it\nkubectl debug mypod -it --image=busybox',
  flags: [
    {
      name: 'arguments-only',
      kind: 'bool',
      usage: 'If specified, everything after -- will be passed to the new container as Args instead of Command.',
    },
    {
      name: 'attach',
      kind: 'bool',
      usage: "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.",
    },
    { name: 'container', shorthand: 'c', kind: 'string', usage: 'Container name to use for debug container.' },
    { name: 'copy-to', kind: 'string', usage: 'Create a copy of the target Pod with this name.' },
    { name: 'image', kind: 'string', usage: 'Container image to use for debug container.' },
    {
      name: 'profile',
      kind: 'string',
      default: 'legacy',
      usage: 'Options are "legacy", "general", "baseline", "netadmin", "restricted" or "sysadmin".',
    },
    { name: 'quiet', shorthand: 'q', kind: 'bool', usage: 'If true, suppress informational messages.' },
    { name: 'stdin', shorthand: 'i', kind: 'bool', usage: 'Keep stdin open on the container(s) in the pod, even if nothing is attached.' },
    { name: 'target', kind: 'string', usage: 'When using an ephemeral container, target processes in this container name.' },
    { name: 'tty', shorthand: 't', kind: 'bool', usage: 'Allocate a TTY for the debugging container.' },
  ],
  complete(_cli, { flags, args, dashAt }) {
    return {
      resource: args[0],
      image: flags.string('image'),
      container: flags.string('container'),
      target: flags.string('target'),
      copyTo: flags.string('copy-to'),
      command: dashAt < 0 ? [] : args.slice(dashAt),
      stdin: flags.bool('stdin'),
      tty: flags.bool('tty'),
      attach: flags.bool('attach') || flags.bool('stdin'),
      profile: flags.string('profile'),
    };
  },
  validate({ image, copyTo, resource }) {
    if (image === '' && copyTo === '') throw new CliError('you must specify --image when not using --copy-to.');
    if (copyTo !== '') throw new CliError('copies of pods for debugging are not supported yet: leave out --copy-to');
    if (resource === undefined) throw new CliError('NAME is required for debug');
  },
  *run(cli, options) {
    if (options.profile === 'legacy') {
      yield* cli.err(
        '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".\n',
      );
    }
    const pod = yield* podFor(cli, options.resource!);
    const { namespace, name = '' } = pod.metadata ?? {};
    const container = options.container || `debugger-${suffix(`${name} ${cli.kernel.epochMs()}`)}`;
    if (!options.container) yield* cli.err(`Defaulting debug container name to ${container}.\n`);
    const ephemeral = {
      name: container,
      image: options.image,
      ...(options.command.length > 0 && { command: options.command }),
      ...(options.target && { targetContainerName: options.target }),
      ...(options.stdin && { stdin: true }),
      ...(options.tty && { tty: true }),
      terminationMessagePolicy: 'File',
    };
    yield* cli.api.patch(
      PODS,
      { namespace, name },
      'strategic',
      { spec: { ephemeralContainers: [ephemeral] } },
      { subresource: 'ephemeralcontainers' },
    );
    if (!options.attach) return;
    yield* announce(cli);
    yield* streamContainer(cli, { namespace, name }, 'attach', container, [], options);
  },
});

function suffix(text: string): string {
  let rest = fnv1a32(text);
  let letters = '';
  for (let i = 0; i < 5; i++) {
    letters += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length);
  }
  return letters;
}
