import { SERVICE_ACCOUNTS } from '../../../api/kinds.ts';
import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { nameArgument } from '../../generator.ts';
import { OUTPUT_FLAG, printerOf, type ObjectPrinter } from '../../printers/output.ts';

interface TokenOptions {
  readonly name: string;
  readonly audiences: readonly string[];
  readonly durationMs: number;
  readonly printer: ObjectPrinter | undefined;
}

export const createToken = command<TokenOptions>({
  name: 'token',
  usage: 'kubectl create token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token',
  long: 'Request a service account token.',
  examples:
    '# Request a token to authenticate to the kube-apiserver as the service account "myapp" in the current namespace\nkubectl create token myapp',
  flags: [
    OUTPUT_FLAG,
    {
      name: 'audience',
      kind: 'array',
      usage: 'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server.',
    },
    {
      name: 'duration',
      kind: 'duration',
      default: '0s',
      usage:
        'Requested lifetime of the issued token. If not set or if set to 0, the lifetime will be determined by the server automatically.',
    },
  ],
  complete: (cli, invocation) => ({
    name: nameArgument(invocation),
    audiences: invocation.flags.strings('audience'),
    durationMs: invocation.flags.durationMs('duration'),
    printer: printerOf(cli, invocation.flags),
  }),
  validate({ durationMs }) {
    if (durationMs < 0) throw new CliError('--duration must be greater than or equal to 0');
  },
  *run(cli, { name, audiences, durationMs, printer }) {
    const request = {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {},
      spec: {
        audiences: audiences.length > 0 ? audiences : null,
        ...(durationMs > 0 && { expirationSeconds: Math.floor(durationMs / 1000) }),
      },
    };
    const answer = yield* cli.api.createSub(SERVICE_ACCOUNTS, { namespace: cli.namespace, name }, 'token', request);
    const token = answer.status?.token as string | undefined;
    if (!token) throw new CliError(`failed to create token:  no token in server response`);
    yield* cli.out(printer ? printer.print(answer) : `${token}\n`);
  },
});
