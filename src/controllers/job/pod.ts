import { podFromTemplate } from '../shared/pod-template.ts';
import { JOBS, type Job, type Pod } from '../../api/kinds.ts';
import { INDEX_ANNOTATION, TRACKING_FINALIZER } from './decide.ts';
import type { Container } from 'kubernetes-types/core/v1';
import type { Stored } from '../../api/object.ts';

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX';

/** A pod of a job, held by the tracking finalizer until it is counted; `index` of an Indexed job. */
export function jobPod(job: Stored<Job>, index: number | undefined): Pod {
  const pod = podFromTemplate(job.spec?.template, job, JOBS);
  const finalizers = [...(pod.metadata?.finalizers ?? []), TRACKING_FINALIZER];
  const tracked = { ...pod, metadata: { ...pod.metadata, finalizers } };
  return index === undefined ? tracked : withIndex(tracked, job.metadata.name, index);
}

function withIndex(pod: Pod, job: string, index: number): Pod {
  const text = String(index);
  const metadata = {
    ...pod.metadata,
    generateName: `${job}-${index}-`,
    annotations: { ...pod.metadata?.annotations, [INDEX_ANNOTATION]: text },
    labels: { ...pod.metadata?.labels, [INDEX_ANNOTATION]: text },
  };
  const spec = pod.spec!;
  const hostname = spec.hostname ?? `${job}-${index}`;
  const { initContainers } = spec;
  return {
    ...pod,
    metadata,
    spec: {
      ...spec,
      hostname,
      containers: spec.containers.map(knowingIndex),
      ...(initContainers && { initContainers: initContainers.map(knowingIndex) }),
    },
  };
}

function knowingIndex(container: Container): Container {
  if (container.env?.some((variable) => variable.name === INDEX_VARIABLE)) return container;
  const variable = { name: INDEX_VARIABLE, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX_ANNOTATION}']` } } };
  return { ...container, env: [...(container.env ?? []), variable] };
}
