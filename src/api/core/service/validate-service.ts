import { isIPv6Text, validateNonSpecialIP } from '../../addresses.ts';
import { equalValues } from '../../equal.ts';
import {
  addProblems,
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
  type FieldErrors,
} from '../../field-errors.ts';
import { goShape, type Shapes } from '../../go-shape.ts';
import {
  isDns1123Label,
  isDns1123Subdomain,
  isLegacyCidr,
  isLegacyIP,
  isPortNumber,
  isQualifiedName,
  legacyCidrWarnings,
  legacyIPWarning,
  outOfRange,
} from '../../names.ts';
import { validateLabels } from '../../object-meta.ts';
import { PROTOCOLS } from '../pod/validate-container.ts';
import { validatePortOrName } from '../pod/validate-probes.ts';
import { isExternallyAccessible, needsHealthCheckNodePort } from './service-defaults.ts';
import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';

/* Services (ValidateService and what it calls). Addresses and node ports are checked again where they are allocated. */

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const TRAFFIC_POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const IP_MODES = ['Proxy', 'VIP'];
const DAY_SECONDS = 86400;

const SHAPES: Shapes = { ServicePort: 'Name Protocol AppProtocol* Port# TargetPort# NodePort#' };

function isHeadless({ clusterIPs }: ServiceSpec): boolean {
  return clusterIPs?.length === 1 && clusterIPs[0] === 'None';
}

function validateType(errors: FieldErrors, spec: ServiceSpec): void {
  if (!spec.ports?.length && !isHeadless(spec) && spec.type !== 'ExternalName') errors.push(requiredField('spec.ports'));
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(spec)) {
    errors.push(invalidField('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type !== 'ExternalName') return;
  for (const part of ['clusterIPs', 'ipFamilies'] as const) {
    if (spec[part]?.length) errors.push(forbiddenField(`spec.${part}`, 'may not be set for ExternalName services'));
  }
  if (spec.ipFamilyPolicy) errors.push(forbiddenField('spec.ipFamilyPolicy', 'may not be set for ExternalName services'));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(requiredField('spec.externalName'));
  else addProblems(errors, 'spec.externalName', name, isDns1123Subdomain(name));
}

function validatePort(errors: FieldErrors, port: ServicePort, requireName: boolean, names: Set<string>, at: string): void {
  if (requireName && !port.name) errors.push(requiredField(`${at}.name`));
  else if (port.name) {
    addProblems(errors, `${at}.name`, port.name, isDns1123Label(port.name));
    if (names.has(port.name)) errors.push(duplicateField(`${at}.name`, port.name));
    names.add(port.name);
  }
  addProblems(errors, `${at}.port`, port.port ?? 0, isPortNumber(port.port ?? 0));
  if (!port.protocol) errors.push(requiredField(`${at}.protocol`));
  else if (!PROTOCOLS.includes(port.protocol)) errors.push(unsupportedField(`${at}.protocol`, port.protocol, PROTOCOLS));
  validatePortOrName(errors, port.targetPort, `${at}.targetPort`);
  if (port.appProtocol !== undefined) addProblems(errors, `${at}.appProtocol`, port.appProtocol, isQualifiedName(port.appProtocol));
}

function validateAffinity(errors: FieldErrors, { sessionAffinity, sessionAffinityConfig }: ServiceSpec): void {
  if (!sessionAffinity) errors.push(requiredField('spec.sessionAffinity'));
  else if (!AFFINITIES.includes(sessionAffinity)) errors.push(unsupportedField('spec.sessionAffinity', sessionAffinity, AFFINITIES));
  if (sessionAffinity === 'ClientIP') {
    const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
    const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
    if (seconds === undefined) errors.push(requiredField('spec.sessionAffinityConfig', 'when session affinity type is ClientIP'));
    else if (seconds <= 0 || seconds > DAY_SECONDS)
      errors.push(invalidField(field, seconds, outOfRange(1, DAY_SECONDS).replace(', inclusive', '')));
  } else if (sessionAffinity === 'None' && sessionAffinityConfig) {
    errors.push(forbiddenField('spec.sessionAffinityConfig', 'must not be set when session affinity is None'));
  }
}

function validateSameClusterIp(errors: FieldErrors, { clusterIP, clusterIPs = [] }: ServiceSpec): void {
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.push(requiredField('spec.clusterIPs'));
    else if (clusterIPs[0] !== clusterIP) errors.push(invalidField('spec.clusterIPs', clusterIPs, 'first value must match `clusterIP`'));
  } else if (clusterIPs.length > 0)
    errors.push(invalidField('spec.clusterIPs', clusterIPs, 'must be empty when `clusterIP` is not specified'));
}

function validateFamilies(errors: FieldErrors, { ipFamilies = [], ipFamilyPolicy }: ServiceSpec): void {
  ipFamilies.forEach((family, i) => {
    const at = `spec.ipFamilies[${i}]`;
    if (!FAMILIES.includes(family)) errors.push(unsupportedField(at, family, FAMILIES));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicateField(at, family));
  });
  if (ipFamilyPolicy && !FAMILY_POLICIES.includes(ipFamilyPolicy)) {
    errors.push(unsupportedField('spec.ipFamilyPolicy', ipFamilyPolicy, FAMILY_POLICIES));
  }
}

