import { SERVICE_ACCOUNTS } from '../../../api/kinds.ts';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from '../../kinds.ts';
import { CliError, NoMatch, PlainError } from '../../errors.ts';
import { parseToLabelSelector } from '../../../api/label-parser.ts';
import type { Cli } from '../../cli.ts';
import type { Flags, FlagSpec } from '../../flags.ts';
import type { Generator } from '../../generator.ts';
import type { Task } from '../../../sim/wait.ts';
import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1';

const RBAC = 'rbac.authorization.k8s.io';
const VERBS = [
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  'approve',
  'sign',
  '*',
];

const ROLE_FLAGS: readonly FlagSpec[] = [
  { name: 'resource', kind: 'strings', usage: 'Resource that the rule applies to' },
  {
    name: 'resource-name',
    kind: 'array',
    usage: 'Resource in the white list that the rule applies to, repeat this flag for multiple items',
  },
  { name: 'verb', kind: 'strings', usage: 'Verb that applies to the resources contained in the rule' },
];

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** The rules that flags describe: one for each API group. Warns of verbs that nobody knows. */
function* rulesOf(cli: Cli, flags: Flags): Task<PolicyRule[]> {
  const given = distinct(flags.strings('verb'));
  const verbs = given.includes('*') ? ['*'] : given;
  const resources = distinct(flags.strings('resource'));
  const names = distinct(flags.strings('resource-name'));
  if (verbs.length === 0) throw new CliError('at least one verb must be specified');
  if (resources.length === 0) throw new CliError('at least one resource must be specified');
  for (const verb of verbs) if (!VERBS.includes(verb)) yield* cli.warn(`'${verb}' is not a standard resource verb`);
  const byGroup = new Map<string, string[]>();
  for (const resource of resources) {
    const { group, name } = yield* resourceOf(cli, resource);
    const known = byGroup.get(group);
    if (known) known.push(name);
    else byGroup.set(group, [name]);
  }
  return [...byGroup].map(([group, list]) => ({
    verbs,
    apiGroups: [group],
    resources: list,
    ...(names.length > 0 && { resourceNames: names }),
  }));
}

function* resourceOf(cli: Cli, text: string): Task<{ group: string; name: string }> {
  const [full = '', subresource] = text.split('/');
  if (full === '*') return { group: '*', name: '*' };
  try {
    const kind = yield* cli.discovery.resource(full);
    return { group: kind.group, name: subresource ? `${kind.resource}/${subresource}` : kind.resource };
  } catch (error) {
    if (error instanceof NoMatch) throw new PlainError(error.message);
    throw error;
  }
}

export const roleGenerator: Generator = {
  name: 'role',
  usage:
    'kubectl create role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule',
  long: 'Create a role with single rule.',
  examples:
    '# Create a role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods\nkubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods',
  kind: ROLES,
  flags: ROLE_FLAGS,
  *build(cli, name, { flags }) {
    return { kind: 'Role', apiVersion: `${RBAC}/v1`, metadata: { name }, rules: yield* rulesOf(cli, flags) };
  },
};

export const clusterRoleGenerator: Generator = {
  name: 'clusterrole',
  usage:
    'kubectl create clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role',
  long: 'Create a cluster role.',
  examples:
    '# Create a cluster role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods\nkubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods',
  kind: CLUSTER_ROLES,
  flags: [
    ...ROLE_FLAGS,
    { name: 'aggregation-rule', kind: 'string', usage: 'An aggregation label selector for combining ClusterRoles.' },
    { name: 'non-resource-url', kind: 'strings', usage: 'A partial url that user should have access to.' },
  ],
  *build(cli, name, { flags }) {
    const object = { kind: 'ClusterRole', apiVersion: `${RBAC}/v1`, metadata: { name } };
    const aggregation = flags.string('aggregation-rule');
    if (aggregation) return { ...object, rules: null, aggregationRule: { clusterRoleSelectors: [parseToLabelSelector(aggregation)] } };
    const urls = distinct(flags.strings('non-resource-url'));
    if (urls.length === 0) return { ...object, rules: yield* rulesOf(cli, flags) };
    if (flags.strings('verb').length === 0) throw new CliError('at least one verb must be specified');
    return { ...object, rules: [{ verbs: distinct(flags.strings('verb')), nonResourceURLs: urls }] };
  },
};

