import {
  addProblems,
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { isDns1123Label, isDns1123Subdomain, isLegacyIP, isQualifiedName, outOfRange } from '../../names.ts';
import { validateAnnotations, validateLabels } from '../../object-meta.ts';
import { validateContainers, validateEphemeralContainers, validateInitContainers, type PodContext } from './validate-container.ts';
import { validateRequirements, type Requirements } from './validate-resources.ts';
import { validateAffinity, validateSpreading, validateTolerations } from './validate-scheduling.ts';
import { validateHostUsers, validatePodSecurityContext } from './validate-security.ts';
import { validateVolumes } from './validate-volumes.ts';
import type { PodDNSConfig, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const LARGEST_INT32 = 2 ** 31 - 1;
const NAMESERVERS_LIMIT = 3;
const SEARCHES_LIMIT = 32;
const SEARCH_TEXT_LIMIT = 2048;
const NO_CLAIMS: ReadonlySet<string> = new Set();

type WholePodSpec = Omit<PodSpec, 'resourceClaims'> & {
  resources?: Requirements;
  resourceClaims?: { name: string; resourceClaimName?: string; resourceClaimTemplateName?: string }[];
};

function validateDnsConfig(errors: FieldErrors, config: PodDNSConfig | undefined, policy: string | undefined, field: string): void {
  if (policy === 'None') {
    if (!config) {
      errors.push(requiredField(field, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (!config.nameservers?.length) {
      errors.push(requiredField(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
      return;
    }
  }
  if (!config) return;
  const { nameservers = [], searches = [], options = [] } = config;
  if (nameservers.length > NAMESERVERS_LIMIT) {
    errors.push(invalidField(`${field}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_LIMIT} nameservers`));
  }
  nameservers.forEach((server, i) => addProblems(errors, `${field}.nameservers[${i}]`, server, isLegacyIP(server)));
  if (searches.length > SEARCHES_LIMIT) {
    errors.push(invalidField(`${field}.searches`, searches, `must not have more than ${SEARCHES_LIMIT} search paths`));
  }
  if (searches.join(' ').length > SEARCH_TEXT_LIMIT) {
    const why = `must not have more than ${SEARCH_TEXT_LIMIT} characters (including spaces) in the search list`;
    errors.push(invalidField(`${field}.searches`, searches, why));
  }
  searches.forEach((search, i) => {
    if (search === '.') return;
    const name = search.replace(/\.$/, '');
    // Underscores are tolerated here.
    addProblems(
      errors,
      `${field}.searches[${i}]`,
      name,
      isDns1123Subdomain(
        name
          .replaceAll('_', '-')
          .replaceAll(/(^|\.)-/g, '$1a')
          .replaceAll(/-($|\.)/g, 'a$1'),
      ),
    );
  });
  options.forEach(({ name }, i) => {
    if (!name) errors.push(requiredField(`${field}.options[${i}]`, 'must not be empty'));
  });
}

function validateHostNetworkPorts(errors: FieldErrors, spec: PodSpec, field: string, ofPod: boolean): void {
  if (!spec.hostNetwork) return;
  spec.containers?.forEach(({ ports }, i) =>
    ports?.forEach(({ hostPort = 0, containerPort }, j) => {
      if ((ofPod || hostPort !== 0) && hostPort !== containerPort) {
        const at = `${field}.containers[${i}].ports[${j}].hostPort`;
        errors.push(invalidField(at, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
      }
    }),
  );
}

function validateClaims(errors: FieldErrors, spec: WholePodSpec, field: string): ReadonlySet<string> {
  if (!spec.resourceClaims) return NO_CLAIMS;
  const names = new Set<string>();
  spec.resourceClaims.forEach(({ name, resourceClaimName, resourceClaimTemplateName }, i) => {
    const at = `${field}[${i}]`;
    if (!name) errors.push(requiredField(`${at}.name`));
    else if (names.has(name)) errors.push(duplicateField(`${at}.name`, name));
    else addProblems(errors, `${at}.name`, name, isDns1123Label(name));
    if (name) names.add(name);
    if (resourceClaimName && resourceClaimTemplateName) {
      errors.push(
        invalidField(at, spec.resourceClaims![i], 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'),
      );
    } else if (!resourceClaimName && !resourceClaimTemplateName) {
      errors.push(invalidField(at, spec.resourceClaims![i], 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'));
    }
  });
  return names;
}

function validatePolicies(errors: FieldErrors, spec: PodSpec, field: string): void {
  const { restartPolicy, dnsPolicy } = spec;
  if (!restartPolicy) errors.push(requiredField(`${field}.restartPolicy`));
  else if (!RESTART_POLICIES.includes(restartPolicy))
    errors.push(unsupportedField(`${field}.restartPolicy`, restartPolicy, RESTART_POLICIES));
  if (!dnsPolicy) errors.push(requiredField(`${field}.dnsPolicy`));
  else if (!DNS_POLICIES.includes(dnsPolicy)) errors.push(unsupportedField(`${field}.dnsPolicy`, dnsPolicy, DNS_POLICIES));
}

function validateGates(errors: FieldErrors, spec: PodSpec, field: string): void {
  spec.readinessGates?.forEach(({ conditionType }, i) =>
    addProblems(errors, `${field}.readinessGates[${i}].conditionType`, conditionType, isQualifiedName(conditionType)),
  );
  const seen = new Set<string>();
  spec.schedulingGates?.forEach(({ name }, i) => {
    addProblems(errors, `${field}.schedulingGates[${i}]`, name, isQualifiedName(name));
    if (seen.has(name)) errors.push(duplicateField(`${field}.schedulingGates[${i}]`, name));
    seen.add(name);
  });
}

function validateNames(errors: FieldErrors, spec: PodSpec, field: string): void {
  const { serviceAccountName, nodeName, activeDeadlineSeconds: deadline, hostname, subdomain } = spec;
  if (serviceAccountName) addProblems(errors, `${field}.serviceAccountName`, serviceAccountName, isDns1123Subdomain(serviceAccountName));
  if (nodeName) addProblems(errors, `${field}.nodeName`, nodeName, isDns1123Subdomain(nodeName));
  if (typeof deadline === 'number' && (deadline < 1 || deadline > LARGEST_INT32)) {
    errors.push(invalidField(`${field}.activeDeadlineSeconds`, deadline, outOfRange(1, LARGEST_INT32)));
  }
  if (hostname) addProblems(errors, `${field}.hostname`, hostname, isDns1123Label(hostname));
  if (subdomain) addProblems(errors, `${field}.subdomain`, subdomain, isDns1123Label(subdomain));
}

function validateRest(errors: FieldErrors, spec: PodSpec, field: string): void {
  if (spec.tolerations) validateTolerations(errors, spec.tolerations, `${field}.tolerations`);
  spec.hostAliases?.forEach(({ ip, hostnames }, i) => {
    const at = `${field}.hostAliases[${i}]`;
    addProblems(errors, `${at}.ip`, ip ?? '', isLegacyIP(ip ?? ''));
    hostnames?.forEach((name, j) => addProblems(errors, `${at}.hostnames[${j}]`, name, isDns1123Subdomain(name)));
  });
  const { priorityClassName, runtimeClassName, preemptionPolicy, overhead, os } = spec;
  if (priorityClassName) addProblems(errors, `${field}.priorityClassName`, priorityClassName, isDns1123Subdomain(priorityClassName));
  if (runtimeClassName !== undefined)
    addProblems(errors, `${field}.runtimeClassName`, runtimeClassName, isDns1123Subdomain(runtimeClassName));
  const preemption = ['PreemptLowerPriority', 'Never'];
  if (preemptionPolicy && !preemption.includes(preemptionPolicy)) {
    errors.push(unsupportedField(`${field}.preemptionPolicy`, preemptionPolicy, preemption));
  }
  if (overhead) validateRequirements(errors, { limits: overhead as Record<string, string> }, `${field}.overhead`);
  if (os && !os.name) errors.push(requiredField(`${field}.os.name`, 'cannot be empty'));
  else if (os && os.name !== 'linux' && os.name !== 'windows') errors.push(unsupportedField(`${field}.os`, os.name, ['linux', 'windows']));
}

/** Checks the spec of a pod or, `ofPod` false, of a template (ValidatePodSpec). */
export function validatePodSpec(errors: FieldErrors, given: PodSpec, field: string, ofPod: boolean): void {
  const spec = given as WholePodSpec;
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(requiredField(`${field}.terminationGracePeriodSeconds`));
  const volumes = validateVolumes(errors, spec.volumes, `${field}.volumes`);
  const claimNames = validateClaims(errors, spec, `${field}.resourceClaims`);
  const context: PodContext = {
    volumes,
    claimNames,
    gracePeriodSeconds: spec.terminationGracePeriodSeconds,
    restartPolicy: spec.restartPolicy,
    hostUsers: spec.hostUsers !== false,
  };
  validateContainers(errors, spec.containers, context, `${field}.containers`);
  const main = spec.containers ?? [];
  if (spec.initContainers) validateInitContainers(errors, spec.initContainers, main, context, `${field}.initContainers`);
  if (spec.ephemeralContainers) {
    const others = spec.initContainers ? [...main, ...spec.initContainers] : main;
    validateEphemeralContainers(errors, spec.ephemeralContainers, others, context, `${field}.ephemeralContainers`);
  }
  if (spec.resources) {
    if (spec.resources.claims) errors.push(forbiddenField(`${field}.resources.claims`, 'claims cannot be set for Resources at pod-level'));
    validateRequirements(errors, spec.resources, `${field}.resources`, claimNames);
  }
  validateHostNetworkPorts(errors, given, field, ofPod);
  validatePolicies(errors, given, field);
  validateLabels(errors, spec.nodeSelector, `${field}.nodeSelector`);
  validatePodSecurityContext(errors, given, `${field}.securityContext`);
  if (spec.affinity) validateAffinity(errors, spec.affinity, `${field}.affinity`);
  validateDnsConfig(errors, spec.dnsConfig, spec.dnsPolicy, `${field}.dnsConfig`);
  validateGates(errors, given, field);
  if (spec.topologySpreadConstraints) validateSpreading(errors, spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`);
  validateHostUsers(errors, given, field);
  validateNames(errors, given, field);
  validateRest(errors, given, field);
}

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const MIRROR = 'kubernetes.io/config.mirror';

/** Annotations that mean something to Kubernetes (ValidatePodSpecificAnnotations). */
export function validatePodAnnotations(
  errors: FieldErrors,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
  field: string,
): void {
  if (!annotations) return;
  if (MIRROR in annotations && !spec.nodeName) {
    errors.push(invalidField(`${field}[${MIRROR}]`, annotations[MIRROR], 'must set spec.nodeName if mirror pod annotation is set'));
  }
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !/^(0|-?[1-9][0-9]{0,9})$/.test(cost))
    errors.push(invalidField(`${field}[${DELETION_COST}]`, cost, 'must be a 32bit integer'));
  for (const key of Object.keys(annotations).sort()) {
    if (!key.startsWith(APP_ARMOR_PREFIX)) continue;
    const name = key.slice(APP_ARMOR_PREFIX.length);
    const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
    if (!all.some((container) => container.name === name)) errors.push(invalidField(`${field}[${key}]`, name, 'container not found'));
  }
}

const checked = new WeakSet<PodTemplateSpec>();

/** Checks the template of a workload (ValidatePodTemplateSpec). Faultless templates are remembered: they stay while all else changes. */
export function validateTemplate(errors: FieldErrors, template: PodTemplateSpec, field: string): void {
  if (checked.has(template)) return;
  const before = errors.length;
  const spec = template.spec ?? ({} as PodSpec);
  validateLabels(errors, template.metadata?.labels, `${field}.labels`);
  validateAnnotations(errors, template.metadata?.annotations, `${field}.annotations`);
  validatePodAnnotations(errors, template.metadata?.annotations, spec, `${field}.annotations`);
  validatePodSpec(errors, spec, `${field}.spec`, false);
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenField(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  if (errors.length === before) checked.add(template);
}
