import { ApiError, isApiError } from '../../api/status.ts';
import { CLOSED } from '../../sim/sync.ts';
import { presentKind } from '../legacy-kinds.ts';
import { groupResource } from '../../api/kind.ts';
import { command } from '../command.ts';
import { CliError, PlainError, withSource } from '../errors.ts';
import { DRY_RUN_FLAG, dryRunOf, dryRunSuffix, type DryRun } from '../changes.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  hasFiles,
  MISSING_RESOURCES,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  visit,
  type Info,
  type ResourceRequest,
} from '../resource.ts';
import { qualifiedName } from '../printers/output.ts';
import type { DeleteOptions } from '../../client/client.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';
import type { Flags, FlagSpec } from '../flags.ts';

export interface DeletionOptions {
  readonly dryRun: DryRun;
  /** Negative: the object's own. */
  readonly gracePeriodSeconds: number;
  readonly propagationPolicy: 'Background' | 'Foreground' | 'Orphan';
  /** After `--force`: no waiting on the node's word. */
  readonly force: boolean;
  readonly wait: boolean;
  /** 0: as long as it takes. */
  readonly timeoutMs: number;
  readonly nameOnly: boolean;
  readonly ignoreNotFound: boolean;
}

interface DeleteCommandOptions extends DeletionOptions {
  readonly request: ResourceRequest;
  readonly now: boolean;
  readonly notes: readonly string[];
  readonly raw: string;
}

export const CASCADE_FLAG: FlagSpec = {
  name: 'cascade',
  kind: 'string',
  default: 'background',
  bare: 'background',
  usage:
    'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
};

