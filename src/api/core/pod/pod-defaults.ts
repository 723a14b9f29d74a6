import { canonicalResources, canonicalRequirements, defaultContainer, requestLimits } from './container-defaults.ts';
import { defaultVolume } from './volume-defaults.ts';
import { changeField, changeItems, withDefaults, withField } from '../../share.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';

const POD_SPEC: Partial<PodSpec> = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};

const POD_ONLY: Partial<PodSpec> = { ...POD_SPEC, enableServiceLinks: true };

const podContainer = (container: Container) => defaultContainer(container, true);
const templateContainer = (container: Container) => defaultContainer(container, false);

/** The two names of the service account always agree. */
function withAccountAlias(spec: PodSpec): PodSpec {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (!name) return spec;
  return spec.serviceAccountName === name && spec.serviceAccount === name
    ? spec
    : { ...spec, serviceAccountName: name, serviceAccount: name };
}

function defaultSpec(given: PodSpec, ofPod: boolean): PodSpec {
  let spec = withAccountAlias(withDefaults(given, ofPod ? POD_ONLY : POD_SPEC));
  const fill = ofPod ? podContainer : templateContainer;
  if (spec.containers) spec = changeItems(spec, 'containers', fill);
  if (spec.initContainers) spec = changeItems(spec, 'initContainers', fill);
  if (spec.ephemeralContainers) spec = changeItems(spec, 'ephemeralContainers', fill as never);
  if (spec.volumes) spec = changeItems(spec, 'volumes', defaultVolume);
  if (spec.overhead) spec = changeField(spec, 'overhead', canonicalResources as never);
  return spec;
}

/** On the host's network a container's port is the host's. */
function hostPorts(container: Container): Container {
  return changeItems(container, 'ports', (port) => (port.hostPort ? port : { ...port, hostPort: port.containerPort }));
}

type SpecWithResources = PodSpec & { resources?: { limits?: Record<string, string>; requests?: Record<string, string> } };

/** Defaults of a pod (SetDefaults_Pod and SetDefaults_PodSpec). */
export function defaultPod(pod: Pod): Pod {
  let spec = defaultSpec(pod.spec ?? ({} as PodSpec), true) as SpecWithResources;
  if (spec.resources) spec = withField(spec, 'resources', requestLimits(canonicalRequirements(spec.resources)));
  if (spec.hostNetwork) {
    spec = changeItems(spec, 'containers', hostPorts);
    spec = changeItems(spec, 'initContainers', hostPorts);
  }
  return withField(pod, 'spec', spec as PodSpec);
}

const defaulted = new WeakMap<PodTemplateSpec, PodTemplateSpec>();

/**
 * Defaults of the template of a workload. Templates stay while replica counts and statuses change,
 * so the answer is kept.
 */
export function defaultTemplate(given: PodTemplateSpec | undefined): PodTemplateSpec {
  const template = given ?? {};
  let full = defaulted.get(template);
  if (!full) {
    full = withField(withDefaults(template, { metadata: {} }), 'spec', defaultSpec(template.spec ?? ({} as PodSpec), false));
    defaulted.set(template, full);
    defaulted.set(full, full);
  }
  return full;
}
