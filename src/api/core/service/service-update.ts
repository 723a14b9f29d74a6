import { equalValues } from '../../equal.ts';
import { withField, withoutField } from '../../share.ts';
import { isExternallyAccessible, needsClusterIp, needsHealthCheckNodePort, needsNodePort } from './service-defaults.ts';
import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';

/** The first of the cluster IPs is the cluster IP, whichever of the two was said (storage.normalizeClusterIPs). */
export function withSameClusterIps(spec: ServiceSpec, old: ServiceSpec | undefined): ServiceSpec {
  const { clusterIP = '', clusterIPs = [] } = spec;
  if (!old) return clusterIP !== '' && clusterIPs.length === 0 ? { ...spec, clusterIPs: [clusterIP] } : spec;
  const sameList = equalValues(clusterIPs, old.clusterIPs);
  if (clusterIP === '' && old.clusterIP) return sameList ? withoutField(spec, 'clusterIPs') : spec;
  if (clusterIP !== (old.clusterIP ?? '') && sameList) return { ...spec, clusterIPs: [clusterIP, ...clusterIPs.slice(1)] };
  if (clusterIPs.length === 0 && clusterIP !== '' && clusterIP !== (old.clusterIP ?? '')) return { ...spec, clusterIPs: [clusterIP] };
  return spec;
}

const portKey = ({ port, protocol }: ServicePort) => `${protocol}/${port}`;

/** Node ports that are not said stay as they were, as far as port and protocol tell which was which. */
function withOldNodePorts(spec: ServiceSpec, old: ServiceSpec): ServiceSpec {
  const taken = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  const before = new Map((old.ports ?? []).map((port) => [portKey(port), port.nodePort]));
  let ports: ServicePort[] | undefined;
  spec.ports?.forEach((port, i) => {
    const nodePort = before.get(portKey(port));
    if (port.nodePort || !nodePort || taken.has(nodePort)) return;
    (ports ??= spec.ports!.slice())[i] = { ...port, nodePort };
    taken.add(nodePort);
  });
  return ports ? { ...spec, ports } : spec;
}

/** What was allocated stays where an update does not speak of it (storage.patchAllocatedValues). */
function withAllocated(given: ServiceSpec, old: ServiceSpec): ServiceSpec {
  let spec = given;
  if (needsClusterIp(old) && needsClusterIp(spec)) {
    if (!spec.clusterIP && old.clusterIP) spec = { ...spec, clusterIP: old.clusterIP };
    if (!spec.clusterIPs?.length && spec.clusterIP === old.clusterIP && old.clusterIPs) spec = { ...spec, clusterIPs: old.clusterIPs };
    if (!spec.ipFamilies?.length && old.ipFamilies) spec = { ...spec, ipFamilies: old.ipFamilies };
    if (!spec.ipFamilyPolicy && old.ipFamilyPolicy) spec = { ...spec, ipFamilyPolicy: old.ipFamilyPolicy };
  }
  if (needsNodePort(old) && needsNodePort(spec)) spec = withOldNodePorts(spec, old);
  if (needsHealthCheckNodePort(old) && needsHealthCheckNodePort(spec) && !spec.healthCheckNodePort && old.healthCheckNodePort) {
    spec = { ...spec, healthCheckNodePort: old.healthCheckNodePort };
  }
  return spec;
}

function withoutSame(spec: ServiceSpec, old: ServiceSpec, fields: readonly (keyof ServiceSpec)[]): ServiceSpec {
  let next = spec;
  for (const field of fields) if (equalValues(next[field], old[field])) next = withoutField(next, field);
  return next;
}

/** What only the former type had goes with it, unless it was changed along (service.dropTypeDependentFields). */
function withoutFormerType(given: ServiceSpec, old: ServiceSpec): ServiceSpec {
  let spec = given;
  if (needsClusterIp(old) && !needsClusterIp(spec))
    spec = withoutSame(spec, old, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']);
  if (needsNodePort(old) && !needsNodePort(spec) && sameNodePorts(spec, old)) {
    spec = withField(
      spec,
      'ports',
      spec.ports?.map((port) => withoutField(port, 'nodePort')),
    );
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(spec)) spec = withoutSame(spec, old, ['healthCheckNodePort']);
  if (old.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    spec = withoutSame(spec, old, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']);
  }
  if (isExternallyAccessible(old) && !isExternallyAccessible(spec)) spec = withoutSame(spec, old, ['externalTrafficPolicy']);
  if (needsClusterIp(old) && !needsClusterIp(spec)) spec = withoutSame(spec, old, ['internalTrafficPolicy']);
  return spec;
}

function sameNodePorts(spec: ServiceSpec, old: ServiceSpec): boolean {
  const before = new Set((old.ports ?? []).map(({ nodePort }) => nodePort));
  return (spec.ports ?? []).every(({ nodePort }) => !nodePort || before.has(nodePort));
}

export function prepareServiceUpdate(service: Service, old: Service): Service {
  const given = service.spec;
  const before = old.spec;
  if (!given || !before || given === before) return service;
  const spec = withSameClusterIps(given, before);
  const next = withField(service, 'spec', withoutFormerType(withAllocated(spec, before), before));
  // Whatever a load balancer answered at is gone with it.
  const hasAddresses = given.type !== 'LoadBalancer' && (next.status?.loadBalancer?.ingress?.length ?? 0) > 0;
  return hasAddresses ? { ...next, status: { ...next.status, loadBalancer: {} } } : next;
}
