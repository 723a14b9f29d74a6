import { duplicateField, forbiddenField, invalidField, requiredField, unsupportedField, type FieldErrors } from '../../field-errors.ts';
import { goShape } from '../../go-shape.ts';
import { outOfRange } from '../../names.ts';
import { POD_SHAPES } from './pod-shapes.ts';
import { validateDescendingPath } from './validate-paths.ts';
import type { PodSecurityContext, PodSpec, SecurityContext } from 'kubernetes-types/core/v1';

const LARGEST_ID = 2 ** 31 - 1;
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctlPattern = new RegExp(SYSCTL);
const SYSCTL_LIMIT = 253;

function checkId(errors: FieldErrors, id: number | undefined | null, field: string): void {
  if (typeof id === 'number' && (id < 0 || id > LARGEST_ID)) errors.push(invalidField(field, id, outOfRange(0, LARGEST_ID)));
}

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

function checkSeccomp(errors: FieldErrors, profile: Profile | undefined, field: string): void {
  if (!profile) return;
  if (!profile.type) errors.push(requiredField(`${field}.type`, 'type is required when seccompProfile is set'));
  else if (!PROFILE_TYPES.includes(profile.type)) errors.push(unsupportedField(`${field}.type`, profile.type, PROFILE_TYPES));
  if (profile.type === 'Localhost') {
    if (profile.localhostProfile === undefined)
      errors.push(requiredField(`${field}.localhostProfile`, 'must be set when seccomp type is Localhost'));
    else validateDescendingPath(errors, profile.localhostProfile, `${field}.localhostProfile`);
  } else if (profile.localhostProfile !== undefined) {
    errors.push(
      invalidField(`${field}.localhostProfile`, goShape(POD_SHAPES, 'Profile', profile), 'can only be set when seccomp type is Localhost'),
    );
  }
}

function checkAppArmor(errors: FieldErrors, profile: Profile | undefined, field: string): void {
  if (!profile) return;
  const { type, localhostProfile } = profile;
  if (!type) errors.push(requiredField(`${field}.type`, 'type is required when appArmorProfile is set'));
  else if (!PROFILE_TYPES.includes(type)) errors.push(unsupportedField(`${field}.type`, type, PROFILE_TYPES));
  else if (type === 'Localhost') {
    if (!localhostProfile?.trim()) errors.push(requiredField(`${field}.localhostProfile`, 'must be set when AppArmor type is Localhost'));
    else if (localhostProfile.trim() !== localhostProfile) {
      errors.push(invalidField(`${field}.localhostProfile`, localhostProfile, 'must not be padded with whitespace'));
    }
  } else if (localhostProfile !== undefined) {
    errors.push(invalidField(`${field}.localhostProfile`, localhostProfile, 'can only be set when AppArmor type is Localhost'));
  }
}

const shownContext = (context: SecurityContext) => goShape(POD_SHAPES, 'SecurityContext', context);

const checked = new WeakSet<SecurityContext>();

/** Checks a container's security context (ValidateSecurityContext). Faultless ones are remembered: pods share their template's. */
export function validateSecurityContext(errors: FieldErrors, context: SecurityContext, field: string, hostUsers: boolean): void {
  if (checked.has(context)) return;
  const before = errors.length;
  checkId(errors, context.runAsUser, `${field}.runAsUser`);
  checkId(errors, context.runAsGroup, `${field}.runAsGroup`);
  const { procMount } = context;
  if (procMount) {
    if (procMount !== 'Default' && procMount !== 'Unmasked')
      errors.push(unsupportedField(`${field}.procMount`, procMount, ['Default', 'Unmasked']));
    if (hostUsers && procMount === 'Unmasked')
      errors.push(invalidField(`${field}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'));
  }
  checkSeccomp(errors, context.seccompProfile, `${field}.seccompProfile`);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged) {
      errors.push(invalidField(field, shownContext(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      errors.push(
        invalidField(field, shownContext(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'),
      );
    }
  }
  checkAppArmor(errors, (context as { appArmorProfile?: Profile }).appArmorProfile, `${field}.appArmorProfile`);
  if (errors.length === before && !procMount) checked.add(context);
}

function checkSysctls(errors: FieldErrors, context: PodSecurityContext, field: string): void {
  const names = new Set<string>();
  context.sysctls?.forEach(({ name }, i) => {
    const at = `${field}[${i}].name`;
    if (!name) errors.push(requiredField(at));
    else if (name.length > SYSCTL_LIMIT || !sysctlPattern.test(name)) {
      errors.push(invalidField(at, name, `must have at most ${SYSCTL_LIMIT} characters and match regex ${SYSCTL}`));
    } else if (names.has(name)) errors.push(duplicateField(at, name));
    names.add(name);
  });
}

/** Checks the security context of a pod (validatePodSpecSecurityContext). */
export function validatePodSecurityContext(errors: FieldErrors, spec: PodSpec, field: string): void {
  const context = spec.securityContext;
  if (!context) return;
  checkId(errors, context.fsGroup, `${field}.fsGroup`);
  checkId(errors, context.runAsUser, `${field}.runAsUser`);
  checkId(errors, context.runAsGroup, `${field}.runAsGroup`);
  context.supplementalGroups?.forEach((group, i) => checkId(errors, group, `${field}.supplementalGroups[${i}]`));
  if (spec.shareProcessNamespace && spec.hostPID) {
    errors.push(invalidField(`${field}.shareProcessNamespace`, true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  }
  if (context.sysctls) checkSysctls(errors, context, `${field}.sysctls`);
  const policy = context.fsGroupChangePolicy;
  if (policy && policy !== 'Always' && policy !== 'OnRootMismatch') {
    errors.push(unsupportedField(`${field}.fsGroupChangePolicy`, policy, ['Always', 'OnRootMismatch']));
  }
  checkSeccomp(errors, context.seccompProfile, `${field}.seccompProfile`);
  checkAppArmor(errors, (context as { appArmorProfile?: Profile }).appArmorProfile, `${field}.appArmorProfile`);
}

/** A pod with users of its own shares no other namespace with its host. */
export function validateHostUsers(errors: FieldErrors, spec: PodSpec, field: string): void {
  if (spec.hostUsers !== false) return;
  if (spec.hostNetwork) errors.push(forbiddenField(`${field}.hostNetwork`, 'when `pod.Spec.HostUsers` is false'));
  if (spec.hostPID) errors.push(forbiddenField(`${field}.HostPID`, 'when `pod.Spec.HostUsers` is false'));
  if (spec.hostIPC) errors.push(forbiddenField(`${field}.HostIPC`, 'when `pod.Spec.HostUsers` is false'));
}
