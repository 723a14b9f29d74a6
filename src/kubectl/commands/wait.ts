import { ApiError, isApiError } from '../../api/status.ts';
import { CLOSED } from '../../sim/sync.ts';
import { goValue } from '../../api/print.ts';
import { JsonPath, JsonPathError, relaxedJsonPath } from '../../api/jsonpath.ts';
import { sleep, type Task } from '../../sim/wait.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { waitUntilGone } from './delete.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  visit,
  type Info,
  type Plan,
  type ResourceRequest,
} from '../resource.ts';
import { printerOf, PRINT_FLAGS, qualifiedName, type ObjectPrinter } from '../printers/output.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Cli } from '../cli.ts';

type Aim =
  | { readonly type: 'delete' }
  | { readonly type: 'create' }
  /** Throws {@link CliError} when it can never come about. */
  | { readonly type: 'state'; readonly isReached: (object: KubeObject) => boolean };

interface WaitOptions {
  readonly request: ResourceRequest;
  readonly aim: Aim;
  readonly timeoutMs: number;
  readonly printer: ObjectPrinter | undefined;
}

const CREATE_POLL_MS = 500;
const ONE_WEEK_MS = 168 * 3_600_000;

export const wait = command<WaitOptions>({
  name: 'wait',
  usage:
    "kubectl wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Wait for a specific condition on one or many resources',
  long: `Wait for a specific condition on one or many resources.

 The command takes multiple resources and waits until the specified condition is seen in the Status field of every given resource.

 Alternatively, the command can wait for the given set of resources to be created or deleted by providing the "create" or "delete" keyword as the value to the --for flag.

 A successful message will be printed to stdout indicating when the specified condition has been met. You can use -o option to change to output destination.`,
  examples: `# Wait for the pod "busybox1" to contain the status condition of type "Ready"
kubectl wait --for=condition=Ready pod/busybox1

# Wait for the pod "busybox1" to contain the status phase to be "Running"
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1

# Wait for the pod "busybox1" to be deleted, with a timeout of 60s
kubectl wait --for=delete pod/busybox1 --timeout=60s`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'all', kind: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'for',
      kind: 'string',
      usage:
        "The condition to wait on: [create|delete|condition=condition-name[=condition-value]|jsonpath='{JSONPath expression}'=[JSONPath value]]. The default condition-value is true. Condition values are compared after Unicode simple case folding, which is a more general form of case-insensitivity.",
    },
    { name: 'local', kind: 'bool', usage: 'If true, annotation will NOT contact api-server but run locally.' },
    {
      name: 'timeout',
      kind: 'duration',
      default: '30s',
      usage: "The length of time to wait before giving up. Zero means check once and don't wait, negative means wait for a week.",
    },
  ],
  complete(cli, { flags, args }) {
    const timeoutMs = flags.durationMs('timeout');
    return {
      request: { ...requestOf(args, flags), latest: true },
      aim: aimOf(flags.string('for')),
      timeoutMs: timeoutMs < 0 ? ONE_WEEK_MS : timeoutMs,
      printer: printerOf(cli, flags),
    };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    const { aim } = options;
    const bySelection = plan.targets.some(({ type }) => type === 'selection');
    if (aim.type === 'create') return yield* waitForCreation(cli, plan, options, bySelection);
    const count = yield* visit(cli, plan, { ignoreNotFound: aim.type === 'delete' }, function* (info): Task<void> {
      const reached =
        aim.type === 'delete' ? yield* waitForDeletion(cli, info, options) : yield* waitForState(cli, info, aim.isReached, options);
      yield* tell(cli, info, reached, options);
    });
    if (count === 0 && aim.type !== 'delete') throw new CliError('no matching resources found');
  },
});

function* tell(cli: Cli, { kind, name }: Info, object: KubeObject, { printer }: WaitOptions): Task<void> {
  if (printer && printer.format !== 'name') yield* cli.out(printer.print(object));
  else yield* cli.line(printer ? qualifiedName(kind, name) : `${qualifiedName(kind, name)} condition met`);
}

function timedOut({ kind, name }: Info): CliError {
  return new CliError(`timed out waiting for the condition on ${kind.resource}/${name}`);
}

function* waitForDeletion(cli: Cli, info: Info, { timeoutMs }: WaitOptions): Task<KubeObject> {
  if (timeoutMs === 0) throw new CliError(`condition not met for ${info.name}`);
  yield* waitUntilGone(cli, info, info.object.metadata?.uid, timeoutMs);
  return info.object;
}

