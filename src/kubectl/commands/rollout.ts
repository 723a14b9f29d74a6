import { ApiError, isApiError } from '../../api/status.ts';
import { CLOSED } from '../../sim/sync.ts';
import { groupResource, type Kind } from '../../api/kind.ts';
import { rfc3339 } from '../../base/time.ts';
import { changePrinter, changeText, DRY_RUN_FLAG, dryRunOf, FIELD_MANAGER_FLAG, type ChangePrinter, type DryRun } from '../changes.ts';
import { command, type Command } from '../command.ts';
import { podTemplateText } from '../describers/pod-template.ts';
import { CliError, UsageError } from '../errors.ts';
import { alignTabs, DESCRIBE_STOPS } from '../printers/tabwriter.ts';
import { PRINT_FLAGS, printerOf, qualifiedName } from '../printers/output.ts';
import {
  FILE_FLAGS,
  gatherInfos,
  hasFiles,
  planOf,
  requestOf,
  SELECTOR_FLAG,
  visit,
  type Info,
  type ResourceRequest,
} from '../resource.ts';
import { deploymentHistory, revisionHistory, revisionOf, sameTemplate, withoutHash, type Revision } from './rollout-kinds.ts';
import { rolloutStatus } from './rollout-status.ts';
import { LAST_APPLIED } from '../last-applied.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Task } from '../../sim/wait.ts';
import type { Cli } from '../cli.ts';
import type { Flags } from '../flags.ts';

function requested(args: readonly string[], flags: Flags): ResourceRequest {
  const request: ResourceRequest = { ...requestOf(args, flags), latest: true, allowEmptySelector: true };
  if (args.length === 0 && !hasFiles(request)) throw new UsageError('required resource not specified');
  return request;
}

interface StatusOptions {
  readonly request: ResourceRequest;
  readonly watch: boolean;
  readonly revision: number;
  /** 0: as long as it takes. */
  readonly timeoutMs: number;
}

const status = command<StatusOptions>({
  name: 'status',
  usage: 'kubectl rollout status (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Show the status of the rollout',
  long: "Show the status of the rollout.\n\n By default 'rollout status' will watch the status of the latest rollout until it's done. If you don't want to wait for the rollout to finish then you can use --watch=false. Note that if a new rollout starts in-between, then 'rollout status' will continue watching the latest revision. If you want to pin to a specific revision and abort if it is rolled over by another revision, use --revision=N where N is the revision you need to watch for.",
  examples: '# Watch the rollout status of a deployment\nkubectl rollout status deployment/nginx',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    { name: 'revision', kind: 'int', usage: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).' },
    {
      name: 'timeout',
      kind: 'duration',
      default: '0s',
      usage:
        'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).',
    },
    { name: 'watch', shorthand: 'w', kind: 'bool', default: 'true', usage: "Watch the status of the rollout until it's done." },
  ],
  complete: (_cli, { flags, args }) => ({
    request: requested(args, flags),
    watch: flags.bool('watch'),
    revision: flags.int('revision'),
    timeoutMs: flags.durationMs('timeout'),
  }),
  validate({ revision }) {
    if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    const count = yield* visit(cli, plan, {}, (info) => watchStatus(cli, info, options));
    if (count === 0) yield* cli.err(`No resources found in ${cli.namespace} namespace.\n`);
  },
});

function* watchStatus(cli: Cli, info: Info, options: StatusOptions): Task<void> {
  const { kind, namespace, name } = info;
  const untilMs = options.timeoutMs > 0 ? cli.kernel.now + options.timeoutMs : Infinity;
  let object = info.object;
  for (;;) {
    const now = rolloutStatus(object, options.revision);
    yield* cli.out(now.text);
    if (now.done || !options.watch) return;
    const fieldSelector = `metadata.name=${name}`;
    const watch = yield* cli.api.watch(kind, { namespace, fieldSelector, resourceVersion: object.metadata?.resourceVersion });
    try {
      for (;;) {
        const event = yield* watch.nextBefore(untilMs);
        if (event === CLOSED) break;
        if (event.type === 'DELETED') throw new CliError('object has been deleted');
        if (event.type === 'ERROR') throw ApiError.of(event.object as never);
        if (event.type === 'BOOKMARK') continue;
        const next = rolloutStatus(event.object, options.revision);
        yield* cli.out(next.text);
        if (next.done) return;
      }
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error;
    } finally {
      watch.stop();
    }
    if (cli.kernel.now >= untilMs) throw new CliError('timed out waiting for the condition');
    object = yield* cli.api.get(kind, { namespace, name });
  }
}

function* historyOf(cli: Cli, { kind, object }: Pick<Info, 'kind' | 'object'>): Task<Revision[]> {
  switch (kind.resource) {
    case 'deployments':
      return yield* deploymentHistory(cli.api, object);
    case 'daemonsets':
    case 'statefulsets':
      return yield* revisionHistory(cli.api, object);
    default:
      throw new CliError(`no history viewer has been implemented for {"${kind.group}" "${kind.kind}"}`);
  }
}

