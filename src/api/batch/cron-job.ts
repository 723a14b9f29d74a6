import { nameWarnings } from '../apps/validate-workload.ts';
import { defaultTemplate } from '../core/pod/pod-defaults.ts';
import { templateWarnings } from '../core/pod/pod-warnings.ts';
import { checkNotNegative, invalidField, requiredField, unsupportedField, type FieldErrors } from '../field-errors.ts';
import { CRON_JOBS } from '../kinds.ts';
import { formatLabelSelector } from '../labels.ts';
import { withDefaults, withField } from '../share.ts';
import { ageOf, containerCells, row, since } from '../table.ts';
import { cronScheduleFault } from './cron-schedule.ts';
import { validateJobSpec, type JobSpec } from './validate-job-spec.ts';
import type { KindBehaviour } from '../behaviour.ts';
import type { CronJob, CronJobSpec, JobTemplateSpec } from 'kubernetes-types/batch/v1';

const SPEC: Partial<CronJobSpec> = { concurrencyPolicy: 'Allow', suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 };
const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** The controller appends a dash and ten digits to make the names of jobs. */
const NAME_LIMIT = 52;

function defaults(job: CronJob): CronJob {
  const spec = withDefaults(job.spec ?? ({} as CronJobSpec), SPEC);
  const template: JobTemplateSpec = withDefaults(spec.jobTemplate ?? {}, { metadata: {} });
  const inner = template.spec ?? ({} as JobSpec);
  const full = withField(template, 'spec', withField(inner, 'template', defaultTemplate(inner.template)));
  return withField(job, 'spec', withField(spec, 'jobTemplate', full));
}

function validateSchedule(errors: FieldErrors, schedule: string, timeZone: string | undefined): void {
  const field = 'spec.schedule';
  if (schedule === '') {
    errors.push(requiredField(field));
    return;
  }
  if (schedule.includes('TZ')) {
    errors.push(
      timeZone === undefined
        ? invalidField(field, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
        : invalidField(field, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'),
    );
    return;
  }
  const fault = cronScheduleFault(schedule);
  if (fault) errors.push(invalidField(field, schedule, fault));
}

function validateZone(errors: FieldErrors, zone: string | undefined): void {
  if (zone === undefined) return;
  const field = 'spec.timeZone';
  if (zone === '') errors.push(invalidField(field, zone, 'timeZone must be nil or non-empty string'));
  else if (zone.toLowerCase() === 'local')
    errors.push(invalidField(field, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'));
  else if (!/^[A-Za-z0-9_+/-]+$/.test(zone)) errors.push(invalidField(field, zone, `unknown time zone ${zone}`));
}

function validate(job: CronJob): FieldErrors {
  const errors: FieldErrors = [];
  const { schedule = '', startingDeadlineSeconds, timeZone, concurrencyPolicy, jobTemplate } = job.spec ?? ({} as CronJobSpec);
  validateSchedule(errors, schedule, timeZone);
  checkNotNegative(errors, 'spec.startingDeadlineSeconds', startingDeadlineSeconds);
  validateZone(errors, timeZone);
  if (!concurrencyPolicy) errors.push(requiredField('spec.concurrencyPolicy'));
  else if (!POLICIES.includes(concurrencyPolicy)) errors.push(unsupportedField('spec.concurrencyPolicy', concurrencyPolicy, POLICIES));
  const inner = (jobTemplate?.spec ?? {}) as JobSpec;
  if (inner.selector) errors.push(invalidField('spec.jobTemplate.spec.selector', inner.selector, '`selector` will be auto-generated'));
  if (inner.manualSelector) errors.push(unsupportedField('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  validateJobSpec(errors, inner, 'spec.jobTemplate.spec');
  checkNotNegative(errors, 'spec.successfulJobsHistoryLimit', job.spec?.successfulJobsHistoryLimit);
  checkNotNegative(errors, 'spec.failedJobsHistoryLimit', job.spec?.failedJobsHistoryLimit);
  return errors;
}

function validateCreate(job: CronJob): FieldErrors {
  const errors = validate(job);
  const name = job.metadata?.name ?? '';
  if (name.length > NAME_LIMIT) errors.push(invalidField('metadata.name', name, `must be no more than ${NAME_LIMIT} characters`));
  return errors;
}

function warnings(job: CronJob, old: CronJob | undefined): readonly string[] {
  const template = job.spec?.jobTemplate?.spec?.template;
  const former = old?.spec?.jobTemplate?.spec?.template;
  return [...(old ? [] : nameWarnings(job.metadata?.name)), ...templateWarnings(template, former, 'spec.jobTemplate.spec.template')];
}

const suspendText = (suspend: boolean | undefined) => (suspend === undefined ? '<unset>' : suspend ? 'True' : 'False');

export const cronJobBehaviour: KindBehaviour<CronJob> = {
  kind: CRON_JOBS,
  defaults,
  counted: true,
  initialStatus: () => ({}),
  validate: validateCreate,
  validateUpdate: (job, old) => (job.spec === old.spec ? [] : validate(job)),
  warnings,
  row: (job, context) =>
    row(
      job.metadata?.name ?? '',
      job.spec?.schedule ?? '',
      job.spec?.timeZone ?? '<none>',
      suspendText(job.spec?.suspend),
      job.status?.active?.length ?? 0,
      job.status?.lastScheduleTime ? since(job.status.lastScheduleTime, context) : '<none>',
      ageOf(job, context),
      ...containerCells(job.spec?.jobTemplate?.spec?.template?.spec),
      formatLabelSelector(job.spec?.jobTemplate?.spec?.selector),
    ),
};
