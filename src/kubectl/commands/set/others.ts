import { equalValues } from '../../../api/equal.ts';
import { parseToLabelSelector } from '../../../api/label-parser.ts';
import { SelectorError } from '../../../api/labels.ts';
import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { hasFiles, MISSING_RESOURCES, planOf, requestOf, visit, type Info } from '../../resource.ts';
import { parseAmounts } from '../create/policy.ts';
import { subjectsOf } from '../create/rbac.ts';
import { isSelected, podSpecOf, SET_FLAGS, setAll, setOne, setOptions, withPodSpec, type SetOptions } from './pod-spec.ts';
import type { Container } from 'kubernetes-types/core/v1';
import type { Subject } from 'kubernetes-types/rbac/v1';
import type { KubeObject } from '../../../api/object.ts';
import type { Cli } from '../../cli.ts';
import type { Task } from '../../../sim/wait.ts';

interface ResourcesOptions extends SetOptions {
  readonly limits: Readonly<Record<string, string>>;
  readonly requests: Readonly<Record<string, string>>;
  readonly containers: string;
}

export const setResources = command<ResourcesOptions>({
  name: 'resources',
  usage: 'kubectl set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: 'Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.  If a pod is successfully scheduled, it is guaranteed the amount of resource requested, but may burst up to its specified limits.',
  examples:
    '# Set a deployments nginx container cpu limits to "200m" and memory to "512Mi"\nkubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi',
  flags: [
    ...SET_FLAGS,
    {
      name: 'containers',
      shorthand: 'c',
      kind: 'string',
      default: '*',
      usage: 'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards',
    },
    {
      name: 'limits',
      kind: 'string',
      usage:
        "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.  Note that server side components may assign requests depending on the server configuration, such as limit ranges.",
    },
    {
      name: 'requests',
      kind: 'string',
      usage: "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.",
    },
  ],
  complete(cli, { flags, args }) {
    const request = requestOf(args, flags);
    const [limits, requests] = [flags.string('limits'), flags.string('requests')];
    if (limits === '' && requests === '')
      throw new CliError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    return {
      ...setOptions(cli, flags, request, 'resource requirements updated'),
      limits: parseAmounts(limits),
      requests: parseAmounts(requests),
      containers: flags.string('containers'),
    };
  },
  *run(cli, options) {
    yield* setAll(cli, options, 'resources update', ({ object }) => withResources(object, options));
  },
});

function withResources(object: KubeObject, { limits, requests, containers }: ResourcesOptions): KubeObject | undefined {
  const spec = podSpecOf(object);
  if (!spec) return undefined;
  let found = false;
  const update = (container: Container): Container => {
    if (!isSelected(container.name, containers)) return container;
    found = true;
    const before = container.resources ?? {};
    const merged = (list: 'limits' | 'requests', amounts: Readonly<Record<string, string>>) =>
      Object.keys(amounts).length > 0 ? { [list]: { ...before[list], ...amounts } } : {};
    return { ...container, resources: { ...before, ...merged('limits', limits), ...merged('requests', requests) } };
  };
  const after = spec.containers.map(update);
  if (!found) throw new CliError(`unable to find container named ${containers}`);
  return withPodSpec(object, { ...spec, containers: after });
}

interface SelectorOptions extends SetOptions {
  readonly selector: Record<string, string>;
}