export const deletion = command<DeleteCommandOptions>({
  name: 'delete',
  usage: 'kubectl delete ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])',
  short: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  long: `Delete resources by file names, stdin, resources and names, or by resources and label selector.

 JSON and YAML formats are accepted. Only one type of argument may be specified: file names, resources and names, or resources and label selector.

 Some resources, such as pods, support graceful deletion. These resources define a default period before they are forcibly terminated (the grace period) but you may override that value with the --grace-period flag, or pass --now to set a grace-period of 1. Because these resources often represent entities in the cluster, deletion may not be acknowledged immediately. If the node hosting a pod is down or cannot reach the API server, termination may take significantly longer than the grace period. To force delete a resource, you must specify the --force flag.`,
  examples: `# Delete a pod using the type and name specified in pod.json
kubectl delete -f ./pod.json

# Delete pods and services with same names "baz" and "foo"
kubectl delete pod,service baz foo

# Delete pods and services with label name=myLabel
kubectl delete pods,services -l name=myLabel

# Delete a pod with minimal delay
kubectl delete pod foo --now

# Force delete a pod on a dead node
kubectl delete pod foo --force

# Delete all pods
kubectl delete pods --all`,
  flags: [
    ...FILE_FLAGS,
    { name: 'output', shorthand: 'o', kind: 'string', usage: 'Output mode. Use "-o name" for shorter output (resource/name).' },
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    CASCADE_FLAG,
    { name: 'all', kind: 'bool', usage: 'Delete all resources, in the namespace of the specified resource types.' },
    {
      name: 'force',
      kind: 'bool',
      usage:
        'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
    },
    {
      name: 'grace-period',
      kind: 'int',
      default: '-1',
      usage:
        'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
    },
    {
      name: 'ignore-not-found',
      kind: 'bool',
      usage: 'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.',
    },
    { name: 'interactive', shorthand: 'i', kind: 'bool', usage: 'If true, delete resource only when user confirms.' },
    { name: 'now', kind: 'bool', usage: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).' },
    { name: 'raw', kind: 'string', usage: 'Raw URI to DELETE to the server.  Uses the transport specified by the kubeconfig file.' },
    {
      name: 'timeout',
      kind: 'duration',
      default: '0s',
      usage: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    {
      name: 'wait',
      kind: 'bool',
      default: 'true',
      usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.',
    },
  ],
  complete(_cli, { flags, args }) {
    const request = requestOf(args, flags);
    const { policy, note } = cascadeOf(flags);
    let gracePeriodSeconds = flags.int('grace-period');
    const now = flags.bool('now');
    const force = flags.bool('force');
    if (now && gracePeriodSeconds >= 0) throw new CliError('--now and --grace-period cannot be specified together');
    if (now) gracePeriodSeconds = 1;
    let wait = flags.bool('wait');
    if (gracePeriodSeconds === 0 && !force) gracePeriodSeconds = 1;
    else if (force && gracePeriodSeconds < 0) gracePeriodSeconds = 0;
    if (force && !flags.changed('wait')) wait = false;
    const output = flags.string('output');
    if (output !== '' && output !== 'name') throw new CliError(`unexpected -o output mode: ${output}. We only support '-o name'`);
    return {
      request,
      dryRun: dryRunOf(flags),
      gracePeriodSeconds,
      propagationPolicy: policy,
      force,
      wait,
      timeoutMs: flags.durationMs('timeout'),
      nameOnly: output === 'name',
      ignoreNotFound: flags.bool('ignore-not-found') || (flags.bool('all') && !flags.changed('ignore-not-found')),
      now,
      notes: note ? [note] : [],
      raw: flags.string('raw'),
    };
  },
  validate({ request, gracePeriodSeconds, force }) {
    if (request.all && request.labelSelector) throw new CliError('cannot set --all and --selector at the same time');
    if (request.args.length === 0 && !hasFiles(request) && !request.labelSelector && !request.all) throw new CliError(MISSING_RESOURCES);
    if (force && gracePeriodSeconds > 0) throw new CliError('--force and --grace-period greater than 0 cannot be specified together');
  },
  *run(cli, options) {
    for (const note of options.notes) yield* cli.err(`${note}\n`);
    if (options.raw) {
      const { body } = yield* cli.api.send('DELETE', options.raw, []);
      return yield* cli.out(`${JSON.stringify(body)}\n`);
    }
    const { request } = options;
    if (options.force && options.gracePeriodSeconds === 0) {
      yield* cli.warn(
        'Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.',
      );
    }
    const plan = yield* planOf(cli, request);
    const count = yield* deleteAll(cli, plan, options);
    if (count === 0) {
      if (request.filenames?.length || plan.targets.some(({ type }) => type === 'name')) return;
      yield* cli.out('No resources found\n');
    }
  },
});

function cascadeOf(flags: Flags): { policy: DeletionOptions['propagationPolicy']; note?: string } {
  const value = flags.string('cascade');
  switch (value) {
    case 'background':
      return { policy: 'Background' };
    case 'foreground':
      return { policy: 'Foreground' };
    case 'orphan':
      return { policy: 'Orphan' };
    case 'true':
      return {
        policy: 'Background',
        note: 'warning: --cascade=true is deprecated (boolean value) and can be replaced with --cascade=background.',
      };
    case 'false':
      return {
        policy: 'Orphan',
        note: 'warning: --cascade=false is deprecated (boolean value) and can be replaced with --cascade=orphan.',
      };
    default:
      throw new CliError(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
  }
}

interface Doomed {
  readonly info: Info;
  readonly uid: string | undefined;
}

/** Deletes what a plan names and waits until it is gone, as asked. Answers how many there were. */
export function* deleteAll(cli: Cli, plan: Parameters<typeof visit>[1], options: DeletionOptions): Task<number> {
  const doomed: Doomed[] = [];
  let count = 0;
  let failure: unknown;
  try {
    yield* visit(cli, plan, { blind: true, ignoreNotFound: options.ignoreNotFound }, function* (info): Task<void> {
      const uid = yield* deleteOne(cli, info, options);
      count++;
      doomed.push({ info, uid });
    });
  } catch (error) {
    if (error instanceof PlainError) throw error;
    failure = error;
  }
  if (options.wait && options.dryRun === 'none') {
    for (const { info, uid } of doomed) yield* waitUntilGone(cli, info, uid, options.timeoutMs);
  }
  if (failure) throw failure;
  return count;
}

function* deleteOne(cli: Cli, info: Info, options: DeletionOptions): Task<string | undefined> {
  const { kind, namespace, name } = info;
  let answer: KubeObject | undefined;
  if (options.dryRun !== 'client') {
    const request: DeleteOptions = {
      propagationPolicy: options.propagationPolicy,
      ...(options.gracePeriodSeconds >= 0 && { gracePeriodSeconds: options.gracePeriodSeconds }),
      dryRun: options.dryRun === 'server',
    };
    try {
      answer = yield* cli.api.delete(kind, { namespace, name }, request);
    } catch (error) {
      throw withSource('deleting', info.source, error);
    }
  } else if (info.source === '' && info.object.metadata?.uid === undefined) {
    yield* cli.api.get(kind, { namespace, name });
  }
  yield* tellDeleted(cli, info, options);
  return answer?.metadata?.uid ?? (answer as { details?: { uid?: string } } | undefined)?.details?.uid;
}

function* tellDeleted(cli: Cli, info: Info, options: DeletionOptions): Task<void> {
  const { kind, name, namespace } = info;
  if (options.nameOnly) return yield* cli.line(qualifiedName(kind, name));
  const { kind: kindName, group } = presentKind(kind);
  const subject = `${kindName.toLowerCase()}${group ? `.${group}` : ''} "${name}"`;
  const verb = options.force && options.gracePeriodSeconds === 0 ? 'force deleted' : 'deleted';
  const place = namespace ? ` from ${namespace} namespace` : '';
  yield* cli.line(`${subject} ${verb}${place}${dryRunSuffix(options.dryRun)}`);
}

/** Waits until an object, or the one that had its uid, is no more. Throws when the time is up. */
export function* waitUntilGone(
  cli: Cli,
  info: Pick<Info, 'kind' | 'namespace' | 'name'>,
  uid: string | undefined,
  timeoutMs: number,
): Task<void> {
  const { kind, namespace, name } = info;
  const untilMs = timeoutMs > 0 ? cli.kernel.now + timeoutMs : Infinity;
  for (;;) {
    let resourceVersion: string | undefined;
    try {
      const list = yield* cli.api.list(kind, { namespace, fieldSelector: `metadata.name=${name}` });
      const [object] = list.items;
      if (!object || (uid !== undefined && object.metadata?.uid !== uid)) return;
      resourceVersion = list.metadata?.resourceVersion;
    } catch (error) {
      if (isApiError(error, 'NotFound') || isApiError(error, 'Forbidden') || isApiError(error, 'MethodNotAllowed')) return;
      throw error;
    }
    const watch = yield* cli.api.watch(kind, { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion });
    try {
      for (;;) {
        const event = yield* watch.nextBefore(untilMs);
        if (event === CLOSED) break;
        if (event.type === 'DELETED') return;
        if (event.type === 'ERROR') throw ApiError.of(event.object as never);
      }
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error;
    } finally {
      watch.stop();
    }
    if (cli.kernel.now >= untilMs)
      throw new CliError(`timed out waiting for the condition on ${groupResource(presentKind(kind)).split('.')[0]}/${name}`);
  }
}