const SUBJECT_FLAGS: readonly FlagSpec[] = [
  { name: 'group', kind: 'array', usage: 'Groups to bind to the clusterrole. The flag can be repeated to add multiple groups.' },
  {
    name: 'serviceaccount',
    kind: 'array',
    usage:
      'Service accounts to bind to the clusterrole, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  },
  { name: 'user', kind: 'array', usage: 'Usernames to bind to the clusterrole. The flag can be repeated to add multiple users.' },
];

/** Whom `--user`, `--group` and `--serviceaccount` name. Throws {@link CliError}. */
export function subjectsOf(flags: Flags): Subject[] {
  const subjects: Subject[] = [];
  for (const name of flags.strings('user')) subjects.push({ kind: 'User', apiGroup: RBAC, name });
  for (const name of flags.strings('group')) subjects.push({ kind: 'Group', apiGroup: RBAC, name });
  for (const text of flags.strings('serviceaccount')) {
    const [namespace, name, ...rest] = text.split(':');
    if (!namespace || !name || rest.length > 0) throw new CliError('serviceaccount must be <namespace>:<name>');
    subjects.push({ kind: 'ServiceAccount', name, namespace });
  }
  return subjects;
}

export const roleBindingGenerator: Generator = {
  name: 'rolebinding',
  usage:
    'kubectl create rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role',
  long: 'Create a role binding for a particular role or cluster role.',
  examples:
    '# Create a role binding for user1, user2, and group1 using the admin cluster role\nkubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1',
  kind: ROLE_BINDINGS,
  failure: 'failed to create rolebinding: ',
  flags: [
    ...SUBJECT_FLAGS,
    { name: 'clusterrole', kind: 'string', usage: 'ClusterRole this RoleBinding should reference' },
    { name: 'role', kind: 'string', usage: 'Role this RoleBinding should reference' },
  ],
  build(_cli, name, { flags }) {
    const [role, clusterRole] = [flags.string('role'), flags.string('clusterrole')];
    if ((role === '') === (clusterRole === '')) throw new CliError('exactly one of clusterrole or role must be specified');
    const roleRef = { apiGroup: RBAC, kind: role ? 'Role' : 'ClusterRole', name: role || clusterRole };
    return { kind: 'RoleBinding', apiVersion: `${RBAC}/v1`, metadata: { name }, subjects: subjectsOf(flags), roleRef };
  },
};

export const clusterRoleBindingGenerator: Generator = {
  name: 'clusterrolebinding',
  usage:
    'kubectl create clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role',
  long: 'Create a cluster role binding for a particular cluster role.',
  examples:
    '# Create a cluster role binding for user1, user2, and group1 using the cluster-admin cluster role\nkubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2 --group=group1',
  kind: CLUSTER_ROLE_BINDINGS,
  failure: 'failed to create clusterrolebinding: ',
  flags: [
    ...SUBJECT_FLAGS,
    { name: 'clusterrole', kind: 'string', required: true, usage: 'ClusterRole this ClusterRoleBinding should reference' },
  ],
  build(_cli, name, { flags }) {
    const roleRef = { apiGroup: RBAC, kind: 'ClusterRole', name: flags.string('clusterrole') };
    return { kind: 'ClusterRoleBinding', apiVersion: `${RBAC}/v1`, metadata: { name }, subjects: subjectsOf(flags), roleRef };
  },
};

export const serviceAccountGenerator: Generator = {
  name: 'serviceaccount',
  aliases: ['sa'],
  usage: 'kubectl create serviceaccount NAME [--dry-run=server|client|none]',
  short: 'Create a service account with the specified name',
  long: 'Create a service account with the specified name.',
  examples: '# Create a new service account named my-service-account\nkubectl create serviceaccount my-service-account',
  kind: SERVICE_ACCOUNTS,
  failure: 'failed to create serviceaccount: ',
  flags: [],
  build: (_cli, name) => ({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } }),
};
