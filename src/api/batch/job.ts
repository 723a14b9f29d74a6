import { humanDuration, parseRfc3339 } from '../../base/time.ts';
import { compiledSelector, nameWarnings } from '../apps/validate-workload.ts';
import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { shownPodSpec } from '../core/pod/pod-shapes.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import { equalValues } from '../equal.ts';
import { IMMUTABLE, invalidField, requiredField, type FieldErrors } from '../field-errors.ts';
import { JOBS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { changeField, changeItems, withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row } from '../table.ts';
import { validateSelector } from '../validate-selector.ts';
import { validateJobSpec, type JobSpec } from './validate-job-spec.ts';
import type { KindBehaviour, RowContext } from '../behaviour.ts';
import type { Job } from 'kubernetes-types/batch/v1';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1';

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const JOB_NAME = 'batch.kubernetes.io/job-name';
const OLD_CONTROLLER_UID = 'controller-uid';
const OLD_JOB_NAME = 'job-name';
const UNLIMITED = 2 ** 31 - 1;

const isEmpty = (map: object | undefined) => !map || Object.keys(map).length === 0;

/** Defaults of a job's spec; those of a cron job get only their template's. */
function defaults(job: Job): Job {
  const given = (job.spec ?? {}) as JobSpec;
  const both = given.completions === undefined && given.parallelism === undefined ? { completions: 1, parallelism: 1 } : { parallelism: 1 };
  let spec: JobSpec = withDefaults<JobSpec>(given, {
    ...both,
    backoffLimit: given.backoffLimitPerIndex === undefined ? 6 : UNLIMITED,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: given.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed',
    manualSelector: false,
  });
  spec = withField(spec, 'template', defaultTemplate(spec.template));
  spec = changeField(spec, 'podFailurePolicy', (policy) =>
    changeItems(policy, 'rules', (rule) =>
      changeItems(rule, 'onPodConditions', (condition) => withDefaults(condition, { status: 'True' })),
    ),
  );
  return withTemplateLabels(withField(job, 'spec', spec));
}

/** A job without labels has its template's. */
function withTemplateLabels(job: Job): Job {
  const labels = job.spec?.template?.metadata?.labels;
  return isEmpty(job.metadata?.labels) && !isEmpty(labels)
    ? { ...job, metadata: { ...job.metadata, labels: labels as Record<string, string> } }
    : job;
}

/** A selector of the job's own uid, which no other job's pods bear. */
function prepareForCreate(job: Job): Job {
  const { spec, metadata } = job;
  if (!spec || spec.manualSelector) return job;
  const uid = metadata?.uid ?? '';
  const name = metadata?.name ?? '';
  const before = spec.template.metadata?.labels;
  const labels = { ...before, [CONTROLLER_UID]: uid, [OLD_CONTROLLER_UID]: uid, [JOB_NAME]: name, [OLD_JOB_NAME]: name };
  const selector = { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [CONTROLLER_UID]: uid } };
  const template: PodTemplateSpec = { ...spec.template, metadata: { ...spec.template.metadata, labels } };
  const own = isEmpty(metadata?.labels) || equalValues(metadata?.labels, before) ? labels : metadata?.labels;
  return { ...job, metadata: { ...metadata, labels: own as Record<string, string> }, spec: { ...spec, selector, template } };
}

function validateOwnSelector(errors: FieldErrors, { metadata, spec }: Job): void {
  if (!spec?.selector || spec.manualSelector) return;
  const expected = { matchLabels: { [CONTROLLER_UID]: metadata?.uid ?? '' } };
  const former = { matchLabels: { [OLD_CONTROLLER_UID]: metadata?.uid ?? '' } };
  if (!equalValues(spec.selector, expected) && !equalValues(spec.selector, former)) {
    errors.push(invalidField('spec.selector', sortedSelector(spec.selector), '`selector` not auto-generated'));
  }
}

const sorted = (map: Record<string, string> | undefined) =>
  map && Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
const sortedSelector = (selector: NonNullable<JobSpec['selector']>) => ({
  ...selector,
  ...(selector.matchLabels && { matchLabels: sorted(selector.matchLabels) }),
});

