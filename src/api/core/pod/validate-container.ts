import {
  addProblems,
  duplicateField,
  forbiddenField,
  invalidField,
  notFoundField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isDns1123Label, isPortName, isPortNumber } from '../../names.ts';
import { validateEnv, validateEnvFrom } from './validate-env.ts';
import { validateDescendingPath } from './validate-paths.ts';
import { validateLifecycle, validateProbe } from './validate-probes.ts';
import { validateRequirements, type Requirements } from './validate-resources.ts';
import { validateSecurityContext } from './validate-security.ts';
import type { Container, ContainerPort, EphemeralContainer, Volume, VolumeMount } from 'kubernetes-types/core/v1';

/* Containers of pods and templates (validateContainers and what it calls). */

export const PROTOCOLS: readonly string[] = ['SCTP', 'TCP', 'UDP'];
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const MESSAGE_POLICIES = ['File', 'FallbackToLogsOnError'];

/** What containers are checked against. */
export interface PodContext {
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly claimNames: ReadonlySet<string>;
  readonly gracePeriodSeconds: number | undefined;
  readonly restartPolicy: string | undefined;
  readonly hostUsers: boolean;
}

type AnyContainer = Container & { restartPolicy?: string; resizePolicy?: { resourceName: string; restartPolicy: string }[] };

const checkedPorts = new WeakSet<readonly ContainerPort[]>();

function validatePorts(errors: FieldErrors, ports: readonly ContainerPort[], field: string): void {
  if (checkedPorts.has(ports)) return;
  const before = errors.length;
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const at = `${field}[${i}]`;
    if (port.name) {
      const problems = isPortName(port.name);
      addProblems(errors, `${at}.name`, port.name, problems);
      if (problems.length === 0) {
        if (names.has(port.name)) errors.push(duplicateField(`${at}.name`, port.name));
        names.add(port.name);
      }
    }
    if (!port.containerPort) errors.push(requiredField(`${at}.containerPort`));
    else addProblems(errors, `${at}.containerPort`, port.containerPort, isPortNumber(port.containerPort));
    if (port.hostPort) addProblems(errors, `${at}.hostPort`, port.hostPort, isPortNumber(port.hostPort));
    if (!port.protocol) errors.push(requiredField(`${at}.protocol`));
    else if (!PROTOCOLS.includes(port.protocol)) errors.push(unsupportedField(`${at}.protocol`, port.protocol, PROTOCOLS));
  });
  if (errors.length === before) checkedPorts.add(ports);
}

