import { forbidden } from '../../api/status.ts';
import type { AdmissionPlugin } from '../admission.ts';
import type { Lookup } from './lookup.ts';

const DEFAULT_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

/** Ingresses that name no class get the default one (plugin/network/defaultingressclass). */
export function defaultIngressClass(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    resources: ['ingresses.networking.k8s.io'],
    operations: ['CREATE'],
    mutate(request) {
      const ingress = request.object!;
      if (ingress.spec?.ingressClassName !== undefined || ingress.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined) return;
      const defaults = lookup
        .list('ingressclasses.networking.k8s.io')
        .filter((candidate) => candidate.metadata!.annotations?.[DEFAULT_ANNOTATION] === 'true')
        .sort((a, b) => {
          const [newer, older] = [String(b.metadata!.creationTimestamp), String(a.metadata!.creationTimestamp)];
          return newer < older ? -1 : newer > older ? 1 : a.metadata!.name! < b.metadata!.name! ? -1 : 1;
        });
      const [chosen] = defaults;
      if (chosen) request.object = { ...ingress, spec: { ...ingress.spec, ingressClassName: chosen.metadata!.name } };
    },
  };
}

/** Pods that name a runtime class get its overhead and scheduling (plugin/runtimeclass). */
export function runtimeClass(lookup: Lookup): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    resources: ['pods'],
    operations: ['CREATE'],
    mutate(request) {
      const pod = request.object!;
      const name = pod.spec?.runtimeClassName as string | undefined;
      if (request.subresource !== '' || !name) return;
      const found = lookup.get('runtimeclasses.node.k8s.io', '', name);
      if (!found) throw forbidden(request.resource, pod.metadata?.name ?? '', `pod rejected: RuntimeClass "${name}" not found`);
      const spec = { ...pod.spec };
      if (found.overhead?.podFixed) spec.overhead ??= found.overhead.podFixed;
      if (found.scheduling?.nodeSelector) spec.nodeSelector = { ...found.scheduling.nodeSelector, ...spec.nodeSelector };
      if (found.scheduling?.tolerations) spec.tolerations = [...(spec.tolerations ?? []), ...found.scheduling.tolerations];
      request.object = { ...pod, spec };
    },
  };
}
