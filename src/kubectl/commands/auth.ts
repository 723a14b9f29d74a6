import { builtin } from '../../api/kind.ts';
import { isApiError } from '../../api/status.ts';
import { command, type Command } from '../command.ts';
import { CliError, Exit, NoMatch, PlainError } from '../errors.ts';
import { goList } from '../describers/format.ts';
import { ALL_NAMESPACES_FLAG } from '../resource.ts';
import { OUTPUT_FLAG, printerOf, type ObjectPrinter } from '../printers/output.ts';
import { RowAligner } from '../printers/tabwriter.ts';
import { reconcile } from './auth-reconcile.ts';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';
import type { KubeObject } from '../../api/object.ts';

const ACCESS_REVIEWS = builtin('authorization.k8s.io/v1', 'selfsubjectaccessreviews');
const RULES_REVIEWS = builtin('authorization.k8s.io/v1', 'selfsubjectrulesreviews');
const SUBJECT_REVIEWS = builtin('authentication.k8s.io/v1', 'selfsubjectreviews');

interface CanIOptions {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly url: string;
  readonly list: boolean;
  readonly quiet: boolean;
  readonly noHeaders: boolean;
  readonly allNamespaces: boolean;
}

const USAGE =
  "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.";

const canI = command<CanIOptions>({
  name: 'can-i',
  usage: 'kubectl auth can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
  short: 'Check whether an action is allowed',
  long: "Check whether an action is allowed.\n\n VERB is a logical Kubernetes API verb like 'get', 'list', 'watch', 'delete', etc. TYPE is a Kubernetes resource. Shortcuts and groups will be resolved. NONRESOURCEURL is a partial URL that starts with \"/\". NAME is the name of a particular Kubernetes resource.",
  examples: `# Check to see if I can create pods in any namespace
kubectl auth can-i create pods --all-namespaces

# Check to see if I can do everything in my current namespace ("*" means all)
kubectl auth can-i '*' '*'

# List all allowed actions in namespace "foo"
kubectl auth can-i --list --namespace=foo`,
  flags: [
    ALL_NAMESPACES_FLAG,
    { name: 'list', kind: 'bool', usage: 'If true, prints all allowed actions.' },
    { name: 'no-headers', kind: 'bool', usage: 'If true, prints allowed actions without headers' },
    { name: 'quiet', shorthand: 'q', kind: 'bool', usage: 'If true, suppress output and just return the exit code.' },
    { name: 'subresource', kind: 'string', usage: 'SubResource such as pod/log or deployment/scale' },
  ],
  complete(_cli, { flags, args }) {
    const list = flags.bool('list');
    if (list && args.length > 0) throw new PlainError('error: list option must be specified with no arguments');
    if (!list && args.length !== 2 && args.length !== 3) throw new PlainError(USAGE);
    const [verb = '', what = '', named = ''] = args;
    const base = {
      verb,
      list,
      quiet: flags.bool('quiet'),
      noHeaders: flags.bool('no-headers'),
      allNamespaces: flags.bool('all-namespaces'),
    };
    if (what.startsWith('/')) return { ...base, resource: '', subresource: '', name: '', url: what };
    const [resource = '', name = named] = what.split('/') as [string, string?];
    return { ...base, resource, subresource: flags.string('subresource'), name: name, url: '' };
  },
  *run(cli, options) {
    if (options.list) return yield* listRules(cli, options);
    const spec = options.url
      ? { nonResourceAttributes: { verb: options.verb, path: options.url } }
      : { resourceAttributes: yield* attributesOf(cli, options) };
    const review = yield* cli.api.create(
      ACCESS_REVIEWS,
      { kind: 'SelfSubjectAccessReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec },
      undefined,
    );
    const { allowed, reason, evaluationError } = (review.status ?? {}) as { allowed?: boolean; reason?: string; evaluationError?: string };
    if (!options.quiet) {
      const why = allowed ? '' : `${reason ? ` - ${reason}` : ''}${evaluationError ? ` - ${evaluationError}` : ''}`;
      yield* cli.line(`${allowed ? 'yes' : 'no'}${why}`);
    }
    if (!allowed) throw new Exit(1);
  },
});

function* attributesOf(cli: Cli, { verb, resource, subresource, name, allNamespaces }: CanIOptions): Task<object> {
  const attributes = { verb, ...(subresource && { subresource }), ...(name && { name }) };
  if (resource === '*') return { namespace: allNamespaces ? '' : cli.namespace, ...attributes, group: '*', resource: '*' };
  try {
    const kind = yield* cli.discovery.resource(resource);
    if (!kind.namespaced && !allNamespaces)
      yield* cli.warn(`resource '${kind.resource}' is not namespace scoped${kind.group ? ` in group '${kind.group}'` : ''}\n`);
    return {
      namespace: allNamespaces || !kind.namespaced ? '' : cli.namespace,
      ...attributes,
      group: kind.group,
      version: kind.version,
      resource: kind.resource,
    };
  } catch (error) {
    if (!(error instanceof NoMatch)) throw error;
    const [plural, ...group] = resource.split('.');
    yield* cli.warn(`the server doesn't have a resource type '${plural}'${group.length > 0 ? ` in group '${group.join('.')}'` : ''}\n`);
    return {
      namespace: allNamespaces ? '' : cli.namespace,
      ...attributes,
      ...(group.length > 0 && { group: group.join('.') }),
      resource: plural,
    };
  }
}

interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

function* listRules(cli: Cli, { noHeaders }: CanIOptions): Task<void> {
  const review = yield* cli.api.create(
    RULES_REVIEWS,
    { kind: 'SelfSubjectRulesReview', apiVersion: 'authorization.k8s.io/v1', metadata: {}, spec: { namespace: cli.namespace } },
    undefined,
  );
  const status = (review.status ?? {}) as { resourceRules?: ResourceRule[]; nonResourceRules?: ResourceRule[] };
  const rows: string[][] = [];
  for (const { verbs, apiGroups = [], resources = [], resourceNames } of status.resourceRules ?? []) {
    for (const group of apiGroups)
      for (const resource of resources) rows.push([group ? `${resource}.${group}` : resource, '[]', goList(resourceNames), goList(verbs)]);
  }
  for (const { verbs, nonResourceURLs = [] } of status.nonResourceRules ?? [])
    for (const url of nonResourceURLs) rows.push(['', `[${url}]`, '[]', goList(verbs)]);
  rows.sort((a, b) => (a[0] === b[0] ? (a[1]! < b[1]! ? -1 : 1) : a[0] === '' ? 1 : b[0] === '' ? -1 : a[0]! < b[0]! ? -1 : 1));
  yield* cli.out(new RowAligner().align(noHeaders ? rows : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs'], ...rows]));
}

const whoami = command<{ printer: ObjectPrinter | undefined }>({
  name: 'whoami',
  usage: 'kubectl auth whoami',
  short: 'Experimental: Check self subject attributes',
  long: 'Experimental: Check who you are and your attributes (groups, extra).',
  examples: '# Get your subject attributes\nkubectl auth whoami',
  flags: [OUTPUT_FLAG],
  complete: (cli, { flags }) => ({ printer: printerOf(cli, flags) }),
  *run(cli, { printer }) {
    let review: KubeObject;
    try {
      review = yield* cli.api.create(
        SUBJECT_REVIEWS,
        { kind: 'SelfSubjectReview', apiVersion: 'authentication.k8s.io/v1', metadata: {} },
        undefined,
      );
    } catch (error) {
      if (isApiError(error, 'NotFound'))
        throw new CliError(
          'the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API',
        );
      throw error;
    }
    if (printer) return yield* cli.out(printer.print(review));
    const {
      username = '',
      uid = '',
      groups = [],
      extra = {},
    } = (review.status?.userInfo ?? {}) as { username?: string; uid?: string; groups?: string[]; extra?: Record<string, string[]> };
    const rows = [['ATTRIBUTE', 'VALUE']];
    if (username) rows.push(['Username', username]);
    if (uid) rows.push(['UID', uid]);
    if (groups.length > 0) rows.push(['Groups', goList(groups)]);
    for (const key of Object.keys(extra).sort()) rows.push([`Extra: ${key}`, goList(extra[key])]);
    yield* cli.out(new RowAligner().align(rows));
  },
});

export const auth: Command = {
  name: 'auth',
  usage: 'kubectl auth',
  short: 'Inspect authorization',
  long: 'Inspect authorization.',
  subcommands: [canI, reconcile, whoami],
};