interface HistoryOptions {
  readonly request: ResourceRequest;
  readonly revision: number;
  readonly print: ((object: KubeObject) => string) | undefined;
}

const history = command<HistoryOptions>({
  name: 'history',
  usage: 'kubectl rollout history (TYPE NAME | TYPE/NAME) [flags]',
  short: 'View rollout history',
  long: 'View previous rollout revisions and configurations.',
  examples: `# View the rollout history of a deployment
kubectl rollout history deployment/abc

# View the details of daemonset revision 3
kubectl rollout history daemonset/abc --revision=3`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    { name: 'revision', kind: 'int', usage: 'See the details, including podTemplate of the revision specified' },
  ],
  complete: (cli, { flags, args }) => ({
    request: requested(args, flags),
    revision: flags.int('revision'),
    print: printerOf(cli, flags)?.print,
  }),
  validate({ revision }) {
    if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`);
  },
  *run(cli, { request, revision, print }) {
    const plan = yield* planOf(cli, request);
    yield* visit(cli, plan, {}, function* (info): Task<void> {
      const revisions = yield* historyOf(cli, info);
      const subject = qualifiedName(info.kind, info.name);
      if (revision === 0) {
        if (print) return yield* cli.out(revisions.map(({ object }) => print(object)).join(''));
        return yield* cli.out(`${subject} \n${historyTable(revisions)}\n`);
      }
      const found = revisions.find(({ number }) => number === revision);
      if (!found) throw new CliError('unable to find the specified revision');
      if (print) return yield* cli.out(print(found.object));
      yield* cli.out(`${subject} with revision #${revision}\n${podTemplateText(found.template)}\n`);
    });
  },
});

function historyTable(revisions: readonly Revision[]): string {
  if (revisions.length === 0) return 'No rollout history found.';
  const lines = revisions.map(({ number, changeCause }) => `${number}\t${changeCause || '<none>'}\n`);
  return alignTabs(`REVISION\tCHANGE-CAUSE\n${lines.join('')}`, DESCRIBE_STOPS);
}

interface UndoOptions {
  readonly request: ResourceRequest;
  readonly toRevision: number;
  readonly dryRun: DryRun;
}

const undo = command<UndoOptions>({
  name: 'undo',
  usage: 'kubectl rollout undo (TYPE NAME | TYPE/NAME) [flags]',
  short: 'Undo a previous rollout',
  long: 'Roll back to a previous rollout.',
  examples: `# Roll back to the previous deployment
kubectl rollout undo deployment/abc

# Roll back to daemonset revision 3
kubectl rollout undo daemonset/abc --to-revision=3`,
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'to-revision', kind: 'int', usage: 'The revision to rollback to. Default to 0 (last revision).' },
  ],
  complete: (_cli, { flags, args }) => ({ request: requested(args, flags), toRevision: flags.int('to-revision'), dryRun: dryRunOf(flags) }),
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, function* (info): Task<void> {
      const done = yield* rollBack(cli, info, options);
      yield* cli.line(
        done.startsWith('skipped')
          ? `${qualifiedName(info.kind, info.name)} ${done}`
          : changeText(info.kind, info.name, done, options.dryRun),
      );
    });
  },
});