/** What cluster IPs and families must have in common (ValidateServiceClusterIPsRelatedFields). */
export function validateClusterIps(errors: FieldErrors, spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIPs = [], ipFamilies = [] } = spec;
  validateSameClusterIp(errors, spec);
  validateFamilies(errors, spec);
  let wrong = false;
  clusterIPs.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length > 1) {
        wrong = true;
        errors.push(invalidField('spec.clusterIPs', clusterIPs, "'None' must be the first and only value"));
      }
      return;
    }
    const problems = isLegacyIP(ip);
    if (problems.length > 0) wrong = true;
    addProblems(errors, `spec.clusterIPs[${i}]`, ip, problems);
  });
  if (clusterIPs.length > 2) errors.push(invalidField('spec.clusterIPs', clusterIPs, 'may only hold up to 2 values'));
  if (wrong) return;
  if (clusterIPs.length > 1 && !(clusterIPs.some(isIPv6Text) && clusterIPs.some((ip) => !isIPv6Text(ip)))) {
    errors.push(invalidField('spec.clusterIPs', clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(spec)) return;
  clusterIPs.slice(0, ipFamilies.length).forEach((ip, i) => {
    const wanted = ipFamilies[i];
    if (wanted === (isIPv6Text(ip) ? 'IPv4' : 'IPv6')) {
      errors.push(invalidField(`spec.clusterIPs[${i}]`, ip, `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``));
    }
  });
}

function validateDuplicatePorts(errors: FieldErrors, { type, ports = [] }: ServiceSpec): void {
  if (type === 'ClusterIP') {
    ports.forEach(({ nodePort }, i) => {
      if (nodePort) errors.push(forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
    });
  }
  const nodePorts = new Set<string>();
  ports.forEach(({ nodePort, protocol }, i) => {
    if (!nodePort) return;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.push(duplicateField(`spec.ports[${i}].nodePort`, nodePort));
    nodePorts.add(key);
  });
  const seen = new Set<string>();
  ports.forEach(({ port, protocol }, i) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) errors.push(duplicateField(`spec.ports[${i}]`, goShape(SHAPES, 'ServicePort', { protocol, port })));
    seen.add(key);
  });
}

function validateBalancer(errors: FieldErrors, spec: ServiceSpec): void {
  const { type, loadBalancerSourceRanges = [], allocateLoadBalancerNodePorts } = spec;
  const ranges = 'spec.LoadBalancerSourceRanges';
  if (loadBalancerSourceRanges.length > 0) {
    if (type !== 'LoadBalancer') errors.push(forbiddenField(ranges, "may only be used when `type` is 'LoadBalancer'"));
    loadBalancerSourceRanges.forEach((range, i) => addProblems(errors, `${ranges}[${i}]`, range.trim(), isLegacyCidr(range.trim())));
  }
  if (allocateLoadBalancerNodePorts !== undefined && type !== 'LoadBalancer') {
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"));
  }
  validateBalancerClass(errors, spec);
}

function validateBalancerClass(errors: FieldErrors, { type, loadBalancerClass }: ServiceSpec): void {
  if (loadBalancerClass === undefined) return;
  if (type === 'LoadBalancer') addProblems(errors, 'spec.loadBalancerClass', loadBalancerClass, isQualifiedName(loadBalancerClass));
  else errors.push(forbiddenField('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
}

function validateTraffic(errors: FieldErrors, spec: ServiceSpec): void {
  const { externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort } = spec;
  if (!isExternallyAccessible(spec)) {
    if (externalTrafficPolicy) {
      errors.push(invalidField('spec.externalTrafficPolicy', externalTrafficPolicy, 'may only be set for externally-accessible services'));
    }
  } else if (!externalTrafficPolicy) errors.push(requiredField('spec.externalTrafficPolicy'));
  else if (!TRAFFIC_POLICIES.includes(externalTrafficPolicy)) {
    errors.push(unsupportedField('spec.externalTrafficPolicy', externalTrafficPolicy, TRAFFIC_POLICIES));
  }
  if (!needsHealthCheckNodePort(spec)) {
    if (healthCheckNodePort) {
      const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.push(invalidField('spec.healthCheckNodePort', healthCheckNodePort, why));
    }
  } else if (healthCheckNodePort) addProblems(errors, 'spec.healthCheckNodePort', healthCheckNodePort, isPortNumber(healthCheckNodePort));
  if (internalTrafficPolicy && !TRAFFIC_POLICIES.includes(internalTrafficPolicy)) {
    errors.push(unsupportedField('spec.internalTrafficPolicy', internalTrafficPolicy, TRAFFIC_POLICIES));
  }
  const { trafficDistribution } = spec as { trafficDistribution?: string };
  if (trafficDistribution !== undefined && !DISTRIBUTIONS.includes(trafficDistribution)) {
    errors.push(unsupportedField('spec.trafficDistribution', trafficDistribution, DISTRIBUTIONS));
  }
}

export function validateService(service: Service): FieldErrors {
  const errors: FieldErrors = [];
  const spec = service.spec ?? {};
  // Addresses are allocated before all else is looked at, so that faults of theirs hide the others.
  validateClusterIps(errors, spec);
  if (errors.length > 0) return errors;
  validateType(errors, spec);
  const names = new Set<string>();
  const several = (spec.ports?.length ?? 0) > 1;
  spec.ports?.forEach((port, i) => validatePort(errors, port, several, names, `spec.ports[${i}]`));
  validateLabels(errors, spec.selector, 'spec.selector');
  validateAffinity(errors, spec);
  spec.externalIPs?.forEach((ip, i) => {
    const problems = isLegacyIP(ip);
    addProblems(errors, `spec.externalIPs[${i}]`, ip, problems);
    if (problems.length === 0) validateNonSpecialIP(errors, ip, `spec.externalIPs[${i}]`);
  });
  if (!spec.type) errors.push(requiredField('spec.type'));
  else if (!TYPES.includes(spec.type)) errors.push(unsupportedField('spec.type', spec.type, TYPES));
  validateDuplicatePorts(errors, spec);
  validateBalancer(errors, spec);
  validateTraffic(errors, spec);
  return errors;
}

/** The first of a list of what was allocated never changes; the second may come and go. */
function validateKept(errors: FieldErrors, spec: ServiceSpec, old: ServiceSpec, part: 'clusterIPs' | 'ipFamilies', what: string): void {
  const now = spec[part] ?? [];
  const before = old[part] ?? [];
  const field = `spec.${part}`;
  if (now.length === before.length) {
    before.forEach((value, i) => {
      if (value !== now[i]) errors.push(invalidField(`${field}[${part === 'clusterIPs' ? i : 0}]`, now, 'may not change once set'));
    });
    return;
  }
  if (before.length > now.length && now.length === 0) errors.push(invalidField(`${field}[0]`, null, `primary ${what} can not be unset`));
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) errors.push(invalidField(`${field}[0]`, now, 'may not change once set'));
  if (before.length > now.length && now.length === 1 && spec.ipFamilyPolicy !== 'SingleStack') {
    errors.push(
      invalidField('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${what}`),
    );
  }
}

export function validateServiceUpdate(service: Service, old: Service): FieldErrors {
  const errors: FieldErrors = [];
  const spec = service.spec ?? {};
  const before = old.spec ?? {};
  if (spec === before) return errors;
  validateClusterIps(errors, spec);
  if (errors.length > 0) return errors;
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName') {
    if (!(isHeadless(spec) && isHeadless(before))) validateKept(errors, spec, before, 'clusterIPs', 'clusterIP');
    if (!isHeadless(spec) && !isHeadless(before)) validateKept(errors, spec, before, 'ipFamilies', 'ipFamily');
  }
  if (spec.type === 'LoadBalancer' && before.type === 'LoadBalancer' && spec.loadBalancerClass !== before.loadBalancerClass) {
    errors.push(invalidField('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'));
  }
  if (
    needsHealthCheckNodePort(spec) &&
    needsHealthCheckNodePort(before) &&
    !equalValues(spec.healthCheckNodePort, before.healthCheckNodePort)
  ) {
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  }
  errors.push(...validateService(service));
  return errors;
}

/** Addresses that a load balancer reports; also of ingresses, which know no IP modes. */
export function validateBalancerStatus(service: Service): FieldErrors {
  const errors: FieldErrors = [];
  const ingresses = service.status?.loadBalancer?.ingress ?? [];
  if (service.spec?.type !== 'LoadBalancer' && ingresses.length > 0) {
    errors.push(forbiddenField('status.loadBalancer.ingress', "may only be used when `spec.type` is 'LoadBalancer'"));
    return errors;
  }
  ingresses.forEach(({ ip, ipMode, hostname }, i) => {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) addProblems(errors, `${at}.ip`, ip, isLegacyIP(ip));
    if (ipMode === undefined) {
      if (ip) errors.push(requiredField(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (!ip) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (!IP_MODES.includes(ipMode)) errors.push(unsupportedField(`${at}.ipMode`, ipMode, IP_MODES));
    if (!hostname) return;
    addProblems(errors, `${at}.hostname`, hostname, isDns1123Subdomain(hostname));
    if (isLegacyIP(hostname).length === 0) errors.push(invalidField(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  });
  return errors;
}

/** What the server warns of in a service (pkg/api/service/warnings.go). */
export function serviceWarnings({ spec }: Service, old: Service | undefined): readonly string[] {
  if (!spec || spec === old?.spec) return [];
  const warnings: string[] = [];
  const warnIp = (field: string, ip: string | undefined) => {
    const warning = ip && ip !== 'None' ? legacyIPWarning(ip) : undefined;
    if (warning) warnings.push(`${field}: ${warning}`);
  };
  spec.clusterIPs?.forEach((ip, i) => warnIp(`spec.clusterIPs[${i}]`, ip));
  spec.externalIPs?.forEach((ip, i) => warnIp(`spec.externalIPs[${i}]`, ip));
  if (spec.loadBalancerIP) warnIp('spec.loadBalancerIP', spec.loadBalancerIP);
  spec.loadBalancerSourceRanges?.forEach((range, i) => {
    for (const warning of legacyCidrWarnings(range.trim())) warnings.push(`spec.loadBalancerSourceRanges[${i}]: ${warning}`);
  });
  if (spec.type === 'ExternalName' && spec.externalIPs?.length) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (isHeadless(spec)) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity === 'ClientIP') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  return warnings;
}