function* waitForCreation(cli: Cli, plan: Plan, options: WaitOptions, bySelection: boolean): Task<void> {
  const untilMs = cli.kernel.now + options.timeoutMs;
  for (;;) {
    try {
      const infos: Info[] = [];
      yield* visit(cli, plan, {}, function* (info): Task<void> {
        infos.push(info);
      });
      if (infos.length > 0 || !bySelection) {
        for (const info of infos) yield* tell(cli, info, info.object, options);
        return;
      }
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
      if (options.timeoutMs === 0) throw error;
    }
    if (cli.kernel.now >= untilMs) throw new CliError('timed out waiting for the condition');
    yield* sleep(CREATE_POLL_MS);
  }
}

function* waitForState(
  cli: Cli,
  info: Info,
  isReached: (object: KubeObject) => boolean,
  { timeoutMs, request }: WaitOptions,
): Task<KubeObject> {
  const { kind, namespace, name } = info;
  if (isReached(info.object)) return info.object;
  if (request.local || timeoutMs === 0) throw new CliError(`condition not met for ${name}`);
  const untilMs = cli.kernel.now + timeoutMs;
  let resourceVersion = info.object.metadata?.resourceVersion;
  for (;;) {
    const watch = yield* cli.api.watch(kind, { namespace, fieldSelector: `metadata.name=${name}`, resourceVersion });
    try {
      for (;;) {
        const event = yield* watch.nextBefore(untilMs);
        if (event === CLOSED) break;
        if (event.type === 'ERROR') throw ApiError.of(event.object as never);
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED') throw timedOutOrGone(info);
        if (isReached(event.object)) return event.object;
      }
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error;
    } finally {
      watch.stop();
    }
    if (cli.kernel.now >= untilMs) throw timedOut(info);
    const object = yield* cli.api.get(kind, { namespace, name });
    if (isReached(object)) return object;
    ({ resourceVersion } = object.metadata!);
  }
}

function timedOutOrGone({ kind, name }: Info): ApiError {
  return new ApiError(404, 'NotFound', `${kind.resource}${kind.group ? `.${kind.group}` : ''} "${name}" not found`);
}

/** What `--for` asks for. Throws {@link CliError}. */
function aimOf(text: string): Aim {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { type: 'delete' };
  if (lower === 'create') return { type: 'create' };
  if (text.startsWith('condition=')) return { type: 'state', isReached: conditionAim(text.slice('condition='.length)) };
  if (text.startsWith('jsonpath=')) return { type: 'state', isReached: jsonPathAim(text.slice('jsonpath='.length)) };
  throw new CliError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function conditionAim(text: string): (object: KubeObject) => boolean {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? 'true' : text.slice(equals + 1);
  return (object) => {
    const conditions = (object.status?.conditions ?? []) as { type: string; status: string; observedGeneration?: number }[];
    const condition = conditions.find(({ type }) => type.toLowerCase() === name.toLowerCase());
    if (!condition) return false;
    const generation = object.metadata?.generation;
    const observed = condition.observedGeneration ?? (object.status as { observedGeneration?: number }).observedGeneration;
    if (generation !== undefined && observed !== undefined && observed < generation) return false;
    return condition.status.toLowerCase() === value.toLowerCase();
  };
}

function jsonPathAim(text: string): (object: KubeObject) => boolean {
  const [expression, value] = splitJsonPath(text);
  let path: JsonPath;
  try {
    path = new JsonPath(relaxedJsonPath(expression), { allowMissingKeys: true });
  } catch (error) {
    if (error instanceof JsonPathError) throw new CliError(error.message);
    throw error;
  }
  return (object) => {
    let values: unknown[];
    try {
      values = path.find(object)[0] ?? [];
    } catch (error) {
      // Lists that are still empty have no first item.
      if (error instanceof JsonPathError) return false;
      throw error;
    }
    if (values.length === 0) return false;
    if (values.length > 1) throw new CliError('given jsonpath expression matches more than one value');
    const [found] = values;
    if (typeof found === 'object' && found !== null) throw new CliError('jsonpath leads to a nested object or list which is not supported');
    return value === undefined || goValue(found) === value;
  };
}

/** `{.status.phase}=Running` as path and value; a value may hold `=` itself, and so may a filter. */
function splitJsonPath(text: string): [string, string | undefined] {
  const cleaned = text.replace(/^['"](.*)['"]$/s, '$1');
  const end = cleaned.startsWith('{') ? cleaned.lastIndexOf('}') + 1 : cleaned.indexOf('=') < 0 ? cleaned.length : cleaned.indexOf('=');
  const rest = cleaned.slice(end);
  if (rest !== '' && !rest.startsWith('='))
    throw new CliError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  if (rest === '=') throw new CliError('jsonpath wait value cannot be empty');
  const expression = cleaned.slice(0, end);
  return [expression, rest === '' ? undefined : rest.slice(1).replace(/^['"](.*)['"]$/s, '$1')];
}