export const setSelector = command<SelectorOptions>({
  name: 'selector',
  usage: 'kubectl set selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
  short: 'Set the selector on a resource',
  long: "Set the selector on a resource. Note that the new selector will overwrite the old selector if the resource had one prior to the invocation of 'set selector'.\n\n Note: currently selectors can only be set on Service objects.",
  examples: '# Set the labels and selector before creating a deployment/service pair\nkubectl set selector service/my-svc environment=qa',
  flags: [
    ...SET_FLAGS.filter(({ name }) => name !== 'selector'),
    {
      name: 'resource-version',
      kind: 'string',
      usage:
        'If non-empty, the selectors update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.',
    },
  ],
  complete(cli, { flags, args }) {
    const text = args.at(-1) ?? '';
    if (args.length < 2 && !text.includes('='))
      throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const resources = args.slice(0, -1);
    const request = requestOf(resources, flags);
    if (resources.length === 0 && !hasFiles(request))
      throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    return { ...setOptions(cli, flags, request, 'selector updated'), selector: selectorLabels(text) };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) =>
      setOne(cli, options, 'selector update', info, ({ object, kind }) => {
        if (kind.resource !== 'services') throw new CliError('setting a selector is only supported for Services');
        return equalValues(object.spec?.selector, options.selector)
          ? undefined
          : { ...object, spec: { ...object.spec, selector: options.selector } };
      }),
    );
  },
});

function selectorLabels(text: string): Record<string, string> {
  try {
    const { matchLabels = {}, matchExpressions = [] } = parseToLabelSelector(text);
    if (matchExpressions.length > 0) throw new CliError('only equality-based selectors are supported');
    return matchLabels;
  } catch (error) {
    if (error instanceof SelectorError) throw new CliError(error.message);
    throw error;
  }
}

interface AccountOptions extends SetOptions {
  readonly account: string;
}

export const setServiceAccount = command<AccountOptions>({
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'kubectl set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  short: 'Update the service account of a resource',
  long: 'Update the service account of pod template resources.\n\n Possible resources (case insensitive) can be:\n\n replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset',
  examples:
    "# Set deployment nginx-deployment's service account to serviceaccount1\nkubectl set serviceaccount deployment nginx-deployment serviceaccount1",
  flags: SET_FLAGS,
  complete(cli, { flags, args }) {
    if (args.length === 0) throw new CliError('serviceaccount is required');
    const request = requestOf(args.slice(0, -1), flags);
    if (args.length === 1 && !hasFiles(request)) throw new CliError(MISSING_RESOURCES);
    return { ...setOptions(cli, flags, request, 'serviceaccount updated'), account: args.at(-1)! };
  },
  *run(cli, options) {
    yield* setAll(cli, options, 'service account update', ({ object }) => {
      const spec = podSpecOf(object);
      return spec && withPodSpec(object, { ...spec, serviceAccountName: options.account });
    });
  },
});

interface SubjectOptions extends SetOptions {
  readonly subjects: readonly Subject[];
}

export const setSubject = command<SubjectOptions>({
  name: 'subject',
  usage:
    'kubectl set subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  long: 'Update the user, group, or service account in a role binding or cluster role binding.',
  examples:
    '# Update a cluster role binding for serviceaccount1\nkubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1',
  flags: [
    ...SET_FLAGS,
    { name: 'group', kind: 'array', usage: 'Groups to bind to the role' },
    { name: 'serviceaccount', kind: 'array', usage: 'Service accounts to bind to the role' },
    { name: 'user', kind: 'array', usage: 'Usernames to bind to the role' },
  ],
  complete(cli, { flags, args }) {
    const subjects = subjectsOf(flags);
    if (subjects.length === 0) throw new CliError('you must specify at least one value of user, group or serviceaccount');
    return { ...setOptions(cli, flags, requestOf(args, flags), 'subjects updated'), subjects };
  },
  *run(cli, options) {
    const plan = yield* planOf(cli, options.request);
    yield* visit(cli, plan, {}, (info) => addSubjects(cli, options, info));
  },
});

function* addSubjects(cli: Cli, options: SubjectOptions, info: Info): Task<void> {
  yield* setOne(cli, options, 'subjects update', info, ({ object, kind }) => {
    if (!kind.resource.endsWith('bindings')) throw new CliError('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
    const before = (object.subjects ?? []) as Subject[];
    const added = options.subjects.filter(
      (one) => !before.some((other) => equalValues({ namespace: '', apiGroup: '', ...one }, { namespace: '', apiGroup: '', ...other })),
    );
    return added.length === 0 ? undefined : { ...object, subjects: [...before, ...added] };
  });
}
