import { equalValues } from '../../api/equal.ts';
import { isApiError } from '../../api/status.ts';
import { changeText, DRY_RUN_FLAG, dryRunOf, type DryRun } from '../changes.ts';
import { command } from '../command.ts';
import { goList } from '../describers/format.ts';
import { simpleRules } from '../describers/rbac.ts';
import { FILE_FLAGS, planOf, requestOf, visit, type Info, type ResourceRequest } from '../resource.ts';
import { PRINT_FLAGS } from '../printers/output.ts';
import type { KubeObject } from '../../api/object.ts';
import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1';
import type { Cli } from '../cli.ts';
import type { Task } from '../../sim/wait.ts';

interface ReconcileOptions {
  readonly request: ResourceRequest;
  readonly dryRun: DryRun;
}

export const reconcile = command<ReconcileOptions>({
  name: 'reconcile',
  usage: 'kubectl auth reconcile -f FILENAME',
  short: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects',
  long: 'Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects.\n\n Missing objects are created, and the containing namespace is created for namespaced objects, if required.',
  flags: [
    ...FILE_FLAGS,
    ...PRINT_FLAGS,
    DRY_RUN_FLAG,
    { name: 'remove-extra-permissions', kind: 'bool', usage: 'If true, removes extra permissions added to roles' },
    { name: 'remove-extra-subjects', kind: 'bool', usage: 'If true, removes extra subjects added to rolebindings' },
  ],
  complete: (_cli, { flags, args }) => ({ request: requestOf(args, flags), dryRun: dryRunOf(flags) }),
  *run(cli, { request, dryRun }) {
    const plan = yield* planOf(cli, request);
    yield* visit(cli, plan, {}, (info) => reconcileOne(cli, info, dryRun));
  },
});

function* reconcileOne(cli: Cli, { kind, namespace, name, object }: Info, dryRun: DryRun): Task<void> {
  const isRole = kind.resource.endsWith('roles');
  let current: KubeObject | undefined;
  try {
    current = yield* cli.api.get(kind, { namespace, name });
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
  const field = isRole ? 'rules' : 'subjects';
  const present = (current?.[field] ?? []) as unknown[];
  const missing = isRole
    ? missingRules(present as PolicyRule[], object.rules as PolicyRule[])
    : ((object.subjects ?? []) as unknown[]).filter((one) => !present.some((other) => equalValues(withGroup(one), withGroup(other))));
  const change = current === undefined ? 'create' : missing.length > 0 ? 'update' : undefined;
  if (change && dryRun !== 'client') {
    const flags = { dryRun: dryRun === 'server' };
    if (current === undefined) yield* cli.api.create(kind, object, namespace, flags);
    else yield* cli.api.replace(kind, { ...current, [field]: [...present, ...missing] }, { namespace, name }, flags);
  }
  yield* cli.line(changeText(kind, name, 'reconciled', dryRun));
  if (!change) return;
  const texts = isRole ? (missing as PolicyRule[]).map(ruleText) : (missing as Subject[]).map(subjectText);
  yield* cli.out(`\treconciliation required ${change}\n`);
  if (texts.length > 0) yield* cli.out(`\tmissing ${field} added:\n${texts.map((text) => `\t\t${text}\n`).join('')}`);
}

function withGroup(subject: unknown): object {
  return { apiGroup: '', namespace: '', ...(subject as object) };
}

function missingRules(present: readonly PolicyRule[], wanted: readonly PolicyRule[] | undefined): PolicyRule[] {
  const covered = new Set(simpleRules(present).flatMap((rule) => rule.verbs.map((verb) => JSON.stringify({ ...rule, verbs: verb }))));
  return (wanted ?? []).filter((rule) =>
    simpleRules([rule]).some((simple) => simple.verbs.some((verb) => !covered.has(JSON.stringify({ ...simple, verbs: verb })))),
  );
}

function ruleText({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  return `{Verbs:${goList(verbs)} APIGroups:${goList(apiGroups)} Resources:${goList(resources)} ResourceNames:${goList(resourceNames)} NonResourceURLs:${goList(nonResourceURLs)}}`;
}

function subjectText({ kind, apiGroup = '', name, namespace = '' }: Subject): string {
  return `{Kind:${kind} APIGroup:${apiGroup} Name:${name} Namespace:${namespace}}`;
}
