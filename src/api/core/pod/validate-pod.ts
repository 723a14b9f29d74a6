import { equalValues } from '../../equal.ts';
import { addProblems, forbiddenField, IMMUTABLE, invalidField, requiredField, type FieldErrors } from '../../field-errors.ts';
import { isDns1123Subdomain, isLegacyIP, isQualifiedName, outOfRange } from '../../names.ts';
import { compareQuantities } from '../../quantity.ts';
import { withField } from '../../share.ts';
import { qosClassOf } from './qos.ts';
import { specDifference } from './spec-difference.ts';
import { validateTrimmedImage } from './validate-container.ts';
import { validatePodAnnotations, validatePodSpec } from './validate-pod-spec.ts';
import { validateTolerations } from './validate-scheduling.ts';
import type { Container, ContainerStatus, Pod, PodSpec, Toleration } from 'kubernetes-types/core/v1';

/* What holds of pods beside their templates' share, and what of them may change. */

const LARGEST_INT32 = 2 ** 31 - 1;
const MIRROR = 'kubernetes.io/config.mirror';
const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const CHANGEABLE = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',');

function validateSpec(errors: FieldErrors, pod: Pod): void {
  const spec = pod.spec ?? ({} as PodSpec);
  validatePodAnnotations(errors, pod.metadata?.annotations, spec, 'metadata.annotations');
  validatePodSpec(errors, spec, 'spec', true);
  if (!spec.serviceAccountName) {
    spec.volumes?.forEach(({ projected }, i) =>
      projected?.sources?.forEach(({ serviceAccountToken }, j) => {
        if (!serviceAccountToken) return;
        errors.push(
          forbiddenField(
            `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
            'must not be specified when serviceAccountName is not set',
          ),
        );
      }),
    );
  }
  spec.containers?.forEach((container, i) => validateTrimmedImage(errors, container, `spec.containers[${i}]`));
  spec.initContainers?.forEach((container, i) => validateTrimmedImage(errors, container, `spec.initContainers[${i}]`));
}

export function validatePod(pod: Pod): FieldErrors {
  const errors: FieldErrors = [];
  validateSpec(errors, pod);
  if (pod.spec?.ephemeralContainers?.length) errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  if (pod.spec?.nodeName && pod.spec.schedulingGates?.length) {
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}

/** Annotations that were there for good, and those that may not come later. */
function validateAnnotationChanges(errors: FieldErrors, pod: Pod, old: Pod): void {
  const now = pod.metadata?.annotations ?? {};
  const before = old.metadata?.annotations ?? {};
  if (now === before) return;
  for (const key of Object.keys(before).sort()) {
    if (now[key] === before[key]) continue;
    if (key.startsWith(APP_ARMOR_PREFIX))
      errors.push(forbiddenField(`metadata.annotations[${key}]`, 'may not remove or update AppArmor annotations'));
    if (key === MIRROR) errors.push(forbiddenField(`metadata.annotations[${key}]`, 'may not remove or update mirror pod annotation'));
  }
  for (const key of Object.keys(now).sort()) {
    if (key in before) continue;
    if (key.startsWith(APP_ARMOR_PREFIX)) errors.push(forbiddenField(`metadata.annotations[${key}]`, 'may not add AppArmor annotations'));
    if (key === MIRROR) errors.push(forbiddenField(`metadata.annotations[${key}]`, 'may not add mirror pod annotation'));
  }
}

/** Whether the lists match in number; nothing else is worth a look if not. */
function sameNumber(
  errors: FieldErrors,
  containers: readonly Container[] | null | undefined,
  old: readonly Container[] | undefined,
  field: string,
): boolean {
  if ((containers?.length ?? 0) === (old?.length ?? 0)) return true;
  errors.push(forbiddenField(field, 'pod updates may not add or remove containers'));
  return false;
}

/** Answers whether the deadline makes further checks pointless. */
function validateDeadline(errors: FieldErrors, spec: PodSpec, old: PodSpec): boolean {
  const field = 'spec.activeDeadlineSeconds';
  const deadline = spec.activeDeadlineSeconds;
  const before = old.activeDeadlineSeconds;
  if (typeof deadline === 'number') {
    if (deadline < 0 || deadline > LARGEST_INT32) {
      errors.push(invalidField(field, deadline, outOfRange(0, LARGEST_INT32)));
      return true;
    }
    if (typeof before === 'number' && before < deadline) {
      errors.push(invalidField(field, deadline, 'must be less than or equal to previous value'));
      return true;
    }
  } else if (typeof before === 'number') errors.push(invalidField(field, null, 'must not update from a positive integer to nil value'));
  return false;
}

function validateOnlyAdded(errors: FieldErrors, tolerations: readonly Toleration[] = [], old: readonly Toleration[] = []): void {
  if (tolerations === old) return;
  for (const toleration of old) {
    const kept = tolerations.some((other) =>
      equalValues({ ...toleration, tolerationSeconds: null }, { ...other, tolerationSeconds: null }),
    );
    if (kept) continue;
    errors.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
    return;
  }
  validateTolerations(errors, tolerations, 'spec.tolerations');
}

const withImageOf = (containers: Container[] | undefined, old: Container[] | undefined) =>
  containers?.map((container, i) => withField(container, 'image', old?.[i]?.image));

/** The new spec with everything that may change put back: what is left differs wrongly. */
function withoutAllowedChanges(spec: PodSpec, old: PodSpec): PodSpec {
  const masked: PodSpec = {
    ...spec,
    containers: withImageOf(spec.containers, old.containers) ?? [],
    initContainers: withImageOf(spec.initContainers, old.initContainers) as Container[],
    activeDeadlineSeconds: old.activeDeadlineSeconds as number,
    schedulingGates: old.schedulingGates as never,
    tolerations: old.tolerations as Toleration[],
  };
  if ((old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    masked.terminationGracePeriodSeconds = old.terminationGracePeriodSeconds as number;
  }
  return masked;
}

/** What may change besides as long as a pod is held back from scheduling. */
function maskGated(errors: FieldErrors, masked: PodSpec, old: PodSpec): void {
  if (!old.schedulingGates?.length) return;
  if (!equalValues(masked.nodeSelector, old.nodeSelector)) {
    const kept = Object.entries(old.nodeSelector ?? {}).every(([key, value]) => masked.nodeSelector?.[key] === value);
    if (!kept) {
      const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
      errors.push(invalidField('spec.nodeSelector', masked.nodeSelector ?? null, why));
    }
    masked.nodeSelector = old.nodeSelector as never;
  }
  const required = old.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!required && masked.affinity?.nodeAffinity && !equalValues(masked.affinity.nodeAffinity, old.affinity?.nodeAffinity)) {
    const { nodeAffinity: _changed, ...others } = masked.affinity;
    const affinity = { ...others, ...(old.affinity?.nodeAffinity && { nodeAffinity: old.affinity.nodeAffinity }) };
    masked.affinity = (old.affinity || Object.keys(affinity).length > 0 ? affinity : undefined) as never;
  }
}

export function validatePodUpdate(pod: Pod, old: Pod): FieldErrors {
  const errors: FieldErrors = [];
  const spec = pod.spec ?? ({} as PodSpec);
  const before = old.spec ?? ({} as PodSpec);
  if (spec === before) {
    if (pod.metadata?.annotations !== old.metadata?.annotations) {
      validatePodAnnotations(errors, pod.metadata?.annotations, spec, 'metadata.annotations');
      validateAnnotationChanges(errors, pod, old);
    }
    return errors;
  }
  validateSpec(errors, pod);
  validateAnnotationChanges(errors, pod, old);
  if (!sameNumber(errors, spec.containers, before.containers, 'spec.containers')) return errors;
  if (!sameNumber(errors, spec.initContainers, before.initContainers, 'spec.initContainers')) return errors;
  if (validateDeadline(errors, spec, before)) return errors;
  validateOnlyAdded(errors, spec.tolerations, before.tolerations);
  spec.schedulingGates?.forEach(({ name }, i) => {
    if (before.schedulingGates?.some((gate) => gate.name === name)) return;
    errors.push(forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`));
  });
  if (equalValues(spec, before)) return errors;
  const masked = withoutAllowedChanges(spec, before);
  maskGated(errors, masked, before);
  if (!equalValues(masked, before)) {
    errors.push(forbiddenField('spec', `pod updates may not change fields other than ${CHANGEABLE}\n${specDifference(before, masked)}`));
  }
  return errors;
}

/** A container that is over stays over where the pod's policy says so. */
function validateTransitions(
  errors: FieldErrors,
  statuses: readonly ContainerStatus[] = [],
  old: readonly ContainerStatus[] = [],
  policy: string,
  field: string,
): void {
  if (policy === 'Always' || statuses === old) return;
  old.forEach((before, i) => {
    const ended = before.state?.terminated;
    if (!ended || (ended.exitCode !== 0 && policy === 'OnFailure')) return;
    const now = statuses.find(({ name }) => name === before.name);
    if (now && !now.state?.terminated)
      errors.push(forbiddenField(`${field}[${i}].state`, 'may not be transitioned to non-terminated state'));
  });
}

const OWN_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized', 'ContainersReady']);

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldErrors {
  const errors: FieldErrors = [];
  const status = pod.status ?? {};
  const before = old.status ?? {};
  validateAnnotationChanges(errors, pod, old);
  status.conditions?.forEach(({ type }, i) => {
    if (!OWN_CONDITIONS.has(type)) addProblems(errors, `metadata.conditions[${i}].Type`, type, isQualifiedName(type));
  });
  const nominated = status.nominatedNodeName;
  if (nominated && nominated !== before.nominatedNodeName)
    addProblems(errors, 'status.nominatedNodeName', nominated, isDns1123Subdomain(nominated));
  if ((status.qosClass ?? '') !== (before.qosClass ?? '')) errors.push(invalidField('status.qosClass', status.qosClass ?? '', IMMUTABLE));
  const policy = old.spec?.restartPolicy ?? 'Always';
  validateTransitions(errors, status.containerStatuses, before.containerStatuses, policy, 'status.containerStatuses');
  const sidecars = new Set(
    old.spec?.initContainers
      ?.filter((container) => (container as { restartPolicy?: string }).restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const inits = before.initContainerStatuses?.filter(({ name }) => !sidecars.has(name));
  validateTransitions(errors, status.initContainerStatuses, inits, policy, 'status.initContainerStatuses');
  if (status.podIPs !== before.podIPs)
    status.podIPs?.forEach(({ ip }, i) => addProblems(errors, `status.podIPs[${i}]`, ip ?? '', isLegacyIP(ip ?? '')));
  return errors;
}

type Resources = NonNullable<Container['resources']>;

function removed(now: Resources['requests'], before: Resources['requests']): boolean {
  return Object.keys(before ?? {}).some((name) => now?.[name] === undefined);
}

function validateContainerResize(errors: FieldErrors, container: Container, old: Container, field: string): void {
  const { requests, limits } = container.resources ?? {};
  if (removed(requests, old.resources?.requests)) errors.push(forbiddenField(`${field}.requests`, 'resource requests cannot be removed'));
  if (removed(limits, old.resources?.limits)) errors.push(forbiddenField(`${field}.limits`, 'resource limits cannot be removed'));
  for (const part of ['requests', 'limits'] as const) {
    const now = container.resources?.[part] ?? {};
    const before = old.resources?.[part] ?? {};
    for (const name of new Set([...Object.keys(now), ...Object.keys(before)])) {
      if (name === 'cpu' || name === 'memory') continue;
      const isKept = Object.hasOwn(now, name) && Object.hasOwn(before, name) && compareQuantities(now[name]!, before[name]!) === 0;
      if (!isKept) {
        errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable'));
      }
    }
  }
}

/** Checks a write through the `resize` subresource, which changes resources of containers only (ValidatePodResize). */
export function validatePodResize(pod: Pod, old: Pod): FieldErrors {
  const errors: FieldErrors = [];
  const spec = pod.spec ?? ({} as PodSpec);
  const before = old.spec ?? ({} as PodSpec);
  validateSpec(errors, pod);
  if (old.metadata?.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods cannot be resized')];
  const qosClass = old.status?.qosClass || qosClassOf(before);
  if (qosClass !== qosClassOf(spec)) errors.push(invalidField('spec', qosClass, 'Pod QOS Class may not change as a result of resizing'));
  const running = old.status?.containerStatuses?.find(({ state }) => state?.running) as { resources?: unknown } | undefined;
  if (running && !running.resources) errors.push(forbiddenField('spec', 'Pod running on node without support for resize'));
  spec.containers?.forEach((container, i) =>
    validateContainerResize(errors, container, before.containers[i] ?? container, `spec.containers[${i}].resources`),
  );
  spec.initContainers?.forEach((container, i) => {
    const former = before.initContainers?.[i];
    if (!former || equalValues(container, former)) return;
    if ((former as { restartPolicy?: string }).restartPolicy === 'Always') {
      validateContainerResize(errors, container, former, `spec.initContainers[${i}].resources`);
    } else errors.push(forbiddenField('spec', 'resources for non-sidecar init containers are immutable'));
  });
  return errors;
}

/** Checks a write through the `ephemeralcontainers` subresource: containers may only come. */
export function validateEphemeralUpdate(pod: Pod, old: Pod): FieldErrors {
  const errors: FieldErrors = [];
  validateSpec(errors, pod);
  validateAnnotationChanges(errors, pod, old);
  if (old.metadata?.annotations?.[MIRROR] !== undefined) return [forbiddenField('', 'static pods do not support ephemeral containers')];
  for (const former of old.spec?.ephemeralContainers ?? []) {
    const now = pod.spec?.ephemeralContainers?.find(({ name }) => name === former.name);
    const field = 'spec.ephemeralContainers';
    if (!now) errors.push(forbiddenField(field, `existing ephemeral containers "${former.name}" may not be removed\n`));
    else if (!equalValues(former, now))
      errors.push(forbiddenField(field, `existing ephemeral containers "${former.name}" may not be changed\n`));
  }
  return errors;
}

/** What an eviction or a binding must name. */
export function validateBindingTarget(target: { kind?: string; name?: string } | undefined): FieldErrors {
  const errors: FieldErrors = [];
  if (target?.kind && target.kind !== 'Node') {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'target.kind',
      message: `Unsupported value: "${target.kind}": supported values: "Node", "<empty>"`,
    });
  }
  if (!target?.name) errors.push(requiredField('target.name'));
  return errors;
}
