import { quote } from '../../../base/quote.ts';
import { isDns1123Label, legacyIPWarning } from '../../names.ts';
import { parseQuantity } from '../../quantity.ts';
import type { Container, NodeSelectorTerm, Pod, PodAffinityTerm, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';

/* What the server warns of in pods although it takes them (pkg/api/pod/warnings.go). */

const NONE: readonly string[] = [];

const OLD_NODE_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const OLD_VOLUMES: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
};

const APP_ARMOR_PREFIX = 'container.apparmor.security.beta.kubernetes.io/';
const CRITICAL_POD = 'scheduler.alpha.kubernetes.io/critical-pod';

function warnNodeTerms(warnings: string[], terms: readonly NodeSelectorTerm[], field: string, item: (index: number) => string): void {
  terms.forEach(({ matchExpressions }, i) =>
    matchExpressions?.forEach(({ key }, j) => {
      if (OLD_NODE_LABELS[key]) warnings.push(`${field}${item(i)}.matchExpressions[${j}].key: ${key} is ${OLD_NODE_LABELS[key]}`);
    }),
  );
}

function warnPodTerms(warnings: string[], terms: readonly (PodAffinityTerm | undefined)[], field: (index: number) => string): void {
  terms.forEach((term, i) => {
    if (term && !term.labelSelector) warnings.push(`${field(i)}.labelSelector: a null labelSelector results in matching no pod`);
  });
}

function warnScheduling(warnings: string[], spec: PodSpec, field: string): void {
  for (const key of Object.keys(spec.nodeSelector ?? {}).sort()) {
    if (OLD_NODE_LABELS[key]) warnings.push(`${field}.nodeSelector[${key}]: ${OLD_NODE_LABELS[key]}`);
  }
  const node = spec.affinity?.nodeAffinity;
  const required = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const at = `${field}.affinity.nodeAffinity`;
  if (required)
    warnNodeTerms(warnings, required, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`, (i) => `[${i}]`);
  const preferred = node?.preferredDuringSchedulingIgnoredDuringExecution;
  if (preferred) {
    const terms = preferred.map(({ preference }) => preference);
    warnNodeTerms(warnings, terms, `${at}.preferredDuringSchedulingIgnoredDuringExecution`, (i) => `[${i}].preference`);
  }
  spec.topologySpreadConstraints?.forEach(({ topologyKey, labelSelector }, i) => {
    const constraint = `${field}.topologySpreadConstraints[${i}]`;
    if (OLD_NODE_LABELS[topologyKey]) warnings.push(`${constraint}.topologyKey: ${topologyKey} is ${OLD_NODE_LABELS[topologyKey]}`);
    if (!labelSelector) warnings.push(`${constraint}.labelSelector: a null labelSelector results in matching no pod`);
  });
}

function warnPodAffinity(warnings: string[], spec: PodSpec, field: string): void {
  for (const part of ['podAffinity', 'podAntiAffinity'] as const) {
    const affinity = spec.affinity?.[part];
    if (!affinity) continue;
    const at = `${field}.affinity.${part}`;
    warnPodTerms(
      warnings,
      affinity.requiredDuringSchedulingIgnoredDuringExecution ?? [],
      (i) => `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`,
    );
    const weighted = (affinity.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm);
    warnPodTerms(warnings, weighted, (i) => `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`);
  }
}

function warnVolumes(warnings: string[], spec: PodSpec, field: string): void {
  spec.volumes?.forEach((volume, i) => {
    for (const source in volume) if (OLD_VOLUMES[source]) warnings.push(`${field}.volumes[${i}].${source}: ${OLD_VOLUMES[source]}`);
  });
}

function warnAliases(warnings: string[], spec: PodSpec, field: string): void {
  const ips = new Set<string>();
  spec.hostAliases?.forEach(({ ip = '' }, i) => {
    if (ips.has(ip)) warnings.push(`${field}.hostAliases[${i}].ip: duplicate ip ${quote(ip)}`);
    ips.add(ip);
  });
  const names = new Set<string>();
  spec.imagePullSecrets?.forEach(({ name = '' }, i) => {
    const at = `${field}.imagePullSecrets[${i}].name`;
    if (name === '') warnings.push(`${at}: invalid empty name ""`);
    else if (names.has(name)) warnings.push(`${at}: duplicate name ${quote(name)}`);
    names.add(name);
  });
}

function warnFractions(warnings: string[], amounts: Readonly<Record<string, string>> | undefined, field: string): void {
  for (const name of ['memory', 'ephemeral-storage']) {
    const amount = amounts?.[name];
    if (amount !== undefined && parseQuantity(amount).millis % 1000 !== 0) {
      warnings.push(`${field}[${name}]: fractional byte value ${quote(amount)} is invalid, must be an integer`);
    }
  }
}

function warnEnv(warnings: string[], container: Container, field: string): void {
  const env = container.env;
  if (!env || env.length < 2) return;
  const seen = new Set<string>();
  env.forEach(({ name, value }, i) => {
    // A variable may build on its former value.
    if (seen.has(name) && !value?.includes(`$(${name})`)) {
      warnings.push(`${field}.env[${i}]: hides previous definition of ${quote(name)}, which may be dropped when using apply`);
    }
    seen.add(name);
  });
}

function warnPorts(warnings: string[], containers: readonly Container[], field: string): void {
  const seen = new Map<string, string>();
  containers.forEach(({ ports }, i) =>
    ports?.forEach(({ containerPort, protocol, hostPort = 0, hostIP = '', name = '' }, j) => {
      const at = `${field}[${i}].ports[${j}]`;
      const key = `${containerPort}/${protocol}/${hostPort}/${hostIP}`;
      const before = seen.get(key);
      if (before !== undefined && !(name !== '' && !before.startsWith(`${field}[${i}]`))) {
        warnings.push(`${at}: duplicate port definition with ${before}`);
      } else if (before === undefined) seen.set(key, at);
    }),
  );
}

function warnContainers(warnings: string[], spec: PodSpec, field: string): void {
  for (const list of ['initContainers', 'containers'] as const) {
    spec[list]?.forEach((container, i) => {
      const at = `${field}.${list}[${i}]`;
      const resources = container.resources as { limits?: Record<string, string>; requests?: Record<string, string> } | undefined;
      if (resources?.limits) warnFractions(warnings, resources.limits, `${at}.resources.limits`);
      if (resources?.requests) warnFractions(warnings, resources.requests, `${at}.resources.requests`);
      warnEnv(warnings, container, at);
    });
  }
  if (spec.containers?.some(({ ports }) => ports && ports.length > 0)) warnPorts(warnings, spec.containers, `${field}.containers`);
}

function warnAnnotations(
  warnings: string[],
  annotations: Readonly<Record<string, string>> | undefined,
  spec: PodSpec,
  field: string,
): void {
  if (!annotations) return;
  if (CRITICAL_POD in annotations) {
    warnings.push(`${field}[${CRITICAL_POD}]: non-functional in v1.16+; use the "priorityClassName" field instead`);
  }
  const names = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name));
  for (const key of Object.keys(annotations).sort()) {
    if (key.startsWith(APP_ARMOR_PREFIX) && names.has(key.slice(APP_ARMOR_PREFIX.length))) {
      warnings.push(`${field}[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
    }
  }
}

