import { changeText, DRY_RUN_FLAG, dryRunOf, type DryRun } from '../changes.ts';
import { command, type Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { NODES } from '../../api/kinds.ts';
import { planOf, SELECTOR_FLAG, visit, type Info, type ResourceRequest } from '../resource.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface CordonOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
}

/** The nodes that arguments or a selector name. Throws {@link UsageError}. */
export function nodesRequest(name: string, args: readonly string[], selector: string): ResourceRequest {
  if (args.length === 0 && selector === '') throw new UsageError(`USAGE: ${name} NODE [flags]`);
  if (args.length > 0 && selector !== '') throw new UsageError('cannot specify both a node name and a --selector option');
  return { args: ['nodes', ...args], labelSelector: selector, latest: true };
}

/** Marks a node as one to schedule on or not; says if it was so already. */
export function* setUnschedulable(cli: Cli, { object, name }: Info, unschedulable: boolean, dryRun: DryRun): Task<void> {
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  const already = (object.spec?.unschedulable ?? false) === unschedulable;
  if (!already && dryRun !== 'client') {
    yield* cli.api.patch(NODES, { name }, 'strategic', { spec: { unschedulable: unschedulable || null } }, { dryRun: dryRun === 'server' });
  }
  yield* cli.line(changeText(NODES, name, already ? `already ${word}` : word, dryRun));
}

function cordonCommand(name: 'cordon' | 'uncordon', long: string): Command {
  return command<CordonOptions>({
    name,
    usage: `kubectl ${name} NODE`,
    short: long.replace(/\.$/, ''),
    long,
    examples: `# ${long.replace(/\.$/, '').replace('node', 'node "foo"')}\nkubectl ${name} foo`,
    flags: [DRY_RUN_FLAG, SELECTOR_FLAG],
    complete: (_cli, { flags, args }) => ({ request: nodesRequest(name, args, flags.string('selector')), dryRun: dryRunOf(flags) }),
    *run(cli, { request, dryRun }) {
      const plan = yield* planOf(cli, request);
      yield* visit(cli, plan, {}, (info) => setUnschedulable(cli, info, name === 'cordon', dryRun));
    },
  });
}

export const cordon = cordonCommand('cordon', 'Mark node as unschedulable.');
export const uncordon = cordonCommand('uncordon', 'Mark node as schedulable.');
