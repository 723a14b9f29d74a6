import type { AdmissionPlugin } from '../admission.ts';

const TOLERATION_SECONDS = 300;
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

const NOT_READY_TOLERATION: Toleration = { key: NOT_READY, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATION_SECONDS };
const UNREACHABLE_TOLERATION: Toleration = {
  key: UNREACHABLE,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: TOLERATION_SECONDS,
};
const BOTH: readonly Toleration[] = [NOT_READY_TOLERATION, UNREACHABLE_TOLERATION];

function tolerates(tolerations: readonly Toleration[], key: string): boolean {
  return tolerations.some(
    (toleration) => (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect),
  );
}

/** Five minutes on nodes that are not ready or unreachable, unless the pod says otherwise (plugin/defaulttolerationseconds). */
export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  operations: ['CREATE', 'UPDATE'],
  mutate(request) {
    if (request.subresource !== '') return;
    const pod = request.object!;
    const present = (pod.spec?.tolerations ?? []) as readonly Toleration[];
    if (request.operation === 'UPDATE' && present === request.old?.spec?.tolerations) return;
    if (present.length === 0) {
      request.object = { ...pod, spec: { ...pod.spec, tolerations: BOTH } };
      return;
    }
    const added = [...present];
    if (!tolerates(present, NOT_READY)) added.push(NOT_READY_TOLERATION);
    if (!tolerates(present, UNREACHABLE)) added.push(UNREACHABLE_TOLERATION);
    if (added.length > present.length) request.object = { ...pod, spec: { ...pod.spec, tolerations: added } };
  },
};
