import { rfc3339 } from '../../base/time.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../kinds.ts';
import { changePrinter, type ChangePrinter } from '../changes.ts';
import { command, type Command } from '../command.ts';
import { CliError } from '../errors.ts';
import { FILE_FLAGS, hasFiles, planOf, requestOf, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface VerdictOptions {
  readonly request: ResourceRequest;
  readonly force: boolean;
  readonly printer: ChangePrinter;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}

function verdictCommand(name: 'approve' | 'deny', type: 'Approved' | 'Denied'): Command {
  const done = type.toLowerCase();
  return command<VerdictOptions>({
    name,
    usage: `kubectl certificate ${name} (-f FILENAME | NAME)`,
    short: `${name === 'approve' ? 'Approve' : 'Deny'} a certificate signing request`,
    long: `${name === 'approve' ? 'Approve' : 'Deny'} a certificate signing request.`,
    examples: `# ${name === 'approve' ? 'Approve' : 'Deny'} CSR 'csr-sqgzp'\nkubectl certificate ${name} csr-sqgzp`,
    flags: [...FILE_FLAGS, ...PRINT_FLAGS, { name: 'force', kind: 'bool', usage: 'Update the CSR even if it is already approved/denied.' }],
    complete(cli, { flags, args }) {
      const request = requestOf(args, flags);
      if (args.length === 0 && !hasFiles(request)) throw new CliError('one or more CSRs must be specified as <name> or -f <filename>');
      return {
        request: { ...request, args: args.length > 0 ? ['certificatesigningrequests', ...args] : [], latest: true },
        force: flags.bool('force'),
        printer: changePrinter(cli, flags, done, 'none'),
      };
    },
    *run(cli, options) {
      const plan = yield* planOf(cli, options.request);
      yield* visit(cli, plan, {}, (info) => judge(cli, info, type, options));
    },
  });
}

function* judge(cli: Cli, { name, object }: Info, type: 'Approved' | 'Denied', { force, printer }: VerdictOptions): Task<void> {
  const conditions = (object.status?.conditions ?? []) as Condition[];
  const opposite = type === 'Approved' ? 'Denied' : 'Approved';
  if (conditions.some((condition) => condition.type === opposite))
    throw new CliError(`certificate signing request "${name}" is already ${opposite.toLowerCase()}`);
  let after = object;
  if (force || !conditions.some((condition) => condition.type === type)) {
    const now = rfc3339(cli.kernel.epochMs());
    const condition = {
      type,
      status: 'True',
      reason: `Kubectl${type === 'Approved' ? 'Approve' : 'Deny'}`,
      message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${type === 'Approved' ? 'approve' : 'deny'}.`,
      lastUpdateTime: now,
      lastTransitionTime: now,
    };
    const changed = { ...object, status: { ...object.status, conditions: [...conditions.filter((one) => one.type !== type), condition] } };
    after = yield* cli.api.replace(CERTIFICATE_SIGNING_REQUESTS, changed, { name }, { subresource: 'approval' });
  }
  yield* printer(after, CERTIFICATE_SIGNING_REQUESTS);
}

export const certificate: Command = {
  name: 'certificate',
  usage: 'kubectl certificate SUBCOMMAND',
  short: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  subcommands: [verdictCommand('approve', 'Approved'), verdictCommand('deny', 'Denied')],
};