function validateMount(
  errors: FieldErrors,
  mount: VolumeMount,
  context: PodContext,
  container: AnyContainer,
  paths: Set<string>,
  at: string,
): void {
  if (!mount.name) errors.push(requiredField(`${at}.name`));
  if (!context.volumes.has(mount.name)) errors.push(notFoundField(`${at}.name`, mount.name ?? ''));
  if (!mount.mountPath) errors.push(requiredField(`${at}.mountPath`));
  if (paths.has(mount.mountPath)) errors.push(invalidField(`${at}.mountPath`, mount.mountPath, 'must be unique'));
  paths.add(mount.mountPath);
  if (container.volumeDevices?.some(({ name }) => name === mount.name)) {
    errors.push(invalidField(`${at}.name`, mount.name, 'must not already exist in volumeDevices'));
  }
  if (container.volumeDevices?.some(({ devicePath }) => devicePath === mount.mountPath)) {
    errors.push(invalidField(`${at}.mountPath`, mount.mountPath, 'must not already exist as a path in volumeDevices'));
  }
  if (mount.subPath) validateDescendingPath(errors, mount.subPath, `${at}.subPath`);
  if (mount.subPathExpr) {
    if (mount.subPath) errors.push(invalidField(`${at}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'));
    validateDescendingPath(errors, mount.subPathExpr, `${at}.subPathExpr`);
  }
  const propagation = mount.mountPropagation;
  const propagations = ['Bidirectional', 'HostToContainer', 'None'];
  if (propagation && !propagations.includes(propagation))
    errors.push(unsupportedField(`${at}.mountPropagation`, propagation, propagations));
  if (propagation === 'Bidirectional' && !container.securityContext?.privileged) {
    errors.push(forbiddenField(`${at}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers'));
  }
}

function validateDevices(errors: FieldErrors, container: AnyContainer, context: PodContext, field: string): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  container.volumeDevices?.forEach(({ name, devicePath }, i) => {
    const at = `${field}[${i}]`;
    const volume = context.volumes.get(name);
    if (!name) errors.push(requiredField(`${at}.name`));
    if (names.has(name)) errors.push(invalidField(`${at}.name`, name, 'must be unique'));
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      errors.push(invalidField(`${at}.name`, name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'));
    }
    if (!volume) errors.push(notFoundField(`${at}.name`, name));
    if (!devicePath) errors.push(requiredField(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalidField(`${at}.devicePath`, devicePath, 'must be unique'));
    names.add(name);
    paths.add(devicePath);
  });
}

function validateResizePolicy(errors: FieldErrors, container: AnyContainer, context: PodContext, field: string): void {
  const seen = new Set<string>();
  container.resizePolicy?.forEach(({ resourceName, restartPolicy }, i) => {
    if (seen.has(resourceName)) errors.push(duplicateField(`${field}[${i}]`, resourceName));
    seen.add(resourceName);
    if (!resourceName) errors.push(requiredField(field));
    else if (resourceName !== 'cpu' && resourceName !== 'memory') errors.push(unsupportedField(field, resourceName, ['cpu', 'memory']));
    if (!restartPolicy) errors.push(requiredField(field));
    else if (restartPolicy !== 'NotRequired' && restartPolicy !== 'RestartContainer') {
      errors.push(unsupportedField(field, restartPolicy, ['NotRequired', 'RestartContainer']));
    }
    if (context.restartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalidField(field, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  });
}

function validateCommon(errors: FieldErrors, container: AnyContainer, context: PodContext, at: string): void {
  if (!container.name) errors.push(requiredField(`${at}.name`));
  else addProblems(errors, `${at}.name`, container.name, isDns1123Label(container.name));
  if (!container.image) errors.push(requiredField(`${at}.image`));
  const message = container.terminationMessagePolicy;
  if (!message) errors.push(requiredField(`${at}.terminationMessagePolicy`));
  else if (!MESSAGE_POLICIES.includes(message)) errors.push(unsupportedField(`${at}.terminationMessagePolicy`, message, MESSAGE_POLICIES));
  if (container.ports) validatePorts(errors, container.ports, `${at}.ports`);
  if (container.env) validateEnv(errors, container.env, `${at}.env`);
  if (container.envFrom) validateEnvFrom(errors, container.envFrom, `${at}.envFrom`);
  if (container.volumeMounts) {
    const paths = new Set<string>();
    container.volumeMounts.forEach((mount, i) => validateMount(errors, mount, context, container, paths, `${at}.volumeMounts[${i}]`));
  }
  if (container.volumeDevices) validateDevices(errors, container, context, `${at}.volumeDevices`);
  const pull = container.imagePullPolicy;
  if (!pull) errors.push(requiredField(`${at}.imagePullPolicy`));
  else if (!PULL_POLICIES.includes(pull)) errors.push(unsupportedField(`${at}.imagePullPolicy`, pull, PULL_POLICIES));
  if (container.resources) validateRequirements(errors, container.resources as Requirements, `${at}.resources`, context.claimNames);
  if (container.resizePolicy) validateResizePolicy(errors, container, context, `${at}.resizePolicy`);
  if (container.securityContext) validateSecurityContext(errors, container.securityContext, `${at}.securityContext`, context.hostUsers);
}

function validateHealth(errors: FieldErrors, container: AnyContainer, context: PodContext, at: string): void {
  if (container.lifecycle) validateLifecycle(errors, container.lifecycle, `${at}.lifecycle`, context.gracePeriodSeconds);
  if (container.livenessProbe) validateProbe(errors, container.livenessProbe, 'livenessProbe', `${at}.livenessProbe`);
  if (container.readinessProbe) validateProbe(errors, container.readinessProbe, 'readinessProbe', `${at}.readinessProbe`);
  if (container.startupProbe) validateProbe(errors, container.startupProbe, 'startupProbe', `${at}.startupProbe`);
}

function validateHostPortConflicts(errors: FieldErrors, containers: readonly AnyContainer[], field: string): void {
  let seen: Set<string> | undefined;
  containers.forEach(({ ports }, i) =>
    ports?.forEach(({ hostPort, hostIP = '', protocol }, j) => {
      if (!hostPort) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      seen ??= new Set();
      if (seen.has(key)) errors.push(duplicateField(`${field}[${i}].ports[${j}].hostPort`, key));
      else seen.add(key);
    }),
  );
}

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];

export function validateContainers(
  errors: FieldErrors,
  containers: readonly AnyContainer[] | undefined,
  context: PodContext,
  field: string,
): void {
  if (!containers?.length) {
    errors.push(requiredField(field));
    return;
  }
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${field}[${i}]`;
    validateCommon(errors, container, context, at);
    if (names.has(container.name)) errors.push(duplicateField(`${at}.name`, container.name));
    names.add(container.name);
    validateHealth(errors, container, context, at);
    const policy = container.restartPolicy;
    if (policy && !RESTART_POLICIES.includes(policy)) errors.push(unsupportedField(`${at}.restartPolicy`, policy, RESTART_POLICIES));
  });
  validateHostPortConflicts(errors, containers, field);
}

const ONLY_SIDECARS = 'may not be set for init containers without restartPolicy=Always';

export function validateInitContainers(
  errors: FieldErrors,
  inits: readonly AnyContainer[],
  main: readonly AnyContainer[],
  context: PodContext,
  field: string,
): void {
  const names = new Set(main.map(({ name }) => name));
  inits.forEach((container, i) => {
    const at = `${field}[${i}]`;
    validateCommon(errors, container, context, at);
    const policy = container.restartPolicy;
    if (policy && !RESTART_POLICIES.includes(policy)) errors.push(unsupportedField(`${at}.restartPolicy`, policy, RESTART_POLICIES));
    if (names.has(container.name)) errors.push(duplicateField(`${at}.name`, container.name));
    else if (container.name) names.add(container.name);
    validateHostPortConflicts(errors, [container], field);
    if (policy === 'Always') validateHealth(errors, container, context, at);
    else {
      for (const part of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[part]) errors.push(forbiddenField(`${at}.${part}`, ONLY_SIDECARS));
      }
    }
  });
}

const NOT_EPHEMERAL = [
  'ports',
  'resources',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resizePolicy',
  'restartPolicy',
];

export function validateEphemeralContainers(
  errors: FieldErrors,
  ephemeral: readonly EphemeralContainer[],
  others: readonly AnyContainer[],
  context: PodContext,
  field: string,
): void {
  const otherNames = new Set(others.map(({ name }) => name));
  const names = new Set(otherNames);
  ephemeral.forEach((container, i) => {
    const at = `${field}[${i}]`;
    validateCommon(errors, container as AnyContainer, context, at);
    validateTrimmedImage(errors, container, at);
    if (names.has(container.name)) errors.push(duplicateField(`${at}.name`, container.name));
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !otherNames.has(target)) errors.push(notFoundField(`${at}.targetContainerName`, target));
    for (const part of NOT_EPHEMERAL) {
      const value = (container as unknown as Record<string, object | undefined>)[part];
      if (value && Object.keys(value).length > 0) errors.push(forbiddenField(`${at}.${part}`, 'cannot be set for an Ephemeral Container'));
    }
    container.volumeMounts?.forEach((mount, j) => {
      if (mount.subPath) errors.push(forbiddenField(`${at}.volumeMounts[${j}].subPath`, 'cannot be set for an Ephemeral Container'));
      if (mount.subPathExpr)
        errors.push(forbiddenField(`${at}.volumeMounts[${j}].subPathExpr`, 'cannot be set for an Ephemeral Container'));
    });
  });
}

/** Templates may hold images with blanks around them, pods not. */
export function validateTrimmedImage(errors: FieldErrors, { image }: { image?: string }, at: string): void {
  if (image && image.trim().length !== image.length)
    errors.push(invalidField(`${at}.image`, image, 'must not have leading or trailing whitespace'));
}
