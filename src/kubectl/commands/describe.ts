import { isApiError } from '../../api/status.ts';
import { command } from '../command.ts';
import { describe as describeObject, type DescribeContext } from '../describers/describer.ts';
import { describerOf } from '../describers/list.ts';
import { CliError, PlainError, throwAll } from '../errors.ts';
import {
  ALL_NAMESPACES_FLAG,
  FILE_FLAGS,
  hasFiles,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  visit,
  type Info,
  type ResourceRequest,
} from '../resource.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';

interface DescribeOptions {
  readonly request: ResourceRequest;
  readonly showEvents: boolean;
}

export const describe = command<DescribeOptions>({
  name: 'describe',
  usage: 'kubectl describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  short: 'Show details of a specific resource or group of resources',
  long: `Show details of a specific resource or group of resources.

 Print a detailed description of the selected resources, including related resources such as events or controllers. You may select a single object by name, all objects of that type, provide a name prefix, or label selector. For example:

  $ kubectl describe TYPE NAME_PREFIX

 will first check for an exact match on TYPE and NAME_PREFIX. If no such resource exists, it will output details for every resource that has a name prefixed with NAME_PREFIX.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# Describe a node
kubectl describe nodes kubernetes-node-emt8.c.myproject.internal

# Describe a pod
kubectl describe pods/nginx

# Describe all pods
kubectl describe pods

# Describe pods by label name=myLabel
kubectl describe pods -l name=myLabel`,
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'chunk-size', kind: 'int', default: '500', usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    { name: 'show-events', kind: 'bool', default: 'true', usage: 'If true, display events related to the described object.' },
  ],
  complete(_cli, { flags, args }) {
    const request: ResourceRequest = { ...requestOf(args, flags), latest: true, allowEmptySelector: true };
    if (args.length === 0 && !hasFiles(request)) {
      throw new CliError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    }
    return { request, showEvents: flags.bool('show-events') };
  },
  *run(cli, { request, showEvents }) {
    const plan = yield* planOf(cli, request);
    const context: DescribeContext = { api: cli.api, nowMs: cli.kernel.epochMs(), showEvents };
    const tell = printer(cli, context);
    try {
      const count = yield* visit(cli, plan, {}, tell);
      if (count > 0) return;
      const namespaced = !request.allNamespaces && plan.targets.every((target) => target.type === 'manifest' || target.kind.namespaced);
      yield* cli.err(namespaced ? `No resources found in ${cli.namespace} namespace.\n` : 'No resources found\n');
    } catch (error) {
      if (!isApiError(error, 'NotFound') || request.args.length !== 2) throw error;
      yield* describeByPrefix(cli, request, tell, error);
    }
  },
});

function printer(cli: Cli, context: DescribeContext): (info: Info) => Task<void> {
  let first = true;
  return function* ({ kind, object }): Task<void> {
    const text = yield* describeObject(describerOf(kind), object, context);
    yield* cli.out(first ? text : `\n\n${text}`);
    first = false;
  };
}

/** Describes all objects whose name begins with what was given; the first error if there are none. */
function* describeByPrefix(cli: Cli, request: ResourceRequest, tell: (info: Info) => Task<void>, notFound: unknown): Task<void> {
  const [type, prefix] = request.args as [string, string];
  const plan = yield* planOf(cli, { ...request, args: [type] });
  let found = false;
  const errors: unknown[] = [];
  try {
    yield* visit(cli, plan, {}, function* (info): Task<void> {
      if (!info.name.startsWith(prefix)) return;
      found = true;
      yield* tell(info);
    });
  } catch (error) {
    if (error instanceof PlainError) throw error;
    errors.push(error);
  }
  if (!found) throw notFound;
  throwAll(errors);
}
