import { formatLabelSelector } from '../../api/labels.ts';
import { describeContainers } from './containers.ts';
import { describeVolumes } from './volumes.ts';
import { DescriptionWriter } from './writer.ts';
import type { PodTemplateSpec, TopologySpreadConstraint } from 'kubernetes-types/core/v1';

/** The `Pod Template:` part of a workload's description (kubectl DescribePodTemplate). */
export function describePodTemplate(w: DescriptionWriter, template: PodTemplateSpec | undefined): void {
  w.line(0, 'Pod Template:');
  if (!template) {
    w.line(1, '<unset>');
    return;
  }
  const { spec } = template;
  w.labels('Labels', template.metadata?.labels, '  ');
  if (Object.keys(template.metadata?.annotations ?? {}).length > 0) w.annotations('Annotations', template.metadata!.annotations, '  ');
  if (spec?.serviceAccountName) w.line(1, `Service Account:\t${spec.serviceAccountName}`);
  if (spec?.initContainers?.length) describeContainers(w, 'Init Containers', spec.initContainers, undefined, undefined, '  ');
  describeContainers(w, 'Containers', spec?.containers, undefined, undefined, '  ');
  describeVolumes(w, spec?.volumes, '  ');
  describeSpread(w, spec?.topologySpreadConstraints, '  ');
  if (spec?.priorityClassName) w.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  w.labels('Node-Selectors', spec?.nodeSelector, '  ');
  w.tolerations('Tolerations', spec?.tolerations, '  ');
}

/** The template alone with its tabs, as `rollout history --revision` prints it. */
export function podTemplateText(template: PodTemplateSpec | undefined): string {
  const w = new DescriptionWriter();
  describePodTemplate(w, template);
  return w.tabbed();
}

export function describeSpread(w: DescriptionWriter, constraints: readonly TopologySpreadConstraint[] | undefined, space: string): void {
  if (!constraints || constraints.length === 0) return;
  const sorted = [...constraints].sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1));
  const entries = sorted.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => {
    const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
    return `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}`;
  });
  w.column('Topology Spread Constraints', space, entries);
}