/** Annotations that belong to a deployment, not to one of its revisions. */
const OWN_ANNOTATIONS = new Set([
  LAST_APPLIED,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

function* rollBack(cli: Cli, info: Info, { toRevision, dryRun }: UndoOptions): Task<string> {
  if (toRevision < 0) throw new CliError(`unable to find specified revision ${toRevision} in history`);
  const { kind, namespace, name, object } = info;
  const revisions = yield* historyOf(cli, info);
  if (kind.resource === 'deployments' && object.spec?.paused) {
    throw new CliError("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  }
  const target = wantedRevision(name, kind, object, revisions, toRevision);
  const template = withoutHash(kind.resource === 'deployments' ? (target.object.spec.template as Revision['template']) : target.template);
  if (sameTemplate(template, object.spec.template as Revision['template']))
    return `skipped rollback (current template already matches revision ${target.number})`;
  if (dryRun === 'client') return 'rolled back';
  if (kind.resource === 'deployments') {
    const annotations = rolledBackAnnotations(object, target.object);
    const patch = [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'replace', path: '/metadata/annotations', value: annotations },
    ];
    yield* cli.api.patch(kind, { namespace, name }, 'json', patch, { dryRun: dryRun === 'server' });
  } else yield* cli.api.patch(kind, { namespace, name }, 'strategic', target.object.data as object, { dryRun: dryRun === 'server' });
  return 'rolled back';
}

function wantedRevision(name: string, kind: Kind, object: KubeObject, revisions: readonly Revision[], toRevision: number): Revision {
  if (toRevision > 0) {
    const found = revisions.find(({ number }) => number === toRevision);
    if (!found) throw new CliError(`unable to find specified revision ${toRevision} in history`);
    return found;
  }
  const current = kind.resource === 'deployments' ? revisionOf(object) : Infinity;
  const earlier = revisions.filter(({ number }) => number < current);
  const previous = kind.resource === 'deployments' ? earlier.at(-1) : revisions.at(-2);
  if (!previous)
    throw new CliError(
      kind.resource === 'deployments' ? `no rollout history found for deployment "${name}"` : `no last revision to roll back to`,
    );
  return previous;
}

function rolledBackAnnotations(deployment: KubeObject, replicaSet: KubeObject): Record<string, string> {
  const annotations: Record<string, string> = {};
  const own = (key: string) => OWN_ANNOTATIONS.has(key);
  for (const [key, value] of Object.entries(deployment.metadata?.annotations ?? {})) if (own(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(replicaSet.metadata?.annotations ?? {})) if (!own(key)) annotations[key] = value;
  return annotations;
}

interface ChangeOptions {
  readonly request: ResourceRequest;
  readonly printer: ChangePrinter;
  readonly fieldManager: string;
}

interface RolloutChange {
  readonly name: string;
  readonly done: string;
  readonly short: string;
  readonly long: string;
  readonly examples: string;
  /** The patch for an object; throws where it makes no sense. */
  patch(cli: Cli, info: Info): object;
}

function changeCommand(change: RolloutChange): Command {
  return command<ChangeOptions>({
    ...change,
    usage: `kubectl rollout ${change.name} RESOURCE`,
    flags: [...FILE_FLAGS, ...PRINT_FLAGS, SELECTOR_FLAG, FIELD_MANAGER_FLAG('kubectl-rollout')],
    complete: (cli, { flags, args }) => ({
      request: requested(args, flags),
      printer: changePrinter(cli, flags, change.done, 'none'),
      fieldManager: flags.string('field-manager'),
    }),
    *run(cli, { request, printer, fieldManager }) {
      const plan = yield* planOf(cli, request);
      const infos = yield* gatherInfos(cli, plan);
      if (infos.length === 0) yield* cli.err(`No resources found in ${cli.namespace} namespace.\n`);
      for (const info of infos) {
        const { kind, namespace, name } = info;
        const patched = yield* cli.api.patch(kind, { namespace, name }, 'strategic', change.patch(cli, info), { fieldManager });
        yield* printer(patched, kind);
      }
    },
  });
}

function onlyDeployments({ kind }: Info, what: string): void {
  if (kind.resource !== 'deployments') throw new CliError(`${groupResource(kind)} ${what} is not supported`);
}

const pause = changeCommand({
  name: 'pause',
  done: 'paused',
  short: 'Mark the provided resource as paused',
  long: 'Mark the provided resource as paused.\n\n Paused resources will not be reconciled by a controller. Use "kubectl rollout resume" to resume a paused resource. Currently only deployments support being paused.',
  examples: '# Mark the nginx deployment as paused\nkubectl rollout pause deployment/nginx',
  patch(_cli, info) {
    onlyDeployments(info, 'pausing');
    if (info.object.spec?.paused) throw new CliError(`${groupResource(info.kind)} "${info.name}" is already paused`);
    return { spec: { paused: true } };
  },
});

const resume = changeCommand({
  name: 'resume',
  done: 'resumed',
  short: 'Resume a paused resource',
  long: 'Resume a paused resource.\n\n Paused resources will not be reconciled by a controller. By resuming a resource, we allow it to be reconciled again. Currently only deployments support being resumed.',
  examples: '# Resume an already paused deployment\nkubectl rollout resume deployment/nginx',
  patch(_cli, info) {
    onlyDeployments(info, 'resuming');
    if (!info.object.spec?.paused) throw new CliError(`${groupResource(info.kind)} "${info.name}" is not paused`);
    return { spec: { paused: null } };
  },
});

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

const restart = changeCommand({
  name: 'restart',
  done: 'restarted',
  short: 'Restart a resource',
  long: 'Restart a resource.\n\n Resource rollout will be restarted.',
  examples: '# Restart a deployment\nkubectl rollout restart deployment/nginx',
  patch(cli, { kind, name, object }) {
    if (!['deployments', 'daemonsets', 'statefulsets'].includes(kind.resource))
      throw new CliError(`${groupResource(kind)} restarting is not supported`);
    if (object.spec?.paused)
      throw new CliError(`${groupResource(kind)} "${name}" can't restart paused deployment (run rollout resume first)`);
    const now = rfc3339(cli.kernel.epochMs());
    if (object.spec?.template?.metadata?.annotations?.[RESTARTED_AT] === now) {
      throw new CliError('if restart has already been triggered within the past second, please wait before attempting to trigger another');
    }
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: now } } } } };
  },
});

export const rollout: Command = {
  name: 'rollout',
  usage: 'kubectl rollout SUBCOMMAND',
  short: 'Manage the rollout of a resource',
  long: `Manage the rollout of one or many resources.

 Valid resource types include:

  *  deployments
  *  daemonsets
  *  statefulsets`,
  examples: `# Roll back to the previous deployment
kubectl rollout undo deployment/abc

# Check the rollout status of a daemonset
kubectl rollout status daemonset/foo

# Restart a deployment
kubectl rollout restart deployment/abc`,
  subcommands: [history, pause, restart, resume, status, undo],
};
