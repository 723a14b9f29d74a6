import { CHECKS, type PodLike, type Violation } from './pod-security-checks.ts';
import { forbidden, invalid, type FieldError } from '../../api/status.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Lookup } from './lookup.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS = ['privileged', 'baseline', 'restricted'] as const;
type Level = (typeof LEVELS)[number];

interface Policy {
  readonly level: Level;
  readonly version: string;
}

/** Where workloads keep the template of their pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  'deployments.apps': ['spec', 'template'],
  'replicasets.apps': ['spec', 'template'],
  'statefulsets.apps': ['spec', 'template'],
  'daemonsets.apps': ['spec', 'template'],
  'jobs.batch': ['spec', 'template'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template'],
  replicationcontrollers: ['spec', 'template'],
  podtemplates: ['template'],
};

function isLevel(text: string | undefined): text is Level {
  return (LEVELS as readonly (string | undefined)[]).includes(text);
}

function policyOf(namespace: KubeObject | undefined, mode: 'enforce' | 'warn'): Policy {
  const labels = namespace?.metadata?.labels ?? {};
  const level = labels[`${PREFIX}${mode}`];
  return { level: isLevel(level) ? level : 'privileged', version: labels[`${PREFIX}${mode}-version`] ?? 'latest' };
}

function violations(pod: PodLike, { level }: Policy): Violation[] {
  if (level === 'privileged') return [];
  return CHECKS[level].flatMap((check) => check(pod) ?? []);
}

function text(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
}

/** Enforces the pod security standards that a namespace's labels ask for (pod-security-admission). */
export function podSecurity(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    resources: ['pods', 'namespaces', ...Object.keys(TEMPLATES)],
    operations: ['CREATE', 'UPDATE'],
    validate(request) {
      if (request.resource.name === 'namespaces') checkNamespace(request, lookup);
      else if (request.resource.name === 'pods') checkPod(request, lookup);
      else checkTemplate(request, lookup);
    },
  };
}

function checkPod(request: AdmissionRequest, lookup: Lookup): void {
  const isNew = request.operation === 'CREATE' && request.subresource === '';
  if (!isNew && request.subresource !== 'ephemeralcontainers') return;
  const namespace = lookup.get('namespaces', '', request.namespace);
  const enforced = policyOf(namespace, 'enforce');
  const pod = request.object as PodLike;
  const found = violations(pod, enforced);
  if (found.length > 0)
    throw forbidden(
      request.resource,
      pod.metadata?.name ?? '',
      `violates PodSecurity "${enforced.level}:${enforced.version}": ${text(found)}`,
    );
  warnOf(request, pod, policyOf(namespace, 'warn'));
}

function checkTemplate(request: AdmissionRequest, lookup: Lookup): void {
  if (request.subresource !== '') return;
  const policy = policyOf(lookup.get('namespaces', '', request.namespace), 'warn');
  if (policy.level === 'privileged') return;
  const template = TEMPLATES[request.resource.name]!.reduce<any>((value, field) => value?.[field], request.object);
  if (template?.spec) warnOf(request, template as PodLike, policy);
}

function warnOf(request: AdmissionRequest, pod: PodLike, policy: Policy): void {
  const found = violations(pod, policy);
  if (found.length > 0) request.call.warn(`would violate PodSecurity "${policy.level}:${policy.version}": ${text(found)}`);
}

function labelErrors(namespace: KubeObject): FieldError[] {
  const labels = namespace.metadata?.labels ?? {};
  const errors: FieldError[] = [];
  for (const mode of ['enforce', 'audit', 'warn']) {
    const level = labels[`${PREFIX}${mode}`];
    const version = labels[`${PREFIX}${mode}-version`];
    const add = (label: string, value: string, detail: string): void => {
      errors.push({
        reason: 'FieldValueInvalid',
        field: `metadata.labels[${PREFIX}${label}]`,
        message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
      });
    };
    if (level !== undefined && !isLevel(level)) add(mode, level, 'must be one of privileged, baseline, restricted');
    if (version !== undefined && version !== 'latest' && !/^v1\.([0-9]|[1-9][0-9]*)$/.test(version))
      add(`${mode}-version`, version, 'must be "latest" or "v1.x"');
  }
  return errors;
}

function checkNamespace(request: AdmissionRequest, lookup: Lookup): void {
  if (request.subresource !== '') return;
  const namespace = request.object!;
  if (request.old?.metadata!.labels === namespace.metadata!.labels) return;
  const errors = labelErrors(namespace);
  if (errors.length > 0 && (!request.old || labelErrors(request.old).length === 0))
    throw invalid({ group: '', kind: 'Namespace' }, namespace.metadata!.name!, errors);
  if (!request.old) return;
  const before = policyOf(request.old, 'enforce');
  const after = policyOf(namespace, 'enforce');
  if (LEVELS.indexOf(after.level) <= LEVELS.indexOf(before.level)) return;
  warnOfExisting(request, lookup, after);
}

/** Names the pods that stay although they would not be let in any more, those with the same faults together. */
function warnOfExisting(request: AdmissionRequest, lookup: Lookup, policy: Policy): void {
  const groups = new Map<string, string[]>();
  for (const pod of lookup.list('pods', request.name)) {
    const reasons = violations(pod as PodLike, policy)
      .map(({ reason }) => reason)
      .join(', ');
    if (reasons === '') continue;
    const known = groups.get(reasons);
    if (known) known.push(pod.metadata!.name!);
    else groups.set(reasons, [pod.metadata!.name!]);
  }
  if (groups.size === 0) return;
  request.call.warn(
    `existing pods in namespace ${JSON.stringify(request.name)} violate the new PodSecurity enforce level "${policy.level}:${policy.version}"`,
  );
  const lines = [...groups].map(([reasons, names]) => {
    const others = names.length === 1 ? '' : names.length === 2 ? ' (and 1 other pod)' : ` (and ${names.length - 1} other pods)`;
    return `${names[0]}${others}: ${reasons}`;
  });
  for (const line of lines.sort()) request.call.warn(line);
}
