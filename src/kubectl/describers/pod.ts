import { controllerText, ago, longTime } from './format.ts';
import { describeContainers, describeResources } from './containers.ts';
import { describeOwnEvents, type Describer } from './describer.ts';
import { describeSpread } from './pod-template.ts';
import { describeVolumes } from './volumes.ts';
import type { DescriptionWriter } from './writer.ts';
import type { Pod, ResourceRequirements } from 'kubernetes-types/core/v1';

export const describePod: Describer<Pod> = function* (w, pod, context) {
  const { metadata = {}, spec, status } = pod;
  describePodHead(w, pod);
  w.labels('Labels', metadata.labels);
  w.annotations('Annotations', metadata.annotations);
  if (metadata.deletionTimestamp && status?.phase !== 'Failed' && status?.phase !== 'Succeeded') {
    w.field('Status', `Terminating (lasts ${ago(metadata.deletionTimestamp, context.nowMs)})`);
    w.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else w.field('Status', status?.phase);
  if (status?.reason) w.field('Reason', status.reason);
  if (status?.message) w.field('Message', status.message);
  const seccomp = spec?.securityContext?.seccompProfile;
  if (seccomp) w.field('SeccompProfile', seccomp.type);
  w.field('IP', status?.podIP);
  describeAddresses(w, pod);
  const controlledBy = controllerText(pod);
  if (controlledBy) w.field('Controlled By', controlledBy);
  if (status?.nominatedNodeName) w.field('NominatedNodeName', status.nominatedNodeName);
  const { resources } = (spec ?? {}) as { resources?: ResourceRequirements };
  if (resources) {
    w.line(0, 'Resources:');
    describeResources(w, resources, 1);
  }
  if (spec?.initContainers?.length) describeContainers(w, 'Init Containers', spec.initContainers, status?.initContainerStatuses, pod, '');
  describeContainers(w, 'Containers', spec?.containers, status?.containerStatuses, pod, '');
  if (spec?.ephemeralContainers?.length)
    describeContainers(w, 'Ephemeral Containers', spec.ephemeralContainers, status?.ephemeralContainerStatuses, pod, '');
  describeGates(w, pod);
  if (status?.conditions?.length) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus');
    for (const condition of status.conditions) w.line(1, `${condition.type} \t${condition.status} `);
  }
  describeVolumes(w, spec?.volumes, '');
  w.field('QoS Class', status?.qosClass);
  w.labels('Node-Selectors', spec?.nodeSelector);
  w.tolerations('Tolerations', spec?.tolerations);
  describeSpread(w, spec?.topologySpreadConstraints, '');
  yield* describeOwnEvents(w, pod, context);
};

function describePodHead(w: DescriptionWriter, { metadata = {}, spec, status }: Pod): void {
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace);
  if (spec?.priority !== undefined) w.field('Priority', spec.priority);
  if (spec?.priorityClassName) w.field('Priority Class Name', spec.priorityClassName);
  if (spec?.runtimeClassName) w.field('Runtime Class Name', spec.runtimeClassName);
  if (spec?.serviceAccountName) w.field('Service Account', spec.serviceAccountName);
  w.field('Node', spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>');
  if (status?.startTime) w.field('Start Time', longTime(status.startTime));
}

function describeAddresses(w: DescriptionWriter, { status }: Pod): void {
  const addresses = status?.podIPs ?? [];
  if (addresses.length === 0) {
    w.line(0, 'IPs:\t<none>');
    return;
  }
  w.line(0, 'IPs:');
  for (const { ip } of addresses) w.line(1, `IP:\t${ip ?? ''}`);
}

function describeGates(w: DescriptionWriter, { spec, status }: Pod): void {
  const gates = spec?.readinessGates ?? [];
  if (gates.length === 0) return;
  w.line(0, 'Readiness Gates:');
  w.line(1, 'Type\tStatus');
  for (const { conditionType } of gates) {
    const condition = status?.conditions?.find(({ type }) => type === conditionType);
    w.line(1, `${conditionType} \t${condition?.status ?? '<none>'} `);
  }
}