function validate(job: Job): FieldErrors {
  const errors: FieldErrors = [];
  const spec = (job.spec ?? {}) as JobSpec;
  validateOwnSelector(errors, job);
  validateJobSpec(errors, spec, 'spec');
  if (!spec.selector) errors.push(requiredField('spec.selector'));
  else validateSelector(errors, spec.selector, 'spec.selector');
  const selector = compiledSelector(spec.selector);
  const labels = spec.template?.metadata?.labels;
  if (selector && !selector.matches(labels)) {
    errors.push(invalidField('spec.template.metadata.labels', sorted(labels), '`selector` does not match template `labels`'));
  }
  return errors;
}

const FIXED: readonly (keyof JobSpec)[] = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
];

const shownTemplate = ({ metadata, spec }: PodTemplateSpec) => ({ ...metadata, Spec: spec ? shownPodSpec(spec) : {} });

function validateUpdate(job: Job, old: Job): FieldErrors {
  const spec = (job.spec ?? {}) as JobSpec;
  const before = (old.spec ?? {}) as JobSpec;
  if (spec === before) return [];
  const errors = validate(job);
  const indexed = before.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (spec.completions !== before.completions && !indexed)
    errors.push(invalidField('spec.completions', spec.completions ?? null, IMMUTABLE));
  if (!equalValues(spec.selector, before.selector)) errors.push(invalidField('spec.selector', spec.selector ?? null, IMMUTABLE));
  if (!equalValues(spec.template, before.template) && !mayChangeTemplate(job, old)) {
    errors.push(invalidField('spec.template', shownTemplate(spec.template), IMMUTABLE));
  }
  for (const part of FIXED) {
    if (part !== 'selector' && !equalValues(spec[part], before[part]))
      errors.push(invalidField(`spec.${part}`, spec[part] ?? null, IMMUTABLE));
  }
  return errors;
}

/** A job that is suspended and has not begun may change where and with what its pods run. */
function mayChangeTemplate(job: Job, old: Job): boolean {
  if (!old.spec?.suspend || old.status?.startTime) return false;
  const masked = { ...job.spec!.template, spec: { ...job.spec!.template.spec! } };
  const before = old.spec.template;
  for (const part of ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates', 'containers', 'initContainers'] as const) {
    (masked.spec as Record<string, unknown>)[part] = before.spec?.[part];
  }
  masked.metadata = { ...masked.metadata, labels: before.metadata?.labels as never, annotations: before.metadata?.annotations as never };
  return equalValues(masked, { ...before, metadata: { ...before.metadata } });
}

function warnings(job: Job, old: Job | undefined): readonly string[] {
  const spec = (job.spec ?? {}) as JobSpec;
  if (spec === old?.spec) return [];
  const many = spec.completionMode === 'Indexed' && (spec.completions ?? 0) > 100_000 && (spec.parallelism ?? 0) > 10_000;
  return [
    ...(old ? [] : nameWarnings(job.metadata?.name)),
    ...(many
      ? [
          'spec: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail',
        ]
      : []),
    ...templateWarnings(spec.template, old?.spec?.template, 'spec.template'),
  ];
}

const STATES = ['Complete', 'Failed', '', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

/** What Tables show as a job's status. */
export function jobStatusText(job: Job): string {
  const holds = (type: string) =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
  for (const state of STATES) {
    if (state === '') {
      if (job.metadata?.deletionTimestamp) return 'Terminating';
    } else if (holds(state)) return state;
  }
  return 'Running';
}

function completionsText({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0;
  if (typeof spec?.completions === 'number') return `${done}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function durationText({ status }: Job, { nowMs }: RowContext): string {
  if (!status?.startTime) return '';
  return humanDuration((status.completionTime ? parseRfc3339(status.completionTime) : nowMs) - parseRfc3339(status.startTime));
}

export const jobBehaviour: KindBehaviour<Job> = {
  kind: JOBS,
  defaults,
  counted: true,
  initialStatus: () => ({}),
  prepareForCreate,
  validate,
  validateUpdate,
  warnings,
  defaultPropagation: 'Orphan',
  selectableFields: { 'status.successful': ({ status }) => String(status?.succeeded ?? 0) },
  row: (job, context) =>
    row(
      job.metadata?.name ?? '',
      jobStatusText(job),
      completionsText(job),
      durationText(job, context),
      ageOf(job, context),
      ...containerCells(job.spec?.template?.spec),
      formatLabelSelector(job.spec?.selector),
    ),
};
