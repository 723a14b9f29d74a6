import { formatLabelSelector } from '../../api/labels.ts';
import { humanDuration, parseRfc3339 } from '../../base/time.ts';
import type { CronJob, Job } from '../../api/kinds.ts';
import { describeOwnEvents, type Describer } from './describer.ts';
import { controllerText, longTime, titled } from './format.ts';
import { describePodTemplate } from './pod-template.ts';
import type { DescriptionWriter } from './writer.ts';

export const describeJob: Describer<Job> = function* (w, job, context) {
  const { metadata = {}, spec, status } = job;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  if (spec?.selector) w.field('Selector', formatLabelSelector(spec.selector));
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  const controlledBy = controllerText(job);
  if (controlledBy) w.field('Controlled By', controlledBy);
  if (spec?.parallelism !== undefined) w.field('Parallelism', spec.parallelism);
  w.field('Completions', spec?.completions ?? '<unset>');
  if (spec?.completionMode) w.field('Completion Mode', spec.completionMode);
  if (spec?.suspend !== undefined) w.field('Suspend', spec.suspend);
  if (spec?.backoffLimit !== undefined) w.field('Backoff Limit', spec.backoffLimit);
  if (spec?.ttlSecondsAfterFinished !== undefined) w.field('TTL Seconds After Finished', spec.ttlSecondsAfterFinished);
  if (status?.startTime) w.field('Start Time', longTime(status.startTime));
  if (status?.completionTime) w.field('Completed At', longTime(status.completionTime));
  if (status?.startTime && status.completionTime)
    w.field('Duration', humanDuration(parseRfc3339(status.completionTime) - parseRfc3339(status.startTime)));
  if (spec?.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  const { active = 0, ready, succeeded = 0, failed = 0 } = status ?? {};
  w.field('Pods Statuses', `${active} Active${` (${ready ?? 0} Ready)`} / ${succeeded} Succeeded / ${failed} Failed`);
  if (spec?.completionMode === 'Indexed') w.field('Completed Indexes', status?.completedIndexes || '<none>');
  if (spec?.template) describePodTemplate(w, spec.template);
  yield* describeOwnEvents(w, job, context);
};

export const describeCronJob: Describer<CronJob> = function* (w, cron, context) {
  const { metadata = {}, spec, status } = cron;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.field('Schedule', spec?.schedule);
  if (spec?.timeZone) w.field('Time Zone', spec.timeZone);
  w.field('Concurrency Policy', spec?.concurrencyPolicy);
  w.field('Suspend', titled(spec?.suspend));
  w.field('Successful Job History Limit', spec?.successfulJobsHistoryLimit ?? '<unset>');
  w.field('Failed Job History Limit', spec?.failedJobsHistoryLimit ?? '<unset>');
  w.field('Starting Deadline Seconds', spec?.startingDeadlineSeconds === undefined ? '<unset>' : `${spec.startingDeadlineSeconds}s`);
  describeJobTemplate(w, spec?.jobTemplate.spec);
  w.field('Last Schedule Time', status?.lastScheduleTime ? longTime(status.lastScheduleTime) : '<unset>');
  const active = (status?.active ?? []).map(({ name }) => name).join(', ');
  w.field('Active Jobs', active === '' ? '<none>' : active);
  yield* describeOwnEvents(w, cron, context);
};

function describeJobTemplate(w: DescriptionWriter, spec: Job['spec']): void {
  if (!spec) return;
  w.field('Selector', spec.selector ? formatLabelSelector(spec.selector) : '<unset>');
  w.field('Parallelism', spec.parallelism ?? '<unset>');
  w.field('Completions', spec.completions ?? '<unset>');
  if (spec.activeDeadlineSeconds !== undefined) w.field('Active Deadline Seconds', `${spec.activeDeadlineSeconds}s`);
  describePodTemplate(w, spec.template);
}