function warnAddresses(warnings: string[], spec: PodSpec, field: string): void {
  const warn = (at: string, ip: string) => {
    const warning = legacyIPWarning(ip);
    if (warning) warnings.push(`${at}: ${warning}`);
  };
  spec.dnsConfig?.nameservers?.forEach((server, i) => warn(`${field}.dnsConfig.nameservers[${i}]`, server));
  spec.hostAliases?.forEach(({ ip = '' }, i) => warn(`${field}.hostAliases[${i}].ip`, ip));
}

function specWarnings(spec: PodSpec, annotations: Readonly<Record<string, string>> | undefined, prefix: string): readonly string[] {
  const warnings: string[] = [];
  const field = `${prefix}spec`;
  warnScheduling(warnings, spec, field);
  warnAnnotations(warnings, annotations, spec, `${prefix}metadata.annotations`);
  warnVolumes(warnings, spec, field);
  warnAliases(warnings, spec, field);
  warnFractions(warnings, spec.overhead as Record<string, string> | undefined, `${field}.overhead`);
  warnContainers(warnings, spec, field);
  warnPodAffinity(warnings, spec, field);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(`${field}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  warnAddresses(warnings, spec, field);
  return warnings.length === 0 ? NONE : warnings;
}

const known = new WeakMap<PodTemplateSpec, readonly string[]>();

/** What to warn of in a template. `field` is its path. */
export function templateWarnings(
  template: PodTemplateSpec | undefined,
  old: PodTemplateSpec | undefined,
  field: string,
): readonly string[] {
  if (!template?.spec || template === old) return NONE;
  let warnings = known.get(template);
  if (!warnings) known.set(template, (warnings = specWarnings(template.spec, template.metadata?.annotations, `${field}.`)));
  return warnings;
}

/** What to warn of in a pod; nothing when only its status or metadata change. */
export function podWarnings(pod: Pod, old: Pod | undefined): readonly string[] {
  if (!pod.spec || pod.metadata?.deletionTimestamp || pod.spec === old?.spec) return NONE;
  const warnings = specWarnings(pod.spec, pod.metadata?.annotations, '');
  const problems = old ? NONE : isDns1123Label(pod.metadata?.name ?? '');
  if (problems.length === 0) return warnings;
  const why = "this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: ${why}: [${problems.join(' ')}]`, ...warnings];
}
