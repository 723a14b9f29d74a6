import { formatLabels, formatLabelSelector } from '../../api/labels.ts';
import type { DaemonSet } from '../../api/kinds.ts';
import { describeOwnEvents, podsStatus, type Describer } from './describer.ts';
import { describePodTemplate } from './pod-template.ts';

export const describeDaemonSet: Describer<DaemonSet> = function* (w, set, context) {
  const { metadata = {}, spec, status } = set;
  const selector = formatLabelSelector(spec?.selector);
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  w.field('Selector', selector);
  w.field('Node-Selector', formatLabels(spec?.template.spec?.nodeSelector));
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  w.line(0, `Desired Number of Nodes Scheduled: ${status?.desiredNumberScheduled ?? 0}`);
  w.line(0, `Current Number of Nodes Scheduled: ${status?.currentNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status?.updatedNumberScheduled ?? 0}`);
  w.line(0, `Number of Nodes Scheduled with Available Pods: ${status?.numberAvailable ?? 0}`);
  w.line(0, `Number of Nodes Misscheduled: ${status?.numberMisscheduled ?? 0}`);
  w.field('Pods Status', yield* podsStatus(context.api, set, selector));
  describePodTemplate(w, spec?.template);
  yield* describeOwnEvents(w, set, context);
};
